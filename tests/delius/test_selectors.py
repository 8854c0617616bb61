"""What the rest of the house reads: cases, schedules and reference data, cached for a while and read side by side."""

import threading
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
import structlog
import time_machine
from pytest_django import Settings

from delius import selectors
from delius.client import CaseSort
from delius.errors import DeliusContractError, LimitedAccess, NotFound, Unavailable
from delius.http import background
from delius.london import today
from delius.reads.parallel import in_parallel
from delius.records import Case, Relation
from tests.delius.scripted import Answer, Received, ScriptedUpstream
from tests.delius.values import BRIAN, CLARA, GITA, HAL, JO, ROBIN
from tests.simulator_process import Simulator

RESTRICTED, EXCLUDED, ENDED = "X000011", "X000012", "X000008"
TODAY = date(2026, 6, 10)


def reads(simulator: Simulator, operation: str | None = None) -> int:
    return len([entry for entry in simulator.requests(operation) if entry["operation"] != "token"])


def a_case_with(**requirement: Any) -> Case:
    sound = {"requirementId": 1, "mainCategory": {"code": "F"}}
    event = {"eventId": 1, "requirements": [{**sound, **requirement}]}
    return Case.model_validate({"crn": BRIAN, "access": {"limited": False}, "relation": "USER", "events": [event]})


# The signed-in person


def test_a_staff_record_is_read_once_and_cached(simulator: Simulator) -> None:
    first = selectors.staff_member(ROBIN)
    assert first
    assert (first.code, first.name.full, first.teams[0].code) == ("N90A001", "Robin Sample", "N90AAA")
    assert selectors.staff_member(ROBIN) == first
    assert reads(simulator) == 1


@pytest.mark.parametrize("username", ["NOEL.NOSTAFF", "NO.SUCH.USER"])
def test_having_no_staff_record_is_an_answer(simulator: Simulator, username: str) -> None:
    assert selectors.staff_member(username) is None


# A case


def test_a_case_has_every_active_sentence_with_its_requirements_in_one_call(simulator: Simulator) -> None:
    case = selectors.case(GITA, username=ROBIN)
    assert (case.name.full, case.relation) == ("Gita Twosentence", Relation.USER)
    requirements = selectors.rar_requirements(case, on=today())
    assert [each.event for each in requirements] == list(case.events)
    assert [(each.days.completed, each.days.ordered) for each in requirements] == [(5, 20), (0, 10)]
    assert reads(simulator) == 1


@pytest.mark.parametrize("crn", [HAL, ENDED])
def test_a_case_without_a_rar_requirement_in_force_has_none_to_choose(simulator: Simulator, crn: str) -> None:
    case = selectors.case(crn, username=ROBIN)
    assert case.events
    assert selectors.rar_requirements(case, on=today()) == ()


@pytest.mark.parametrize(
    ("changes", "runs"),
    [
        ({}, True),
        ({"mainCategory": {"code": "W"}}, False),
        ({"terminationDate": TODAY.isoformat()}, False),
        ({"terminationDate": (TODAY + timedelta(days=1)).isoformat()}, True),
    ],
)
def test_a_rar_requirement_is_one_that_runs_on_the_day(changes: dict[str, Any], runs: bool) -> None:
    assert bool(selectors.rar_requirements(a_case_with(**changes), on=TODAY)) is runs


def test_a_requirement_whose_days_delius_does_not_count_has_none() -> None:
    [requirement] = selectors.rar_requirements(a_case_with(), on=TODAY)
    assert (requirement.days.ordered, requirement.days.completed, requirement.days.booked) == (None, 0, 0)


@pytest.mark.parametrize(("crn", "word"), [(RESTRICTED, "restricted"), (EXCLUDED, "excluded")])
def test_a_case_with_limited_access_says_so_in_delius_own_words_and_nothing_else(
    simulator: Simulator, crn: str, word: str
) -> None:
    case = selectors.case(crn, username=ROBIN)
    assert case.access.limited
    assert word in case.access.message
    assert (case.name.full, case.events) == ("", ())


def test_what_one_person_may_see_is_not_shown_to_another_who_may_not(simulator: Simulator) -> None:
    assert selectors.case(RESTRICTED, username=JO).name.full == "Lou Restricted"
    assert selectors.case(RESTRICTED, username=ROBIN).name.full == ""
    assert selectors.case(RESTRICTED, username=JO).name.full == "Lou Restricted"


def test_an_unknown_crn_is_not_found(simulator: Simulator) -> None:
    with pytest.raises(NotFound):
        selectors.case("X999999", username=ROBIN)


@pytest.mark.parametrize(
    ("kind", "details", "error"),
    [
        ("status", {"status": 500}, Unavailable),
        ("malformed", {}, DeliusContractError),
        ("missing_field", {"field": "access"}, DeliusContractError),
    ],
)
def test_a_case_that_cannot_be_read_is_not_cached(
    simulator: Simulator, kind: str, details: dict[str, Any], error: type[Exception]
) -> None:
    simulator.fault("getCase", kind, **details)
    with pytest.raises(error):
        selectors.case(BRIAN, username=ROBIN)
    assert selectors.case(BRIAN, username=ROBIN).name.full == "Brian Example"


def test_a_case_is_cached_for_a_minute(simulator: Simulator, settings: Settings) -> None:
    settings.DELIUS_CACHE_SECONDS = 60
    with time_machine.travel(0) as clock:
        selectors.case(BRIAN, username=ROBIN)
        clock.shift(59)
        selectors.case(BRIAN, username=ROBIN)
        assert reads(simulator) == 1
        clock.shift(2)
        selectors.case(BRIAN, username=ROBIN)
        assert reads(simulator) == 2


# A case list


def test_a_page_of_a_case_list_is_one_call_that_is_never_cached(simulator: Simulator) -> None:
    for _ in range(2):
        page = selectors.cases(ROBIN, search="", sort=CaseSort.NAME, page=0)
    assert BRIAN in {row.crn for row in page.cases}
    assert reads(simulator) == 2


def test_a_case_list_of_a_user_without_a_staff_record_is_not_found(simulator: Simulator) -> None:
    with pytest.raises(NotFound):
        selectors.cases("NOEL.NOSTAFF", search="", sort=CaseSort.NAME, page=0)


# Reference data


def test_appointment_types_are_cached(simulator: Simulator) -> None:
    codes = [each.code for each in selectors.appointment_types()]
    assert len(codes) == len(set(codes)) >= 24
    selectors.appointment_types()
    assert reads(simulator, "getAppointmentTypes") == 1


def test_offices_are_sorted_by_name_and_two_of_one_name_by_their_streets(simulator: Simulator) -> None:
    assert [office.description for office in selectors.offices("N90AAA")] == [
        "Harrow End Probation Office",
        "Northmoor Library",
        "Wharfside Centre",
    ]
    alike = selectors.offices("N90BBB")
    assert len({office.description for office in alike}) == 1
    assert [office.address for office in alike] == sorted(office.address for office in alike)
    assert len({office.code for office in alike}) == 3


def test_an_office_that_is_listed_twice_is_one(upstream: ScriptedUpstream) -> None:
    office = {"code": "N90HAR", "description": "Harrow End"}
    upstream.answers(Answer({"offices": [office, office]}))
    assert [each.code for each in selectors.offices("N90AAA")] == ["N90HAR"]


@pytest.mark.parametrize("team", ["N90DDD", "NOSUCH"])
def test_a_team_without_offices_or_an_unknown_one_has_none_and_that_is_cached(simulator: Simulator, team: str) -> None:
    assert selectors.offices(team) == ()
    assert selectors.offices(team) == ()
    assert reads(simulator, "getOffices") == 1


def test_reference_data_is_cached_longer_than_cases(simulator: Simulator, settings: Settings) -> None:
    settings.DELIUS_REFERENCE_CACHE_SECONDS = 3600
    with time_machine.travel(0) as clock:
        selectors.offices("N90AAA")
        clock.shift(3599)
        selectors.offices("N90AAA")
        assert reads(simulator, "getOffices") == 1
        clock.shift(2)
        selectors.offices("N90AAA")
        background.drain()
        assert reads(simulator, "getOffices") == 2


def test_reference_data_that_cannot_be_read_is_unavailable_and_that_is_not_cached(simulator: Simulator) -> None:
    simulator.fault("getOffices", "status", status=500)
    with pytest.raises(Unavailable):
        selectors.offices("N90AAA")
    assert len(selectors.offices("N90AAA")) == 3


# What is coming


def test_appointments_ahead_are_those_from_today_on(simulator: Simulator) -> None:
    ahead = {
        contact["contactId"]
        for contact in simulator.contacts(CLARA)
        if contact["start"] >= today().isoformat() and contact["end"]
    }
    assert {each.contact_id for each in selectors.upcoming_appointments(CLARA, username=ROBIN)} == ahead
    assert ahead


def test_every_page_of_the_appointments_ahead_is_read(upstream: ScriptedUpstream) -> None:
    def page(request: Received) -> Answer:
        number = int(request.query["page"][0])
        found = {"contactId": number + 1, "version": 1, "type": {"code": "COAP"}, "start": "2026-06-17T10:00:00+01:00"}
        return Answer({"appointments": [found], "page": number, "totalPages": 3, "totalElements": 3})

    upstream.respond = page
    assert [each.contact_id for each in selectors.upcoming_appointments(BRIAN, username=ROBIN)] == [1, 2, 3]


def test_an_upstream_with_endless_pages_is_not_read_to_the_end(upstream: ScriptedUpstream) -> None:
    upstream.answers(Answer({"appointments": [], "page": 0, "totalPages": 10**9, "totalElements": 0}))
    assert selectors.upcoming_appointments(BRIAN, username=ROBIN) == ()
    assert len(upstream.received) == selectors.MAX_PAGES


def test_appointments_ahead_are_read_again_once_one_was_made_and_nothing_else_of_the_case(simulator: Simulator) -> None:
    for _ in range(2):
        selectors.case(CLARA, username=ROBIN)
        selectors.upcoming_appointments(CLARA, username=ROBIN)
    assert reads(simulator) == 2
    selectors.invalidate_appointments(CLARA, username=ROBIN)
    simulator.clear_requests()
    selectors.case(CLARA, username=ROBIN)
    selectors.upcoming_appointments(CLARA, username=ROBIN)
    assert [each["operation"] for each in simulator.requests()] == ["getAppointments"]


def test_the_appointments_of_another_person_are_not_forgotten_with_them(simulator: Simulator) -> None:
    selectors.upcoming_appointments(BRIAN, username=ROBIN)
    selectors.invalidate_appointments(CLARA, username=ROBIN)
    selectors.upcoming_appointments(BRIAN, username=ROBIN)
    assert reads(simulator, "getAppointments") == 1


def test_a_schedule_is_read_side_by_side_with_the_risk_flags(upstream: ScriptedUpstream) -> None:
    together = threading.Barrier(3, timeout=5)

    def respond(request: Received) -> Answer:
        together.wait()
        if request.path.endswith("risk-flags"):
            return Answer({"riskFlags": []})
        return Answer({"appointments": [], "page": 0, "totalPages": 0, "totalElements": 0})

    upstream.respond = respond
    found = selectors.schedule(BRIAN, username=ROBIN, page=0)
    assert (found.upcoming, found.past, found.past_pages, found.risk_flags.get()) == ((), (), 0, ())


def test_a_schedule_whose_risk_flags_cannot_be_read_is_shown_all_the_same(simulator: Simulator) -> None:
    simulator.fault("getRiskFlags", "status", status=500)
    found = selectors.schedule(CLARA, username=ROBIN, page=0)
    assert found.upcoming
    assert isinstance(found.risk_flags.error, Unavailable)


def visits(simulator: Simulator, days: range) -> None:
    for number in days:
        day = today() + timedelta(days=number)
        simulator.add_contact(BRIAN, start=f"{day}T09:00", end=f"{day}T10:00")


def test_all_that_is_to_come_is_among_the_recent_appointments_with_the_latest_past_ones(simulator: Simulator) -> None:
    visits(simulator, range(-30, 61))
    found = selectors.recent_appointments(BRIAN, username=ROBIN)
    days = [(each.start.date() - today()).days for each in found]
    assert days[:91] == list(range(60, -31, -1))
    assert reads(simulator, "getAppointments") == 2


def test_somebody_without_appointments_has_none_that_are_recent(simulator: Simulator) -> None:
    assert selectors.recent_appointments(HAL, username=ROBIN) == ()
    assert reads(simulator, "getAppointments") == 1


def test_of_an_overview_one_part_is_shown_although_the_other_cannot_be_read(simulator: Simulator) -> None:
    visits(simulator, range(-2, 3))
    simulator.fault("getAppointments", "status", status=429)
    found = selectors.overview(BRIAN, username=ROBIN)
    failed, read = sorted((found.recent, found.without_outcome), key=lambda each: each.error is None)
    assert isinstance(failed.error, Unavailable)
    assert read.get()


def test_past_appointments_without_an_outcome_are_in_an_overview_the_latest_first(simulator: Simulator) -> None:
    visits(simulator, range(-2, 3))
    page = selectors.overview(BRIAN, username=ROBIN).without_outcome.get()
    days = [(each.start.date() - today()).days for each in page.appointments]
    assert days == [0, -1, -2]


@pytest.mark.parametrize("crn", [RESTRICTED, EXCLUDED])
def test_nothing_of_a_case_is_read_by_somebody_who_may_not_see_it(simulator: Simulator, crn: str) -> None:
    for read in (
        selectors.upcoming_appointments,
        selectors.recent_appointments,
        selectors.risk_flags,
        partial(selectors.schedule, page=0),
    ):
        with pytest.raises(LimitedAccess):
            read(crn, username=ROBIN)


# Side by side


def test_never_more_reads_are_under_way_than_may_be(settings: Settings) -> None:
    settings.DELIUS_PARALLEL_READS = 3
    too_many = threading.Event()
    under_way = threading.Semaphore(3)

    def read() -> None:
        if not under_way.acquire(blocking=False):
            too_many.set()
            return
        too_many.wait(0.1)
        under_way.release()

    in_parallel([read] * 4)
    assert not too_many.is_set()


def test_reads_side_by_side_keep_their_order_and_carry_the_callers_context(settings: Settings) -> None:
    settings.DELIUS_PARALLEL_READS = 2

    def seen(number: int) -> tuple[int, Any]:
        return number, structlog.contextvars.get_contextvars().get("request_id")

    with structlog.contextvars.bound_contextvars(request_id="page-1"):
        outcomes = in_parallel([partial(seen, number) for number in range(5)])
    assert [outcome.get() for outcome in outcomes] == [(number, "page-1") for number in range(5)]


def test_one_read_that_fails_does_not_spoil_the_others() -> None:
    def read(number: int) -> int:
        if number == 1:
            raise Unavailable("getCase")
        return number

    outcomes = in_parallel([partial(read, number) for number in range(3)])
    assert [outcome.value for outcome in outcomes] == [0, None, 2]
    with pytest.raises(Unavailable):
        outcomes[1].get()


def test_a_fault_of_ours_in_a_thread_is_not_hidden() -> None:
    def broken() -> None:
        raise LookupError("a fault of ours")

    with pytest.raises(LookupError):
        in_parallel([broken, broken])
