"""What the rest of the house reads: cases, caseloads and reference data, kept for a while and read side by side."""

import threading
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
import structlog
import time_machine
from pytest_django import Settings

from delius import background, selectors
from delius.errors import LIMITED_ACCESS, Forbidden, NotFound, Unavailable
from delius.london import today
from delius.parallel import PATIENCE, side_by_side
from delius.records import Event, Person, Requirement, StaffMember
from delius.selectors import Case, CaseEvent, Caseload, CaseloadPerson
from tests.delius.scripted import Answer, Received, ScriptedUpstream
from tests.delius.values import BRIAN, CLARA, GITA, HAL, ROBIN
from tests.simulator_process import Simulator

RESTRICTED, EXCLUDED, ENDED = "X000011", "X000012", "X000008"
ROBINS_STAFF_RECORD = StaffMember(username=ROBIN, staff_code="N90A001", staff_identifier=9001)
TODAY = date(2026, 6, 10)


def robins_caseload(limit: int = 200) -> Caseload:
    return selectors.caseload(ROBINS_STAFF_RECORD, limit=limit)


def by_crn(caseload: Caseload) -> dict[str, CaseloadPerson]:
    return {person.crn: person for person in caseload.people}


def a_case_with(requirement: Requirement) -> Case:
    event = CaseEvent(event=Event(event_id=1), requirements=(requirement,))
    return Case(person=Person(crn=BRIAN), events=(event,))


def reads(simulator: Simulator) -> int:
    return len([entry for entry in simulator.requests() if entry["operation"] != "token"])


# The signed-in person


def test_a_staff_record_is_read_once_and_kept(simulator: Simulator):
    first = selectors.staff_member(ROBIN)
    assert first
    assert first.name == "Robin Sample"
    assert selectors.staff_member(ROBIN) == first
    assert reads(simulator) == 1


def test_having_no_staff_record_is_an_answer_and_is_asked_again(simulator: Simulator):
    assert selectors.staff_member("NOEL.NOSTAFF") is None
    assert selectors.staff_member("NOEL.NOSTAFF") is None
    assert reads(simulator) == 2


# A case


def test_a_case_has_the_person_and_every_active_sentence_with_its_requirements(simulator: Simulator):
    case = selectors.case(GITA, username=ROBIN)
    assert case.person.name == "Gita Twosentence"
    assert len(case.events) == 2
    assert [(each.days_completed, each.days_ordered) for each in case.rar_requirements()] == [(5, 20), (0, 10)]
    assert [each.event for each in case.rar_requirements()] == [each.event for each in case.events]


@pytest.mark.parametrize("crn", [HAL, ENDED])
def test_a_case_without_a_running_rar_requirement_has_none_to_choose(simulator: Simulator, crn: str):
    case = selectors.case(crn, username=ROBIN)
    assert case.events
    assert case.rar_requirements() == ()


@pytest.mark.parametrize(
    ("changes", "runs"),
    [
        ({}, True),
        ({"main_category_code": "W"}, False),
        ({"main_category_code": None}, False),
        ({"soft_deleted": True}, False),
        ({"active": False}, False),
        ({"termination_date": TODAY}, False),
        ({"termination_date": TODAY + timedelta(days=1)}, True),
    ],
)
def test_a_rar_requirement_is_one_that_runs_on_the_day(changes: dict[str, Any], runs: bool):
    requirement = Requirement(**{"requirement_id": 1, "main_category_code": "F", "length": 20, **changes})
    case = a_case_with(requirement)
    assert bool(case.rar_requirements(TODAY)) is runs


def test_without_a_day_the_requirements_are_those_of_today_in_london():
    requirement = Requirement(requirement_id=1, main_category_code="F", termination_date=date(2026, 6, 11))
    case = a_case_with(requirement)
    with time_machine.travel("2026-06-10T22:59:00+00:00"):
        assert case.rar_requirements()
    with time_machine.travel("2026-06-10T23:01:00+00:00"):
        assert not case.rar_requirements()


@pytest.mark.parametrize(("crn", "word"), [(RESTRICTED, "restricted"), (EXCLUDED, "excluded")])
def test_a_case_with_limited_access_is_forbidden_in_delius_own_words(simulator: Simulator, crn: str, word: str):
    with pytest.raises(Forbidden) as caught:
        selectors.case(crn, username=ROBIN)
    assert word in caught.value.message


def test_what_one_person_may_see_is_not_shown_to_another_who_may_not(simulator: Simulator):
    assert selectors.case(RESTRICTED, username="JO.PLACEHOLDER").person.name == "Lou Restricted"
    with pytest.raises(Forbidden):
        selectors.case(RESTRICTED, username=ROBIN)
    with pytest.raises(Forbidden):
        selectors.case(RESTRICTED, username=ROBIN)


def test_where_delius_gives_no_reason_ours_is_given(simulator: Simulator):
    simulator.fault("user_access", "missing_field", field="restrictionMessage")
    with pytest.raises(Forbidden) as caught:
        selectors.case(RESTRICTED, username=ROBIN)
    assert caught.value.message == LIMITED_ACCESS


def test_an_unknown_crn_is_not_found(simulator: Simulator):
    with pytest.raises(NotFound):
        selectors.case("X999999", username=ROBIN)


@pytest.mark.parametrize("operation", ["user_access", "person_all", "convictions", "requirements"])
def test_a_case_of_which_a_part_cannot_be_read_is_unavailable_and_that_is_not_kept(
    simulator: Simulator, operation: str
):
    simulator.fault(operation, "status", status=500)
    with pytest.raises(Unavailable) as caught:
        selectors.case(BRIAN, username=ROBIN)
    assert not caught.value.may_have_taken_effect
    assert selectors.case(BRIAN, username=ROBIN).person.name == "Brian Example"


def test_a_case_is_kept_for_a_minute(simulator: Simulator, settings: Settings):
    settings.DELIUS_CACHE_SECONDS = 60
    with time_machine.travel(0) as clock:
        selectors.case(BRIAN, username=ROBIN)
        first = reads(simulator)
        clock.shift(59)
        selectors.case(BRIAN, username=ROBIN)
        assert reads(simulator) == first
        clock.shift(2)
        selectors.case(BRIAN, username=ROBIN)
        assert reads(simulator) == 2 * first


# A caseload


def test_a_caseload_has_everybody_managed_those_with_several_sentences_and_without_rar_too(simulator: Simulator):
    people = by_crn(robins_caseload())
    assert people[BRIAN] == CaseloadPerson(crn=BRIAN, name="Brian Example", rar=((2, 20),))
    assert people[GITA] == CaseloadPerson(crn=GITA, name="Gita Twosentence", rar=((5, 20), (0, 10)))
    assert people[HAL] == CaseloadPerson(crn=HAL, name="Hal Norar")
    assert people[ENDED] == CaseloadPerson(crn=ENDED, name="Ines Ended")
    assert "X000014" not in people


def test_a_caseload_is_sorted_by_surname_with_the_nameless_last(simulator: Simulator):
    people = robins_caseload().people
    surnames = [person.name.rpartition(" ")[2] for person in people]
    assert surnames == [*sorted(surnames[:-2]), "", ""]
    assert [person.crn for person in people[-2:]] == [RESTRICTED, EXCLUDED]


def test_of_people_with_limited_access_a_caseload_shows_the_reason_and_nothing_else(simulator: Simulator):
    people = by_crn(robins_caseload())
    for crn, word in ((RESTRICTED, "restricted"), (EXCLUDED, "excluded")):
        message = people[crn].access_message
        assert message
        assert word in message
        assert people[crn] == CaseloadPerson(crn=crn, name="", access_message=message)


def test_somebody_else_may_see_the_same_person_on_theirs(simulator: Simulator):
    robins_caseload()
    jo = StaffMember(username="JO.PLACEHOLDER", staff_code="N90A001", staff_identifier=9001)
    assert by_crn(selectors.caseload(jo, limit=200))[RESTRICTED].name == "Lou Restricted"


@pytest.mark.parametrize("operation", ["convictions", "requirements"])
def test_one_failing_person_does_not_spoil_the_page(simulator: Simulator, operation: str):
    simulator.fault(operation, "status", status=500)
    people = robins_caseload().people
    failing = [person for person in people if person.unavailable]
    assert len(failing) == 1
    assert failing[0].name
    assert failing[0].rar == ()
    assert len(people) == 15


def test_somebody_whose_access_is_not_known_is_not_named(simulator: Simulator):
    simulator.fault("user_access", "status", status=500, times=None)
    people = robins_caseload().people
    assert len(people) == 15
    assert {(person.name, person.unavailable, person.rar) for person in people} == {("", True, ())}


def test_somebody_whose_record_cannot_be_read_is_named_as_far_as_the_lists_do(simulator: Simulator):
    simulator.fault("person_all", "status", status=500, times=None)
    people = by_crn(robins_caseload())
    assert (people[GITA].name, people[GITA].rar) == ("Twosentence", ((5, 20), (0, 10)))
    assert people[BRIAN].name == "Brian Example"


def test_an_access_check_that_is_forbidden_shows_nothing(simulator: Simulator):
    simulator.fault("user_access", "status", status=403, times=None)
    people = robins_caseload().people
    assert {(person.name, person.access_message) for person in people} == {("", LIMITED_ACCESS)}


@pytest.mark.parametrize("operation", ["managed_people", "eligible_people"])
def test_a_caseload_whose_list_cannot_be_read_is_unavailable(simulator: Simulator, operation: str):
    simulator.fault(operation, "status", status=500)
    with pytest.raises(Unavailable):
        robins_caseload()


def test_what_failed_is_read_again_and_what_did_not_is_kept(simulator: Simulator):
    simulator.fault("convictions", "status", status=500)
    robins_caseload()
    simulator.clear_requests()
    assert not any(person.unavailable for person in robins_caseload().people)
    assert [entry["operation"] for entry in simulator.requests()][:1] == ["convictions"]
    assert reads(simulator) <= 3
    simulator.clear_requests()
    robins_caseload()
    assert reads(simulator) == 0


def test_a_long_caseload_is_cut_by_surname_and_says_so(simulator: Simulator):
    whole = robins_caseload()
    cut = robins_caseload(limit=3)
    assert cut.truncated
    assert not whole.truncated
    assert cut.people == whole.people[:3]


def test_a_caseload_of_exactly_the_limit_is_not_cut(simulator: Simulator):
    assert not robins_caseload(limit=15).truncated


def test_details_of_those_beyond_the_limit_are_not_read(simulator: Simulator):
    robins_caseload(limit=3)
    assert len(simulator.requests("convictions")) == 3


def test_an_empty_caseload_is_empty(upstream: ScriptedUpstream):
    upstream.respond = lambda request: Answer([] if request.path.endswith("managedOffenders") else {"content": []})
    assert robins_caseload() == Caseload(people=(), truncated=False)


def test_a_case_opened_from_a_caseload_reads_only_what_is_missing(simulator: Simulator):
    robins_caseload()
    simulator.clear_requests()
    selectors.case(BRIAN, username=ROBIN)
    assert [entry["operation"] for entry in simulator.requests()] == ["person_all"]


def test_never_more_reads_are_under_way_than_may_be(settings: Settings):
    settings.DELIUS_PARALLEL_READS = 3
    too_many = threading.Event()
    under_way = threading.Semaphore(3)

    def read() -> None:
        if not under_way.acquire(blocking=False):
            too_many.set()
            return
        too_many.wait(0.1)
        under_way.release()

    side_by_side([read] * 4)
    assert not too_many.is_set()


def test_a_caseload_is_read_side_by_side(upstream: ScriptedUpstream, settings: Settings):
    settings.DELIUS_PARALLEL_READS = 3
    crns = [BRIAN, GITA, HAL]
    abreast = threading.Barrier(3, timeout=5)

    def respond(request: Received) -> Answer:
        if request.path.endswith("managedOffenders"):
            return Answer([{"crnNumber": crn, "offenderSurname": "Example"} for crn in crns])
        if request.path.endswith("eligible-offenders"):
            names = {"firstName": "Brian", "surname": "Example"}
            return Answer({"content": [{"crn": crn, **names} for crn in crns], "last": True})
        abreast.wait()
        if request.path.endswith("userAccess"):
            return Answer({"userRestricted": False, "userExcluded": False})
        if request.path.endswith("convictions"):
            return Answer([{"convictionId": 1}])
        return Answer({"requirements": []})

    upstream.respond = respond
    assert [person.unavailable for person in robins_caseload().people] == [False] * 3


def test_reads_side_by_side_keep_their_order_and_carry_the_callers_context(settings: Settings):
    settings.DELIUS_PARALLEL_READS = 2

    def seen(number: int) -> tuple[int, Any]:
        return number, structlog.contextvars.get_contextvars().get("request_id")

    with structlog.contextvars.bound_contextvars(request_id="page-1"):
        outcomes = side_by_side([partial(seen, number) for number in range(5)])
    assert [outcome.get() for outcome in outcomes] == [(number, "page-1") for number in range(5)]


def test_while_delius_is_down_a_page_does_not_wait_for_everybody(settings: Settings):
    settings.DELIUS_PARALLEL_READS = 4
    tried = []

    def down() -> None:
        tried.append("read")
        raise Unavailable("convictions")

    outcomes = side_by_side([down] * 200)
    assert PATIENCE <= len(tried) < PATIENCE + 4
    assert {type(outcome.error) for outcome in outcomes} == {Unavailable}


def test_unavailable_answers_here_and_there_do_not_keep_others_from_being_read(settings: Settings):
    settings.DELIUS_PARALLEL_READS = 1

    def read(number: int) -> int:
        if number % PATIENCE:
            raise Unavailable("convictions")
        return number

    outcomes = side_by_side([partial(read, number) for number in range(10 * PATIENCE)])
    assert [outcome.value for outcome in outcomes if not outcome.error] == list(range(0, 10 * PATIENCE, PATIENCE))


def test_what_is_missing_is_not_what_is_down(settings: Settings):
    settings.DELIUS_PARALLEL_READS = 1

    def missing() -> None:
        raise NotFound("convictions")

    assert {type(outcome.error) for outcome in side_by_side([missing] * 3 * PATIENCE)} == {NotFound}


def test_a_fault_of_ours_in_a_thread_is_not_hidden(settings: Settings):
    def broken() -> None:
        raise LookupError("a fault of ours")

    with pytest.raises(LookupError):
        side_by_side([broken, broken])


# Reference data


def test_appointment_types_are_each_listed_once_and_kept(simulator: Simulator):
    codes = [each.code for each in selectors.appointment_types()]
    assert len(codes) == len(set(codes)) >= 24
    selectors.appointment_types()
    assert len(simulator.requests("appointment_types")) == 1


def test_offices_are_each_listed_once_and_sorted(simulator: Simulator):
    offices = selectors.office_locations("N90AAA")
    assert [office.description for office in offices] == [
        "Harrow End Probation Office",
        "Northmoor Library",
        "Wharfside Centre",
    ]


@pytest.mark.parametrize("team", ["N90DDD", "NOSUCH"])
def test_a_team_without_offices_or_an_unknown_one_has_none_and_that_is_kept(simulator: Simulator, team: str):
    assert selectors.office_locations(team) == ()
    assert selectors.office_locations(team) == ()
    assert len(simulator.requests("office_locations")) == 1


def test_reference_data_is_kept_longer_than_cases(simulator: Simulator, settings: Settings):
    settings.DELIUS_REFERENCE_CACHE_SECONDS = 3600
    with time_machine.travel(0) as clock:
        selectors.office_locations("N90AAA")
        clock.shift(3599)
        selectors.office_locations("N90AAA")
        assert len(simulator.requests("office_locations")) == 1
        clock.shift(2)
        selectors.office_locations("N90AAA")
        background.finish()
        assert len(simulator.requests("office_locations")) == 2


def test_reference_data_that_cannot_be_read_is_unavailable_and_that_is_not_kept(simulator: Simulator):
    simulator.fault("office_locations", "status", status=500)
    with pytest.raises(Unavailable):
        selectors.office_locations("N90AAA")
    assert len(selectors.office_locations("N90AAA")) == 3


# What is coming


def test_appointments_ahead_are_those_from_today_on(simulator: Simulator):
    ahead = {
        contact["contactId"]
        for contact in simulator.contacts(CLARA)
        if contact["start"] >= today().isoformat() and contact["end"]
    }
    assert {each.contact_id for each in selectors.coming_appointments(CLARA)} == ahead
    assert ahead


def test_appointments_ahead_are_read_again_once_one_was_made_and_nothing_else_of_the_case(simulator: Simulator):
    selectors.case(CLARA, username=ROBIN)
    selectors.coming_appointments(CLARA)
    selectors.coming_appointments(CLARA)
    selectors.forget_appointments(CLARA)
    simulator.clear_requests()
    selectors.case(CLARA, username=ROBIN)
    selectors.coming_appointments(CLARA)
    assert [each["operation"] for each in simulator.requests()] == ["contact_summary"]


def test_the_appointments_of_another_person_are_not_forgotten_with_them(simulator: Simulator):
    selectors.coming_appointments(BRIAN)
    selectors.forget_appointments(CLARA)
    selectors.coming_appointments(BRIAN)
    assert len(simulator.requests("contact_summary")) == 1


def test_a_schedule_is_read_side_by_side_with_the_risk_flags(upstream: ScriptedUpstream):
    together = threading.Barrier(3, timeout=5)

    def respond(request: Received) -> Answer:
        together.wait()
        if request.path.endswith("registrations"):
            return Answer({"registrations": []})
        return Answer({"content": [], "totalPages": 0, "last": True})

    upstream.respond = respond
    found = selectors.schedule(BRIAN, page=0)
    assert (found.coming, found.past, found.risk_flags.get()) == ((), (), ())
