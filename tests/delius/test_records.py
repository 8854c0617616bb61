"""Reading what Delius tells us: leniently what is only shown, strictly what is acted on."""

import pickle
from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from delius.london import LONDON, to_upstream
from delius.records import (
    Access,
    AppointmentType,
    Contact,
    Event,
    LocationRule,
    Nsi,
    OfficeLocation,
    Person,
    Requirement,
    StaffMember,
)

IDENTITY = {"otherIds": {"crn": "X000001"}}
AN_APPOINTMENT = {"contactId": 7, "type": {"code": "COAP"}}


def test_a_person_of_whom_next_to_nothing_is_known_can_be_shown():
    person = Person.model_validate(
        {**IDENTITY, "firstName": None, "contactDetails": None, "offenderManagers": None, "offenderProfile": None}
    )
    assert (person.crn, person.name, person.phone_numbers, person.active_manager) == ("X000001", "", (), None)


def test_a_person_without_a_crn_is_not_a_person():
    with pytest.raises(ValidationError):
        Person.model_validate({"firstName": "Brian", "surname": "Example", "otherIds": {}})


def test_what_is_only_shown_may_be_malformed():
    person = Person.model_validate(
        {
            **IDENTITY,
            "firstName": {"not": "a name"},
            "surname": "Example",
            "dateOfBirth": "the third of May",
            "gender": ["?"],
            "contactDetails": {"phoneNumbers": [{"type": "MOBILE"}, {"number": "07700 900001", "type": 3}]},
            "offenderProfile": {"offenderLanguages": "Welsh", "disabilities": {"not": "a list"}},
        }
    )
    assert (person.name, person.date_of_birth, person.gender) == ("Example", None, None)
    assert [phone.number for phone in person.phone_numbers] == ["07700 900001"]
    assert (person.languages, person.disabilities) == (None, ())


def test_circumstances_are_read_with_their_adjustments():
    person = Person.model_validate(
        {
            **IDENTITY,
            "offenderProfile": {
                "offenderLanguages": {"primaryLanguage": "Welsh", "requiresInterpreter": True, "otherLanguages": None},
                "disabilities": [
                    {
                        "disabilityType": {"description": "Visual impairment"},
                        "provisions": [{"provisionType": {"description": "Large print"}}],
                    }
                ],
            },
        }
    )
    assert person.languages
    assert (person.languages.primary, person.languages.requires_interpreter) == ("Welsh", True)
    (disability,) = person.disabilities
    assert disability.description == "Visual impairment"
    assert [adjustment.description for adjustment in disability.adjustments] == ["Large print"]


def test_the_active_manager_is_neither_a_past_nor_a_deleted_entry():
    def entry(code: str, **changes: object) -> dict[str, object]:
        return {"active": True, "softDeleted": False, "staff": {"code": code}, **changes}

    person = Person.model_validate(
        {
            **IDENTITY,
            "offenderManagers": [
                entry("PAST", active=False),
                entry("DELETED", softDeleted=True),
                entry("UNSAID", active=None),
                entry("NOW", team={"code": "N90AAA"}, probationArea={"description": "No code"}),
            ],
        }
    )
    manager = person.active_manager
    assert manager
    assert manager.team
    assert manager.provider
    assert (manager.staff_code, manager.team.code, manager.provider.code) == ("NOW", "N90AAA", None)


def test_a_team_without_a_code_is_no_team_to_write_for():
    staff = StaffMember.model_validate(
        {
            "username": "ROBIN.SAMPLE",
            "staffCode": "N90A001",
            "staffIdentifier": 9001,
            "teams": [{"description": "No code"}, {"code": None}, {"code": "N90AAA"}],
        }
    )
    assert [team.code for team in staff.teams] == ["N90AAA"]
    person = Person.model_validate({**IDENTITY, "offenderManagers": [{"active": True, "team": {"description": "?"}}]})
    assert person.active_manager
    assert person.active_manager.team is None


@pytest.mark.parametrize("missing", ["staffCode", "staffIdentifier"])
def test_a_staff_record_without_what_we_write_or_look_up_by_is_refused(missing):
    answer = {"username": "ROBIN.SAMPLE", "staffCode": "N90A001", "staffIdentifier": 9001}
    del answer[missing]
    with pytest.raises(ValidationError):
        StaffMember.model_validate(answer)


@pytest.mark.parametrize(
    ("answer", "allowed", "message"),
    [
        ({"userRestricted": False, "userExcluded": False, "restrictionMessage": "Old"}, True, None),
        ({"userRestricted": True, "userExcluded": False, "restrictionMessage": "Ask A."}, False, "Ask A."),
        ({"userRestricted": False, "userExcluded": True, "exclusionMessage": "Ask B."}, False, "Ask B."),
        (
            {
                "userRestricted": True,
                "userExcluded": True,
                "restrictionMessage": "Ask A.",
                "exclusionMessage": "Ask B.",
            },
            False,
            "Ask A. Ask B.",
        ),
        ({"userRestricted": True, "userExcluded": False}, False, None),
    ],
)
def test_access_is_what_delius_says_in_its_own_words(answer, allowed, message):
    access = Access.model_validate(answer)
    assert (access.allowed, access.message) == (allowed, message)


@pytest.mark.parametrize("missing", ["userRestricted", "userExcluded"])
def test_access_is_never_assumed(missing):
    answer = {"userRestricted": False, "userExcluded": False}
    del answer[missing]
    with pytest.raises(ValidationError):
        Access.model_validate(answer)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("2026-06-10T10:00:00", datetime(2026, 6, 10, 9, tzinfo=UTC)),
        ("2026-01-10T10:00:00", datetime(2026, 1, 10, 10, tzinfo=UTC)),
        ("2026-06-10T10:00:00+01:00", datetime(2026, 6, 10, 9, tzinfo=UTC)),
        ("2026-06-10T10:00:00Z", datetime(2026, 6, 10, 10, tzinfo=UTC)),
    ],
)
def test_a_time_without_an_offset_is_what_a_clock_in_london_shows(sent, read):
    appointment = Contact.model_validate({**AN_APPOINTMENT, "contactStart": sent})
    assert appointment.start == read
    assert appointment.start.tzinfo is LONDON


def test_times_are_sent_with_the_offset_of_london():
    assert to_upstream(datetime(2026, 6, 10, 9, 30, tzinfo=UTC)) == "2026-06-10T10:30:00+01:00"
    assert to_upstream(datetime(2026, 1, 10, 9, 30, tzinfo=UTC)) == "2026-01-10T09:30:00+00:00"


def test_a_time_without_an_offset_is_never_sent():
    with pytest.raises(ValueError, match="offset"):
        to_upstream(datetime(2026, 6, 10, 9, 30))


def test_an_appointment_that_cannot_be_told_from_others_is_refused():
    with pytest.raises(ValidationError):
        Contact.model_validate({"type": {"code": "COAP"}})


@pytest.mark.parametrize(
    ("sent", "rule"),
    [
        ("REQUIRED", LocationRule.REQUIRED),
        ("NOT_REQUIRED", LocationRule.NOT_REQUIRED),
        ("SOMETIMES", LocationRule.OPTIONAL),
        (None, LocationRule.OPTIONAL),
    ],
)
def test_an_unknown_location_rule_neither_demands_nor_forbids_an_office(sent, rule):
    assert AppointmentType.model_validate({"contactType": "COAP", "requiresLocation": sent}).location is rule


def test_an_address_has_only_what_is_known():
    office = OfficeLocation.model_validate(
        {"code": "N90HAR", "buildingName": None, "buildingNumber": 1, "streetName": "Example Street", "postcode": ""}
    )
    assert office.address == "1 Example Street"


@pytest.mark.parametrize(("unit", "days"), [("Days", 20), ("day", 20), (None, 20), ("Months", None), ("Hours", None)])
def test_days_ordered_are_known_only_where_the_length_is_in_days(unit, days):
    assert Requirement(requirement_id=1, length=20, length_unit=unit).days_ordered == days


def test_no_rar_count_means_no_days_completed():
    assert Requirement(requirement_id=1, rar_count=None).days_completed == 0


@pytest.mark.parametrize(
    ("changes", "in_force"),
    [
        ({}, True),
        ({"active": None}, True),
        ({"active": False}, False),
        ({"softDeleted": True}, False),
        ({"terminationDate": "2026-06-09"}, False),
        ({"terminationDate": "2026-06-10"}, False),
        ({"terminationDate": "2026-06-11"}, True),
    ],
)
def test_a_requirement_runs_until_the_day_before_it_is_terminated(changes, in_force):
    requirement = Requirement.model_validate({"requirementId": 1, "active": True, **changes})
    assert requirement.is_in_force(date(2026, 6, 10)) is in_force


def test_a_termination_date_that_cannot_be_read_is_not_taken_for_none():
    with pytest.raises(ValidationError):
        Requirement.model_validate({"requirementId": 1, "terminationDate": "soon"})


@pytest.mark.parametrize("category", [{"code": "W"}, {}, None])
def test_only_main_category_f_is_rar(category):
    assert Requirement.model_validate({"requirementId": 1, "requirementTypeMainCategory": {"code": "F"}}).is_rar
    assert not Requirement.model_validate({"requirementId": 1, "requirementTypeMainCategory": category}).is_rar


def test_an_nsi_may_hang_from_no_requirement():
    nsi = Nsi.model_validate({"nsiId": 1, "nsiType": {"code": "TKDEV"}, "requirement": None})
    assert nsi.requirement_id is None


@pytest.mark.parametrize(
    "answer", [{"nsiType": {"code": "TKDEV"}}, {"nsiId": 1}, {"nsiId": 1, "nsiType": {"code": ""}}]
)
def test_an_nsi_without_identity_or_type_is_refused(answer):
    with pytest.raises(ValidationError):
        Nsi.model_validate(answer)


@pytest.mark.parametrize(
    ("ends", "current"),
    [((None,), 0), (("2026-01-01", None), 1), ((None, "2026-01-01"), 0), (("2026-01-01", "2026-02-01"), 1), ((), None)],
)
def test_an_nsi_is_managed_by_whoever_has_not_ended_or_else_ended_last(ends, current):
    managers = [{"staff": {"staffCode": str(number)}, "endDate": end} for number, end in enumerate(ends)]
    manager = Nsi.model_validate({"nsiId": 1, "nsiType": {"code": "TKDEV"}, "nsiManagers": managers}).manager
    assert (manager and manager.staff_code) == (None if current is None else str(current))


def test_a_contact_of_which_next_to_nothing_is_known_is_read():
    contact = Contact.model_validate({"contactId": 7, "type": None, "outcome": None, "rarActivityDetail": None})
    assert (contact.start, contact.nsi_id, contact.type_code, contact.attended) == (None, None, "", None)


@pytest.mark.parametrize(
    "missing", [{"contactId": None}, {"contactStart": "soon"}, {"rarActivityDetail": {"nsiId": "x"}}]
)
def test_a_contact_without_what_the_mirror_acts_on_is_refused(missing):
    with pytest.raises(ValidationError):
        Contact.model_validate({"contactId": 7, "contactStart": "2026-06-10T10:00:00", **missing})


def test_unknown_fields_are_ignored():
    assert Event.model_validate({"convictionId": 1, "tomorrow": {"brings": "more"}}) == Event(event_id=1)


def test_an_event_kept_by_a_booking_is_enough_to_write_with():
    event = Event.for_writing(event_id=1, referral_date=date(2026, 1, 2))
    assert (event.event_id, event.referral_date) == (1, date(2026, 1, 2))


def test_records_cannot_be_changed_once_read():
    with pytest.raises(ValidationError, match="frozen"):
        Event(event_id=1).event_id = 2


def test_records_come_out_of_a_cache_as_they_went_in():
    person = Person.model_validate({**IDENTITY, "surname": "Example", "offenderManagers": [{"active": True}]})
    assert pickle.loads(pickle.dumps(person)) == person
