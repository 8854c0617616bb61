"""Reading what Delius tells us: leniently what is only shown, strictly what is acted on."""

import pickle
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from delius.london import LONDON, to_upstream
from delius.records import (
    Appointment,
    AppointmentType,
    Case,
    CaseRow,
    Event,
    Legislation,
    LocationRule,
    Nsi,
    NsiType,
    Office,
    RarDays,
    Relation,
    Requirement,
    RiskFlag,
    User,
)

DAY = date(2026, 6, 10)
A_CASE = {"crn": "X000001", "access": {"limited": False}, "relation": "USER"}
AN_NSI = {"nsiId": 1, "type": {"code": "TKDEV"}, "active": True}
AN_APPOINTMENT = {"contactId": 7, "version": 1, "type": {"code": "COAP"}, "start": "2026-06-10T10:00:00+01:00"}
A_REQUIREMENT = {"requirementId": 1, "mainCategory": {"code": "F"}}
SOME_DAYS = {"requirementId": 1, "eventId": 2, "completed": 3, "booked": 1}


def test_a_person_of_whom_next_to_nothing_is_known_can_be_shown() -> None:
    case = Case.model_validate(A_CASE)
    assert (case.mobile_number, case.telephone_number, case.manager, case.events) == ("", "", None, ())
    assert (case.age(DAY), case.language, case.disabilities, case.circumstances) == (None, None, (), ())


@pytest.mark.parametrize("missing", ["crn", "access", "relation"])
def test_whose_case_it_is_and_who_may_see_it_is_never_assumed(missing: str) -> None:
    with pytest.raises(ValidationError):
        Case.model_validate({name: value for name, value in A_CASE.items() if name != missing})


@pytest.mark.parametrize("relation", ["ADMIN", "", 1])
def test_a_relation_that_is_not_known_is_not_taken_for_another(relation: Any) -> None:
    with pytest.raises(ValidationError):
        Case.model_validate({**A_CASE, "relation": relation})


def test_a_row_of_a_list_with_limited_access_has_its_reason_and_no_more() -> None:
    row = CaseRow.model_validate({"crn": "X000001", "access": {"limited": True, "message": " Ask Mill Lane. "}})
    assert (row.access.limited, row.access.message, row.name) == (True, "Ask Mill Lane.", None)


@pytest.mark.parametrize("access", [{}, {"limited": None}, {"limited": "perhaps"}])
def test_access_is_never_assumed(access: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Case.model_validate({**A_CASE, "access": access})


def test_what_is_only_shown_may_be_malformed() -> None:
    case = Case.model_validate(
        {
            **A_CASE,
            "name": {"surname": "Example", "forename": None},
            "dateOfBirth": "the third of May",
            "gender": ["?"],
            "mobileNumber": {"not": "a number"},
            "telephoneNumber": 4477,
            "language": "Welsh",
            "disabilities": {"not": "a list"},
            "circumstances": [{"no": "description"}],
            "riskFlagCount": "many",
        }
    )
    assert (case.name.full, case.date_of_birth, case.gender) == ("Example", None, None)
    assert (case.mobile_number, case.telephone_number, case.language) == ("", "4477", None)
    assert (case.disabilities, case.risk_flag_count) == ((), None)


def test_what_was_pasted_into_delius_can_be_read() -> None:
    flag = RiskFlag.model_validate(
        {"type": {"code": "RHRH", "description": "High\xa0RoH\u200b"}, "notes": "One\x0btwo"}
    )
    assert (flag.type.description, flag.notes) == ("High RoH", "One\ntwo")


def test_somebody_with_one_name_is_called_by_it() -> None:
    case = Case.model_validate({**A_CASE, "name": {"surname": "Prince"}})
    assert (case.name.full, case.name.familiar) == ("Prince", "Prince")


def test_somebody_with_two_names_is_called_by_the_first() -> None:
    name = Case.model_validate({**A_CASE, "name": {"forename": "Brian", "middleName": "T", "surname": "Example"}}).name
    assert (name.full, name.familiar) == ("Brian Example", "Brian")


@pytest.mark.parametrize("name", [None, {}, {"forename": " ", "surname": ""}, {"middleName": "T"}])
def test_somebody_without_a_name_is_called_by_their_crn(name: Any) -> None:
    case = Case.model_validate({**A_CASE, "name": name})
    assert (case.name.full, case.name.familiar) == ("X000001", "X000001")


@pytest.mark.parametrize(
    ("born", "age"), [("2000-06-10", 26), ("2000-06-11", 25), ("2000-02-29", 26), (None, None)], ids=str
)
def test_age_counts_birthdays(born: str | None, age: int | None) -> None:
    assert Case.model_validate({**A_CASE, "dateOfBirth": born}).age(DAY) == age


@pytest.mark.parametrize(
    "manager", [{"staffCode": "N90A001"}, {"team": {"code": "N90AAA"}}, {"staffCode": "N90A001", "team": {}}, "Robin"]
)
def test_a_manager_that_cannot_be_written_for_is_none(manager: Any) -> None:
    assert Case.model_validate({**A_CASE, "manager": manager}).manager is None


def test_a_provider_without_a_description_is_still_one_to_write_for() -> None:
    team = {"code": "N90AAA", "provider": {"code": "N90"}}
    case = Case.model_validate({**A_CASE, "manager": {"staffCode": "N90A001", "team": team}})
    assert case.manager
    assert (case.manager.team.code, case.manager.team.provider.code) == ("N90AAA", "N90")


def test_a_team_without_a_provider_is_no_team_to_write_for() -> None:
    staff = {"code": "N90A001", "teams": [{"code": "N90AAA"}]}
    with pytest.raises(ValidationError):
        User.model_validate({"username": "ROBIN.SAMPLE", "enabled": True, "staff": staff})


def test_a_code_is_read_with_the_spaces_and_the_length_it_comes_with() -> None:
    code = "LONGER-THAN-DOCUMENTED-ANYWHERE"
    assert AppointmentType.model_validate({"code": f" {code} "}).code == code


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("2026-06-10T10:00:00+01:00", datetime(2026, 6, 10, 9, tzinfo=UTC)),
        ("2026-06-10T10:00:00Z", datetime(2026, 6, 10, 10, tzinfo=UTC)),
        ("2026-01-10T10:00:00+00:00", datetime(2026, 1, 10, 10, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_as_what_a_clock_in_london_shows(sent: str, read: datetime) -> None:
    appointment = Appointment.model_validate({**AN_APPOINTMENT, "start": sent})
    assert appointment.start == read
    assert appointment.start.tzinfo is LONDON


def test_moments_are_sent_with_the_offset_of_london() -> None:
    assert to_upstream(datetime(2026, 6, 10, 9, 30, tzinfo=UTC)) == "2026-06-10T10:30:00+01:00"
    assert to_upstream(datetime(2026, 1, 10, 9, 30, tzinfo=UTC)) == "2026-01-10T09:30:00+00:00"


def test_a_moment_without_an_offset_is_never_sent() -> None:
    with pytest.raises(ValueError, match="offset"):
        to_upstream(datetime(2026, 6, 10, 9, 30))


@pytest.mark.parametrize("change", [{"contactId": None}, {"start": "soon"}, {"type": {}}, {"nsi": {"nsiId": "x"}}])
def test_an_appointment_without_what_we_act_on_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Appointment.model_validate({**AN_APPOINTMENT, **change})


def test_an_appointment_of_which_little_is_known_is_read() -> None:
    appointment = Appointment.model_validate({**AN_APPOINTMENT, "end": "later", "office": {}, "oldRarCategory": "ACC"})
    assert (appointment.end, appointment.office, appointment.old_rar_category) == (None, None, None)
    assert (appointment.outcome, appointment.nsi, appointment.counts_towards_rar) == (None, None, False)


def test_an_outcome_says_whether_the_person_was_there() -> None:
    with pytest.raises(ValidationError):
        Appointment.model_validate({**AN_APPOINTMENT, "outcome": {"code": "ATTC", "description": "Attended"}})


@pytest.mark.parametrize(
    ("sent", "rule"),
    [
        ("REQUIRED", LocationRule.REQUIRED),
        ("NOT_ALLOWED", LocationRule.NOT_ALLOWED),
        ("SOMETIMES", LocationRule.OPTIONAL),
        (None, LocationRule.OPTIONAL),
    ],
)
def test_an_unknown_location_rule_neither_demands_nor_forbids_an_office(sent: Any, rule: LocationRule) -> None:
    assert AppointmentType.model_validate({"code": "COAP", "location": sent}).location is rule


def test_a_type_says_which_nsi_types_it_may_hang_from() -> None:
    kind = AppointmentType.model_validate({"code": "COAP", "nsiTypeCodes": ["TKDEV", "NAT1"]})
    assert kind.nsi_type_codes == {"TKDEV", "NAT1"}
    assert AppointmentType.model_validate({"code": "COAP"}).nsi_type_codes == frozenset()


def test_an_event_may_have_no_order_or_one_by_a_law_that_is_not_known() -> None:
    assert Event.model_validate({"eventId": 1}).order is None
    event = Event.model_validate({"eventId": 1, "order": {"description": "Some order", "legislation": "ROMAN"}})
    assert event.order
    assert (event.order.description, event.order.legislation) == ("Some order", None)
    known = Event.model_validate({"eventId": 1, "order": {"legislation": "LEGACY"}})
    assert known.order
    assert known.order.legislation is Legislation.LEGACY


@pytest.mark.parametrize("change", [{"referralDate": "soon"}, {"requirements": [{"requirementId": 1}]}])
def test_an_event_that_is_acted_on_is_read_strictly(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Event.model_validate({"eventId": 1, **change})


def test_an_address_has_only_what_is_known() -> None:
    office = Office.model_validate(
        {"code": "N90HAR", "buildingName": None, "buildingNumber": 1, "streetName": "Example Street", "postcode": ""}
    )
    assert office.address == "1 Example Street"


@pytest.mark.parametrize(
    ("end", "in_force"), [(None, True), ("2026-06-09", False), ("2026-06-10", False), ("2026-06-11", True)], ids=str
)
def test_a_requirement_runs_until_the_day_before_it_is_terminated(end: str | None, in_force: bool) -> None:
    assert Requirement.model_validate({**A_REQUIREMENT, "terminationDate": end}).is_in_force(DAY) is in_force


def test_a_termination_date_that_cannot_be_read_is_not_taken_for_none() -> None:
    with pytest.raises(ValidationError):
        Requirement.model_validate({**A_REQUIREMENT, "terminationDate": "soon"})


def test_only_main_category_f_is_rar() -> None:
    assert Requirement.model_validate(A_REQUIREMENT).is_rar
    assert not Requirement.model_validate({**A_REQUIREMENT, "mainCategory": {"code": "W"}}).is_rar
    with pytest.raises(ValidationError):
        Requirement.model_validate({"requirementId": 1})


@pytest.mark.parametrize(
    ("days", "left"),
    [({"ordered": 20}, 16), ({"ordered": 3}, 0), ({}, None)],
    ids=["some left", "more than ordered", "not ordered in days"],
)
def test_the_days_left_are_known_where_days_were_ordered_and_never_below_none(
    days: dict[str, int], left: int | None
) -> None:
    assert RarDays.model_validate({**SOME_DAYS, **days}).left == left


@pytest.mark.parametrize("missing", SOME_DAYS)
def test_a_count_that_is_missing_is_not_taken_for_none(missing: str) -> None:
    with pytest.raises(ValidationError):
        RarDays.model_validate({name: value for name, value in SOME_DAYS.items() if name != missing})


def test_what_days_are_at_risk_is_delius_to_say() -> None:
    days = RarDays.model_validate({**SOME_DAYS, "completedInLast8Weeks": 2, "endsOn": "2026-12-01", "atRisk": True})
    assert (days.completed_in_last_8_weeks, days.ends_on, days.at_risk) == (2, date(2026, 12, 1), True)
    assert RarDays.model_validate(SOME_DAYS).at_risk is None


def test_an_nsi_may_hang_from_no_requirement() -> None:
    assert Nsi.model_validate(AN_NSI).requirement_id is None


@pytest.mark.parametrize("change", [{"nsiId": None}, {"type": None}, {"type": {"code": ""}}, {"active": None}])
def test_an_nsi_without_what_we_act_on_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Nsi.model_validate({**AN_NSI, **change})


@pytest.mark.parametrize(
    ("change", "is_open"), [({}, True), ({"active": False}, False), ({"softDeleted": True}, False)], ids=str
)
def test_appointments_are_added_to_an_nsi_that_has_neither_ended_nor_been_deleted(
    change: dict[str, Any], is_open: bool
) -> None:
    assert Nsi.model_validate({**AN_NSI, **change}).is_open is is_open


def test_the_manager_of_an_nsi_is_known_whole_or_not_at_all() -> None:
    whole = {"providerCode": "N90", "teamCode": "N90AAA", "staffCode": "N90A001"}
    nsi = Nsi.model_validate({**AN_NSI, "manager": whole})
    assert nsi.manager
    assert nsi.manager.team_code == "N90AAA"
    assert Nsi.model_validate({**AN_NSI, "manager": {"providerCode": "N90"}}).manager is None


def test_an_nsi_type_takes_no_length_where_it_has_no_unit_and_every_provider_where_it_names_none() -> None:
    plain = NsiType.model_validate({"code": "TKDEV"})
    assert (plain.length_unit, plain.provider_codes, plain.selectable) == ("", None, True)
    special = NsiType.model_validate(
        {"code": "TKSFR", "lengthUnit": "Sessions", "minimumLength": 1, "maximumLength": 20, "providerCodes": []}
    )
    assert (special.length_unit, special.minimum_length, special.maximum_length) == ("Sessions", 1, 20)
    assert special.provider_codes == ()


def test_unknown_fields_are_ignored_and_null_is_absent() -> None:
    read = Case.model_validate({**A_CASE, "tomorrow": {"brings": "more"}, "events": None, "name": None})
    assert read == Case.model_validate(A_CASE)


def test_records_cannot_be_changed_once_read() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Event(event_id=1).event_id = 2


def test_records_come_out_of_a_cache_as_they_went_in() -> None:
    case = Case.model_validate({**A_CASE, "events": [{"eventId": 1, "requirements": [A_REQUIREMENT]}]})
    assert pickle.loads(pickle.dumps(case)) == case
    assert case.relation is Relation.USER
