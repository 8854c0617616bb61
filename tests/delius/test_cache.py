"""Reference data: used as it is, then while it is read again, then only where Delius does not answer."""

import threading
from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from pytest_django import Settings

from delius import selectors
from delius.errors import Unavailable
from delius.http import background
from delius.london import LONDON
from tests.delius.scripted import Answer, Received, ScriptedUpstream

FRESH, STALE, OUTAGE = 3600, 5 * 3600, 24 * 3600
MINUTE = 60
TEAM, ROBIN = "N90AAA", "ROBIN.SAMPLE"
NOW = datetime(2026, 6, 10, 10, 0, 30, tzinfo=LONDON)


@pytest.fixture(autouse=True)
def ages(settings: Settings) -> Iterator[None]:
    """The ages that these tests are written for; nothing is left at work in the background."""
    settings.DELIUS_CACHE_SECONDS = MINUTE
    settings.DELIUS_REFERENCE_CACHE_SECONDS = FRESH
    settings.DELIUS_REFERENCE_STALE_SECONDS = STALE
    settings.DELIUS_REFERENCE_OUTAGE_SECONDS = OUTAGE
    yield
    background.drain()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def office(number: int) -> Answer:
    return Answer({"offices": [{"code": f"N90{number}", "description": f"Office {number}"}]})


def offices() -> list[str]:
    return [each.description for each in selectors.offices(TEAM)]


def asked(upstream: ScriptedUpstream) -> int:
    return len([each for each in upstream.received if each.path.endswith("/offices")])


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
    background.drain()
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
    background.drain()
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


def test_a_refresh_that_fails_is_not_tried_again_for_half_a_minute_and_leaves_what_is_cached(
    upstream: ScriptedUpstream, clock: time_machine.Traveller
) -> None:
    upstream.answers(office(1), Answer(status=500))
    offices()
    clock.shift(FRESH)
    for _ in range(3):
        assert offices() == ["Office 1"]
        background.drain()
    assert asked(upstream) == 2
    clock.shift(31)
    upstream.answers(office(2))
    assert offices() == ["Office 1"]
    background.drain()
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
    begun = [background.submit(lambda: bool(may_end.wait(10)) and None) for _ in range(background.MAX_PENDING + 1)]
    may_end.set()
    assert begun == [True] * background.MAX_PENDING + [False]
    background.drain()
    assert background.submit(lambda: None)


def test_work_that_goes_wrong_leaves_its_place_to_others(upstream: ScriptedUpstream) -> None:
    def fail() -> None:
        raise RuntimeError

    for _ in range(background.MAX_PENDING * 2):
        assert background.submit(fail)
        background.drain()


def test_appointment_types_are_used_while_they_are_read_again(
    upstream: ScriptedUpstream, clock: time_machine.Traveller
) -> None:
    upstream.answers(Answer({"appointmentTypes": []}))
    before = selectors.appointment_types()
    clock.shift(FRESH + 1)
    assert selectors.appointment_types() == before
    background.drain()
    assert len(upstream.received) == 2


def test_whose_cases_somebody_has_is_never_older_than_a_minute(
    upstream: ScriptedUpstream, clock: time_machine.Traveller
) -> None:
    def teams() -> list[str]:
        staff = selectors.staff_member(ROBIN)
        return [team.code for team in staff.teams] if staff else []

    def user(team: str) -> Answer:
        provider = {"code": "N90", "description": "Northmere"}
        team_of = {"code": team, "description": team, "provider": provider}
        return Answer({"username": ROBIN, "staff": {"code": "N90A001", "name": {"surname": "S"}, "teams": [team_of]}})

    upstream.answers(user("N90AAA"), user("N90BBB"), Answer(status=500))
    assert teams() == ["N90AAA"]
    clock.shift(MINUTE - 1)
    assert teams() == ["N90AAA"]
    clock.shift(1)
    assert teams() == ["N90BBB"]
    clock.shift(MINUTE)
    with pytest.raises(Unavailable):
        teams()


def test_that_somebody_has_no_staff_record_is_cached_too(
    upstream: ScriptedUpstream, clock: time_machine.Traveller
) -> None:
    upstream.answers(Answer({"username": ROBIN}))
    assert [selectors.staff_member(ROBIN) for _ in range(2)] == [None, None]
    assert len(upstream.received) == 1
