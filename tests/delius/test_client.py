"""The calls of the integration service: what is sent, and what is made of the answer."""

import json
import os
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from pytest_django import Settings

from delius.client import CaseSort, get_client, reset_client
from delius.errors import (
    Conflict,
    ConflictReason,
    DeliusContractError,
    LimitedAccess,
    NotFound,
    Refused,
    RefusedField,
    Unavailable,
)
from delius.london import LONDON
from delius.records import MatchedBy, Relation
from tests.delius.scripted import Answer, ScriptedUpstream
from tests.delius.values import BRIAN, ROBIN, URN, a_new_nsi, a_new_time, a_phone_call, an_outcome

APPOINTMENT_URN = "urn:hmpps:rarbooking:appointment:00000000-0000-4000-8000-000000000001"
A_TYPE = {"code": "TKDEV", "description": "Developing Dialogues"}
A_TEAM = {"code": "N90AAA", "description": "Harrow End", "provider": {"code": "N90", "description": "Northmoor"}}
A_CASE = {"crn": BRIAN, "access": {"limited": False}, "relation": "USER", "name": {"surname": "Example"}}
AN_NSI = {
    "nsiId": 7,
    "type": A_TYPE,
    "status": {"code": "INPROG", "description": "In progress"},
    "referralDate": "2026-06-10",
    "active": True,
    "softDeleted": False,
    "appointmentCount": 0,
}
AN_APPOINTMENT = {
    "contactId": 9,
    "version": 1,
    "type": {"code": "COAP", "description": "Office visit"},
    "start": "2026-06-17T10:00:00+01:00",
    "sensitive": False,
    "countsTowardsRar": True,
    "softDeleted": False,
}
A_PAGE = {"page": 0, "totalPages": 1, "totalElements": 1}
AN_APPOINTMENT_TYPE = {
    "code": "COAP",
    "description": "Office visit",
    "legislations": ["CJA"],
    "location": "REQUIRED",
    "nsiTypeCodes": ["TKDEV"],
    "forPersonOnly": False,
}
AN_OUTCOME_TYPE = {
    "code": "ATTC",
    "description": "Attended - Complied",
    "attended": True,
    "complied": True,
    "enforcementActions": [],
}
A_REQUEST_ID = UUID("00000000-0000-4000-8000-000000000002")
AN_NSI_TYPE = {**A_TYPE, "statuses": [], "subTypes": [], "allowsDuplicates": False}
AN_OFFICE = {"code": "N90HAR", "description": "Harrow End Probation Office"}
A_CHANGE = {"crn": BRIAN, "at": "2026-06-10T10:00:00+01:00", "nsi": AN_NSI}

# How each operation is called, what its answer is, and the address that it is asked at.
CALLS: dict[str, tuple[Callable[[], Any], Any, str]] = {
    "getUser": (
        lambda: get_client().user(ROBIN),
        {"username": ROBIN, "enabled": True, "staff": {"code": "N90A001", "name": {}, "teams": [A_TEAM]}},
        f"GET /users/{ROBIN}",
    ),
    "getCases": (
        lambda: get_client().cases(ROBIN, search="exam", sort=CaseSort.NAME, page=0, size=50),
        {"cases": [{"crn": BRIAN, "access": {"limited": False}}], **A_PAGE},
        f"GET /users/{ROBIN}/cases",
    ),
    "getCase": (lambda: get_client().case(BRIAN, username=ROBIN), A_CASE, f"GET /cases/{BRIAN}"),
    "getRiskFlags": (
        lambda: get_client().risk_flags(BRIAN, username=ROBIN),
        {"riskFlags": [{"id": 1, "type": {"code": "RHRH", "description": "High RoH"}}]},
        f"GET /cases/{BRIAN}/risk-flags",
    ),
    "getNsis": (
        lambda: get_client().nsis(BRIAN, event_id=1, username=ROBIN),
        {"nsis": [AN_NSI]},
        f"GET /cases/{BRIAN}/nsis",
    ),
    "putNsi": (
        lambda: get_client().put_nsi(BRIAN, URN, a_new_nsi(), username=ROBIN),
        {"nsi": AN_NSI, "matchedBy": "CREATED", "otherIds": []},
        f"PUT /cases/{BRIAN}/nsis/{URN}",
    ),
    "getAppointments": (
        lambda: get_client().appointments(BRIAN, username=ROBIN, page=0, size=100),
        {"appointments": [AN_APPOINTMENT], **A_PAGE},
        f"GET /cases/{BRIAN}/appointments",
    ),
    "getAppointmentByReference": (
        lambda: get_client().appointment_by_reference(BRIAN, APPOINTMENT_URN, username=ROBIN),
        AN_APPOINTMENT,
        f"GET /cases/{BRIAN}/appointments/{APPOINTMENT_URN}",
    ),
    "putAppointment": (
        lambda: get_client().put_appointment(BRIAN, APPOINTMENT_URN, a_phone_call(), username=ROBIN),
        AN_APPOINTMENT,
        f"PUT /cases/{BRIAN}/appointments/{APPOINTMENT_URN}",
    ),
    "getAppointment": (
        lambda: get_client().appointment(BRIAN, 9, username=ROBIN),
        AN_APPOINTMENT,
        f"GET /cases/{BRIAN}/contacts/9",
    ),
    "putOutcome": (
        lambda: get_client().put_outcome(BRIAN, 9, an_outcome(), request_id=A_REQUEST_ID, username=ROBIN),
        AN_APPOINTMENT,
        f"PUT /cases/{BRIAN}/contacts/9/outcome",
    ),
    "reschedule": (
        lambda: get_client().reschedule(BRIAN, 9, APPOINTMENT_URN, a_new_time(), username=ROBIN),
        AN_APPOINTMENT,
        f"PUT /cases/{BRIAN}/contacts/9/reschedule",
    ),
    "getOutcomes": (
        lambda: get_client().outcomes("COAP"),
        {"outcomes": [AN_OUTCOME_TYPE]},
        "GET /appointment-types/COAP/outcomes",
    ),
    "getAppointmentTypes": (
        lambda: get_client().appointment_types(),
        {"appointmentTypes": [AN_APPOINTMENT_TYPE]},
        "GET /appointment-types",
    ),
    "getNsiTypes": (lambda: get_client().nsi_types(["TKDEV"]), {"nsiTypes": [AN_NSI_TYPE]}, "GET /nsi-types"),
    "getOffices": (lambda: get_client().offices("N90AAA"), {"offices": [AN_OFFICE]}, "GET /teams/N90AAA/offices"),
    "getChanges": (
        lambda: get_client().changes(["TKDEV"], after="", size=500),
        {"changes": [A_CHANGE], "next": "2", "more": False},
        "GET /changes",
    ),
}
# What each answer cannot do without, as a path into it. An item of a list is named by the list.
INSISTED_ON = {
    "getUser": ["username", "staff.code", "staff.teams.code", "staff.teams.provider"],
    "getCases": ["cases", "cases.crn", "cases.access", "cases.access.limited", "page", "totalPages", "totalElements"],
    "getCase": ["crn", "access", "access.limited", "relation"],
    "getRiskFlags": ["riskFlags", "riskFlags.type"],
    "getNsis": ["nsis", "nsis.nsiId", "nsis.type", "nsis.active"],
    "putNsi": ["nsi", "nsi.nsiId", "nsi.type.code", "nsi.active", "matchedBy"],
    "getAppointments": [
        "appointments",
        "appointments.contactId",
        "appointments.version",
        "appointments.type",
        "appointments.start",
    ],
    "getAppointmentByReference": ["contactId", "version", "type", "start"],
    "putAppointment": ["contactId", "version", "type", "start"],
    "getAppointment": ["contactId", "version", "type", "start"],
    "putOutcome": ["contactId", "version", "type", "start"],
    "reschedule": ["contactId", "version", "type", "start"],
    "getOutcomes": ["outcomes", "outcomes.code", "outcomes.attended", "outcomes.complied"],
    "getAppointmentTypes": ["appointmentTypes", "appointmentTypes.code"],
    "getNsiTypes": ["nsiTypes", "nsiTypes.code"],
    "getOffices": ["offices", "offices.code"],
    "getChanges": ["changes", "changes.crn", "changes.at", "next", "more"],
}
WRITES = ("putNsi", "putAppointment", "putOutcome", "reschedule")


def without(answer: Any, path: str) -> Any:
    """The answer without what a path such as `cases.access` leads to, in every item of a list on the way."""
    name, _, rest = path.partition(".")
    if isinstance(answer, list):
        return [without(each, path) for each in answer]
    if not rest:
        return {key: value for key, value in answer.items() if key != name}
    return {**answer, name: without(answer[name], rest)}


def overgrown(answer: Any) -> Any:
    """The answer with fields that nobody knows, and nulls, in every object."""
    if isinstance(answer, list):
        return [overgrown(each) for each in answer]
    if isinstance(answer, dict):
        return {**{name: overgrown(each) for name, each in answer.items()}, "tomorrow": {"brings": 1}, "notes": None}
    return answer


def sent(upstream: ScriptedUpstream) -> Any:
    """The JSON of the last request's body."""
    return json.loads(upstream.received[-1].body)


@pytest.mark.parametrize("operation", CALLS)
def test_each_operation_is_asked_at_its_address_with_a_token(upstream: ScriptedUpstream, operation: str) -> None:
    call, answer, address = CALLS[operation]
    upstream.answers(Answer(answer))
    assert call()
    [request] = upstream.received
    assert f"{request.method} {request.path.replace('%3A', ':')}" == address.replace(" /", " /delius/")
    assert request.headers["Authorization"] == "Bearer scripted"


@pytest.mark.parametrize("operation", CALLS)
def test_fields_that_nobody_knows_and_nulls_change_nothing(upstream: ScriptedUpstream, operation: str) -> None:
    call, answer, _ = CALLS[operation]
    upstream.answers(Answer(answer), Answer(overgrown(answer)))
    assert call() == call()


@pytest.mark.parametrize(
    ("operation", "path"), [(operation, path) for operation, paths in INSISTED_ON.items() for path in paths]
)
def test_an_answer_without_what_we_act_on_is_a_contract_error_that_names_it(
    upstream: ScriptedUpstream, operation: str, path: str
) -> None:
    call, answer, _ = CALLS[operation]
    upstream.answers(Answer(without(answer, path)))
    with pytest.raises(DeliusContractError) as caught:
        call()
    assert caught.value.operation == operation
    assert path.rpartition(".")[2] in " ".join(caught.value.fields)


def test_every_operation_that_is_called_is_tried_here() -> None:
    assert INSISTED_ON.keys() == CALLS.keys()
    from delius import client

    names = {each.name for each in vars(client).values() if isinstance(each, client.Operation)}
    assert names == {*CALLS, "withdrawNsi"}


@pytest.mark.parametrize("body", [b"", b"not json", [], "text", None], ids=repr)
@pytest.mark.parametrize("operation", CALLS)
def test_an_answer_of_another_shape_is_a_contract_error(upstream: ScriptedUpstream, operation: str, body: Any) -> None:
    upstream.answers(Answer(body))
    with pytest.raises(DeliusContractError):
        CALLS[operation][0]()


@pytest.mark.parametrize("operation", CALLS)
def test_no_error_says_anything_of_the_person(upstream: ScriptedUpstream, operation: str) -> None:
    upstream.answers(Answer({"crn": BRIAN, "forename": "Brian"}))
    with pytest.raises(DeliusContractError) as caught:
        CALLS[operation][0]()
    assert BRIAN not in f"{caught.value!r} {caught.value}"


class TestReads:
    def test_a_user_has_a_staff_record_and_teams_the_default_first(self, upstream: ScriptedUpstream) -> None:
        second = {**A_TEAM, "code": "N90BBB"}
        staff = {"code": "N90A001", "name": {"forename": "Robin", "surname": "Sample"}, "teams": [A_TEAM, second]}
        upstream.answers(Answer({"username": ROBIN, "enabled": True, "staff": staff}))
        user = get_client().user(ROBIN)
        assert user.staff
        assert (user.staff.code, user.staff.name.full) == ("N90A001", "Robin Sample")
        assert [(team.code, team.provider.code) for team in user.staff.teams] == [("N90AAA", "N90"), ("N90BBB", "N90")]

    def test_a_user_may_have_no_staff_record(self, upstream: ScriptedUpstream) -> None:
        upstream.answers(Answer({"username": ROBIN, "enabled": False}))
        assert get_client().user(ROBIN).staff is None

    def test_a_page_of_cases_is_searched_sorted_and_cut_by_the_service(self, upstream: ScriptedUpstream) -> None:
        upstream.answers(Answer(CALLS["getCases"][1]))
        get_client().cases(ROBIN, search="O'Example & sons", sort=CaseSort.RAR_DAYS_LEFT, page=3, size=20)
        assert upstream.received[-1].query == {
            "search": ["O'Example & sons"],
            "sort": ["RAR_DAYS_LEFT"],
            "page": ["3"],
            "size": ["20"],
        }

    def test_a_page_of_cases_that_nobody_searched_has_no_search(self, upstream: ScriptedUpstream) -> None:
        upstream.answers(Answer(CALLS["getCases"][1]))
        get_client().cases(ROBIN, search="", sort=CaseSort.NAME, page=0, size=50)
        assert "search" not in upstream.received[-1].query

    def test_a_case_with_limited_access_is_told_and_not_refused(self, upstream: ScriptedUpstream) -> None:
        upstream.answers(
            Answer({"crn": BRIAN, "access": {"limited": True, "message": "Ask Mill Lane."}, "relation": "USER"})
        )
        case = get_client().case(BRIAN, username=ROBIN)
        assert (case.access.limited, case.access.message, case.relation) == (True, "Ask Mill Lane.", Relation.USER)
        assert (case.name.full, case.events) == ("", ())

    def test_a_case_is_asked_for_as_the_person_who_looks_at_it(self, upstream: ScriptedUpstream) -> None:
        upstream.answers(Answer(A_CASE))
        get_client().case(BRIAN, username=ROBIN)
        assert upstream.received[-1].query == {"username": [ROBIN]}
        assert f"username={ROBIN}" in upstream.tokens_asked_for[-1].body.decode()

    def test_nsis_of_an_event_come_of_every_type_and_requirement(self, upstream: ScriptedUpstream) -> None:
        upstream.answers(Answer({"nsis": [AN_NSI, {**AN_NSI, "nsiId": 8, "requirementId": 3, "active": False}]}))
        first, second = get_client().nsis(BRIAN, event_id=12, username=ROBIN)
        assert upstream.received[-1].query == {"eventId": ["12"]}
        assert (first.requirement_id, first.is_open) == (None, True)
        assert (second.requirement_id, second.is_open) == (3, False)

    def test_appointments_are_asked_for_by_day_and_order(self, upstream: ScriptedUpstream) -> None:
        upstream.answers(Answer({"appointments": [AN_APPOINTMENT], **A_PAGE}))
        page = get_client().appointments(
            BRIAN,
            username=ROBIN,
            page=1,
            size=20,
            date_from=date(2026, 6, 1),
            date_to=date(2026, 6, 30),
            latest_first=True,
        )
        assert upstream.received[-1].query == {
            "page": ["1"],
            "size": ["20"],
            "from": ["2026-06-01"],
            "to": ["2026-06-30"],
            "order": ["LAST"],
        }
        assert page.appointments[0].start == datetime(2026, 6, 17, 10, tzinfo=LONDON)

    def test_nsi_types_are_asked_for_by_their_codes_or_all_at_once(self, upstream: ScriptedUpstream) -> None:
        upstream.answers(Answer({"nsiTypes": [AN_NSI_TYPE]}))
        get_client().nsi_types(["TKDEV", "NAT1"])
        get_client().nsi_types()
        assert [each.query for each in upstream.received] == [{"code": ["TKDEV", "NAT1"]}, {}]

    def test_changes_follow_the_page_before_and_begin_at_the_beginning(self, upstream: ScriptedUpstream) -> None:
        upstream.answers(Answer(CALLS["getChanges"][1]))
        get_client().changes(["TKDEV", "NAT1"], after="", size=500)
        get_client().changes(["TKDEV"], after="2026/7", size=10)
        assert [each.query for each in upstream.received] == [
            {"nsiTypeCode": ["TKDEV", "NAT1"], "size": ["500"]},
            {"nsiTypeCode": ["TKDEV"], "size": ["10"], "after": ["2026/7"]},
        ]


class TestWrites:
    def test_an_nsi_is_sent_whole_and_without_what_it_has_not(self, upstream: ScriptedUpstream) -> None:
        upstream.answers(Answer(CALLS["putNsi"][1], 201))
        get_client().put_nsi(BRIAN, URN, a_new_nsi(sub_type_code="SUB1", length=10, notes="Workbook."), username=ROBIN)
        assert sent(upstream) == {
            "eventId": 1,
            "requirementId": 1,
            "typeCode": "TKDEV",
            "subTypeCode": "SUB1",
            "statusCode": "INPROG",
            "referralDate": "2026-06-10",
            "length": 10,
            "notes": "Workbook.",
            "manager": {"providerCode": "N90", "teamCode": "N90AAA", "staffCode": "N90A001"},
        }
        get_client().put_nsi(BRIAN, URN, a_new_nsi(), username=ROBIN)
        assert not {"subTypeCode", "length", "notes"} & sent(upstream).keys()

    def test_a_length_of_nothing_is_sent(self, upstream: ScriptedUpstream) -> None:
        upstream.answers(Answer(CALLS["putNsi"][1], 201))
        get_client().put_nsi(BRIAN, URN, a_new_nsi(length=0), username=ROBIN)
        assert sent(upstream)["length"] == 0

    @pytest.mark.parametrize("status", [200, 201])
    @pytest.mark.parametrize("matched_by", MatchedBy)
    def test_an_nsi_that_was_there_is_as_good_as_one_that_was_made(
        self, upstream: ScriptedUpstream, status: int, matched_by: MatchedBy
    ) -> None:
        upstream.answers(Answer({"nsi": AN_NSI, "matchedBy": matched_by.value, "otherIds": [3, 4]}, status))
        ensured = get_client().put_nsi(BRIAN, URN, a_new_nsi(), username=ROBIN)
        assert (ensured.nsi.nsi_id, ensured.matched_by, ensured.other_ids) == (7, matched_by, (3, 4))

    def test_a_withdrawal_is_answered_with_nothing(self, upstream: ScriptedUpstream) -> None:
        upstream.answers(Answer(b"", 204))
        get_client().withdraw_nsi(BRIAN, URN, username=ROBIN)
        [request] = upstream.received
        assert (request.method, request.body) == ("DELETE", b"")

    def test_an_appointment_on_an_nsi_counts_towards_rar_and_names_no_requirement(
        self, upstream: ScriptedUpstream
    ) -> None:
        upstream.answers(Answer(AN_APPOINTMENT, 201))
        start = datetime(2026, 6, 17, 10, tzinfo=LONDON)
        new = a_phone_call(start, nsi_id=7, office_code="N90HAR", notes="Bring it.", sensitive=True, allow_overlap=True)
        get_client().put_appointment(BRIAN, APPOINTMENT_URN, new, username=ROBIN)
        assert sent(upstream) == {
            "eventId": 1,
            "nsiId": 7,
            "countsTowardsRar": True,
            "typeCode": "COPT",
            "start": "2026-06-17T10:00:00+01:00",
            "end": "2026-06-17T10:30:00+01:00",
            "manager": {"providerCode": "N90", "teamCode": "N90AAA", "staffCode": "N90A001"},
            "officeCode": "N90HAR",
            "notes": "Bring it.",
            "sensitive": True,
            "allowOverlap": True,
        }

    def test_an_appointment_without_an_nsi_does_not_count_towards_rar(self, upstream: ScriptedUpstream) -> None:
        upstream.answers(Answer(AN_APPOINTMENT, 201))
        get_client().put_appointment(BRIAN, APPOINTMENT_URN, a_phone_call(), username=ROBIN)
        body = sent(upstream)
        assert body["countsTowardsRar"] is False
        assert not {"nsiId", "requirementId", "officeCode", "notes"} & body.keys()

    def test_an_outcome_is_sent_whole_by_its_request_id_and_without_what_it_has_not(
        self, upstream: ScriptedUpstream
    ) -> None:
        upstream.answers(Answer(AN_APPOINTMENT))
        put = partial(get_client().put_outcome, BRIAN, 9, request_id=A_REQUEST_ID, username=ROBIN)
        put(an_outcome(outcome_code="AFTA", enforcement_action_code="ROM", notes="Did not ring.", sensitive=True))
        assert upstream.received[-1].headers["Idempotency-Key"] == str(A_REQUEST_ID)
        assert sent(upstream) == {
            "version": 1,
            "outcomeCode": "AFTA",
            "enforcementActionCode": "ROM",
            "notes": "Did not ring.",
            "sensitive": True,
        }
        put(an_outcome())
        assert sent(upstream) == {"version": 1, "outcomeCode": "ATTC"}

    def test_a_move_is_sent_with_the_reference_of_the_new_appointment(self, upstream: ScriptedUpstream) -> None:
        upstream.answers(Answer(AN_APPOINTMENT))
        start = datetime(2026, 6, 17, 10, tzinfo=LONDON)
        get_client().reschedule(
            BRIAN, 9, APPOINTMENT_URN, a_new_time(start, version=3, office_code="N90HAR"), username=ROBIN
        )
        assert sent(upstream) == {
            "version": 3,
            "externalReference": APPOINTMENT_URN,
            "start": "2026-06-17T10:00:00+01:00",
            "end": "2026-06-17T11:00:00+01:00",
            "officeCode": "N90HAR",
            "requestedBy": "PERSON",
            "reason": "At work then.",
            "allowOverlap": False,
        }

    def test_every_write_is_made_in_the_name_of_the_person_who_confirmed(self, upstream: ScriptedUpstream) -> None:
        upstream.answers(Answer(AN_APPOINTMENT, 201))
        get_client().put_appointment(BRIAN, APPOINTMENT_URN, a_phone_call(), username=ROBIN)
        assert f"username={ROBIN}" in upstream.tokens_asked_for[-1].body.decode()

    @pytest.mark.parametrize("operation", WRITES)
    def test_a_refusal_says_what_is_wrong_with_which_field(self, upstream: ScriptedUpstream, operation: str) -> None:
        fields = [{"type": "unknown", "field": "typeCode", "message": "No such type"}]
        upstream.answers(Answer({"status": 400, "message": "Refused", "fields": fields}, 400))
        with pytest.raises(Refused) as caught:
            CALLS[operation][0]()
        assert caught.value.fields == (RefusedField("typeCode", "unknown", "No such type"),)

    @pytest.mark.parametrize("reason", ConflictReason)
    def test_a_conflict_says_what_it_conflicts_with(self, upstream: ScriptedUpstream, reason: ConflictReason) -> None:
        upstream.answers(Answer({"status": 409, "reason": reason.value}, 409))
        with pytest.raises(Conflict) as caught:
            CALLS["putAppointment"][0]()
        assert caught.value.reason is reason

    @pytest.mark.parametrize("operation", WRITES)
    @pytest.mark.parametrize(("status", "error"), [(403, LimitedAccess), (404, NotFound)])
    def test_a_write_that_may_not_be_or_has_no_place_is_told_apart(
        self, upstream: ScriptedUpstream, operation: str, status: int, error: type[Exception]
    ) -> None:
        upstream.answers(Answer({"status": status}, status))
        with pytest.raises(error):
            CALLS[operation][0]()

    @pytest.mark.parametrize("operation", WRITES)
    def test_a_write_without_an_answer_may_have_taken_effect(self, upstream: ScriptedUpstream, operation: str) -> None:
        upstream.answers(None)
        with pytest.raises(Unavailable) as caught:
            CALLS[operation][0]()
        assert caught.value.may_have_taken_effect


class TestProcess:
    def test_one_client_serves_the_whole_process(self, upstream: ScriptedUpstream) -> None:
        assert get_client() is get_client()

    @pytest.mark.parametrize("setting", ["DELIUS_READ_TIMEOUT", "DELIUS_INTEGRATION_URL", "HMPPS_CLIENT_SECRET"])
    def test_changed_settings_make_a_new_client(
        self, upstream: ScriptedUpstream, settings: Settings, setting: str
    ) -> None:
        before = get_client()
        setattr(settings, setting, getattr(settings, setting))
        assert get_client() is not before

    def test_a_client_can_be_forgotten_where_there_is_none(self, upstream: ScriptedUpstream) -> None:
        upstream.answers(Answer(A_CASE))
        reset_client()
        reset_client()
        assert get_client().case(BRIAN, username=ROBIN)

    def test_a_forked_process_has_a_client_and_connections_of_its_own(self, upstream: ScriptedUpstream) -> None:
        upstream.answers(Answer(A_CASE))
        client = get_client()
        client.case(BRIAN, username=ROBIN)
        child = os.fork()
        if child == 0:
            try:
                sound = get_client() is not client and bool(get_client().case(BRIAN, username=ROBIN))
            except BaseException:
                sound = False
            os._exit(0 if sound else 1)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        assert get_client() is client
        assert client.case(BRIAN, username=ROBIN)

    def test_an_address_may_end_in_a_slash(self, upstream: ScriptedUpstream, settings: Settings) -> None:
        settings.DELIUS_INTEGRATION_URL += "/"
        settings.HMPPS_AUTH_URL += "/"
        upstream.answers(Answer(A_CASE))
        assert get_client().case(BRIAN, username=ROBIN)
        assert upstream.received[-1].path == f"/delius/cases/{BRIAN}"


def test_the_moment_that_is_sent_is_the_wall_time_of_london(upstream: ScriptedUpstream) -> None:
    upstream.answers(Answer(AN_APPOINTMENT, 201))
    winter = datetime(2026, 12, 1, 9, 30, tzinfo=LONDON)
    get_client().put_appointment(BRIAN, APPOINTMENT_URN, a_phone_call(winter), username=ROBIN)
    assert sent(upstream)["start"] == "2026-12-01T09:30:00+00:00"
