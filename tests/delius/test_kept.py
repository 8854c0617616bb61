"""Reference data: used as it is, then while it is read again, then only where Delius does not answer."""

import threading
from collections.abc import Iterator

import pytest
import time_machine
from pytest_django import Settings

from delius import background, selectors
from delius.errors import Unavailable
from tests.delius.scripted import Answer, Received, ScriptedUpstream
from tests.delius.values import NOW, ROBIN
from tests.simulator_process import Simulator

FRESH, STALE, OUTAGE = 3600, 5 * 3600, 24 * 3600
MINUTE, STAFF_STALE = 60, 300
TEAM = "N90AAA"


@pytest.fixture(autouse=True)
def ages(settings: Settings) -> Iterator[None]:
    """The ages that these tests are written for; nothing is left at work in the background."""
    settings.DELIUS_CACHE_SECONDS = MINUTE
    settings.DELIUS_STAFF_STALE_SECONDS = STAFF_STALE
    settings.DELIUS_REFERENCE_CACHE_SECONDS = FRESH
    settings.DELIUS_REFERENCE_STALE_SECONDS = STALE
    settings.DELIUS_REFERENCE_OUTAGE_SECONDS = OUTAGE
    yield
    background.finish()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def office(number: int) -> Answer:
    return Answer([{"code": f"N90{number}", "description": f"Office {number}"}])


def offices() -> list[str]:
    return [each.description for each in selectors.office_locations(TEAM)]


def asked(upstream: ScriptedUpstream) -> int:
    return len([each for each in upstream.received if "office-locations" in each.path])


def test_what_is_fresh_is_not_read_again(upstream: ScriptedUpstream, clock: time_machine.Traveller) -> None:
    upstream.answers(office(1), office(2))
    assert offices() == ["Office 1"]
    clock.shift(FRESH - 1)
    assert offices() == ["Office 1"]
    assert asked(upstream) == 1


def test_what_is_stale_is_used_at_once_and_read_again_for_the_next_who_asks(
    upstream: ScriptedUpstream, clock: time_machine.Traveller
) -> None:
    upstream.answers(office(1), office(2))
    offices()
    clock.shift(FRESH)
    assert offices() == ["Office 1"]
    background.finish()
    assert offices() == ["Office 2"]
    clock.shift(FRESH - 1)
    assert offices() == ["Office 2"]
    assert asked(upstream) == 2


def test_however_many_ask_for_it_one_at_a_time_reads_what_is_stale(
    upstream: ScriptedUpstream, clock: time_machine.Traveller
) -> None:
    upstream.answers(office(1))
    offices()
    clock.shift(FRESH)
    may_end = threading.Event()

    def respond(request: Received) -> Answer:
        may_end.wait(10)
        return office(2)

    upstream.respond = respond
    assert [offices() for _ in range(20)] == [["Office 1"]] * 20
    may_end.set()
    background.finish()
    assert asked(upstream) == 2
    assert offices() == ["Office 2"]


def test_what_is_too_old_is_read_while_somebody_waits(
    upstream: ScriptedUpstream, clock: time_machine.Traveller
) -> None:
    upstream.answers(office(1), office(2))
    offices()
    clock.shift(STALE)
    assert offices() == ["Office 2"]


def test_what_is_too_old_is_used_where_delius_does_not_answer_until_the_end_of_a_longer_time(
    upstream: ScriptedUpstream, clock: time_machine.Traveller
) -> None:
    upstream.answers(office(1), Answer(status=500))
    offices()
    clock.shift(OUTAGE - 1)
    assert offices() == ["Office 1"]
    clock.shift(2)
    with pytest.raises(Unavailable):
        offices()


def test_a_refresh_that_fails_is_not_tried_again_for_half_a_minute_and_leaves_what_is_kept(
    upstream: ScriptedUpstream, clock: time_machine.Traveller
) -> None:
    upstream.answers(office(1), Answer(status=500))
    offices()
    clock.shift(FRESH)
    for _ in range(3):
        assert offices() == ["Office 1"]
        background.finish()
    assert asked(upstream) == 2
    clock.shift(31)
    upstream.answers(office(2))
    assert offices() == ["Office 1"]
    background.finish()
    assert offices() == ["Office 2"]


def test_a_refresh_is_finished_before_the_process_ends(
    upstream: ScriptedUpstream, clock: time_machine.Traveller
) -> None:
    upstream.answers(office(1), office(2))
    offices()
    clock.shift(FRESH)
    offices()
    workers = [each for each in threading.enumerate() if each.name.startswith("delius-background")]
    assert workers
    assert not any(each.daemon for each in workers)


def test_more_work_than_fits_is_left_for_later(upstream: ScriptedUpstream) -> None:
    may_end = threading.Event()
    begun = [background.begin(lambda: bool(may_end.wait(10)) and None) for _ in range(background.MOST_UNDER_WAY + 1)]
    may_end.set()
    assert begun == [True] * background.MOST_UNDER_WAY + [False]
    background.finish()
    assert background.begin(lambda: None)


def test_work_that_goes_wrong_leaves_its_place_to_others(upstream: ScriptedUpstream) -> None:
    def fail() -> None:
        raise RuntimeError

    for _ in range(background.MOST_UNDER_WAY * 2):
        assert background.begin(fail)
        background.finish()


def test_appointment_types_are_used_while_they_are_read_again(
    simulator: Simulator, clock: time_machine.Traveller
) -> None:
    simulator.freeze(NOW.isoformat())
    before = selectors.appointment_types()
    clock.shift(FRESH + 1)
    simulator.clear_requests()
    assert selectors.appointment_types() == before
    background.finish()
    assert len(simulator.requests("appointment_types")) == 1


def test_the_staff_record_that_decides_who_may_see_a_case_is_never_older_than_a_minute(
    upstream: ScriptedUpstream, clock: time_machine.Traveller
) -> None:
    def teams() -> list[str | None]:
        staff = selectors.staff_member(ROBIN)
        assert staff
        return [team.code for team in staff.teams]

    def record(team: str) -> Answer:
        return Answer({"staffCode": "N90A001", "staffIdentifier": 1, "teams": [{"code": team, "description": team}]})

    upstream.answers(record("N90AAA"), record("N90BBB"), Answer(status=500))
    assert teams() == ["N90AAA"]
    clock.shift(MINUTE)
    assert teams() == ["N90BBB"]
    clock.shift(MINUTE)
    with pytest.raises(Unavailable):
        teams()


def test_a_staff_record_that_decides_nothing_may_be_five_minutes_old_while_it_is_read_again(
    upstream: ScriptedUpstream, clock: time_machine.Traveller
) -> None:
    def code() -> str | None:
        staff = selectors.staff_member(ROBIN, may_be_stale=True)
        return staff and staff.staff_code

    def record(staff_code: str) -> Answer:
        return Answer({"staffCode": staff_code, "staffIdentifier": 1, "teams": []})

    upstream.answers(record("N90A001"), record("N90A002"), record("N90A003"))
    assert code() == "N90A001"
    clock.shift(STAFF_STALE - 1)
    assert code() == "N90A001"
    background.finish()
    assert code() == "N90A002"
    clock.shift(STAFF_STALE)
    assert code() == "N90A003"


def test_somebody_whose_staff_record_is_gone_is_known_to_have_none_as_soon_as_it_was_looked_for(
    upstream: ScriptedUpstream, clock: time_machine.Traveller
) -> None:
    upstream.answers(Answer({"staffCode": "N90A001", "staffIdentifier": 1, "teams": []}), Answer(status=404))
    assert selectors.staff_member(ROBIN, may_be_stale=True)
    clock.shift(MINUTE)
    assert selectors.staff_member(ROBIN, may_be_stale=True)
    background.finish()
    assert selectors.staff_member(ROBIN, may_be_stale=True) is None
