"""A process always has a thread left for what does not need Delius."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pytest_django import Settings

from delius.client import get_client
from delius.errors import LeftAlone
from delius.parallel import Outcome, side_by_side
from delius.places import Places
from tests.delius.scripted import Answer, Received, ScriptedUpstream
from tests.delius.values import BRIAN

PLACES = 2
EMPTY = Answer([])


@pytest.fixture(autouse=True)
def _places(settings: Settings) -> None:
    settings.DELIUS_WAITING_THREADS = PLACES


class Holding:
    """An upstream that keeps everybody waiting until it is told to answer."""

    def __init__(self, upstream: ScriptedUpstream) -> None:
        self.arrived = threading.Semaphore(0)
        self.may_answer = threading.Event()
        upstream.answers(EMPTY)
        read()  # so that there is a token
        upstream.respond = self._respond

    def _respond(self, request: Received) -> Answer:
        self.arrived.release()
        self.may_answer.wait(10)
        return EMPTY


def read() -> Any:
    return get_client().events(BRIAN)


def read_four() -> list[Outcome[Any]]:
    return side_by_side([read] * 4)


def test_whoever_finds_no_place_while_nothing_is_answered_is_refused_and_nothing_is_sent(
    upstream: ScriptedUpstream,
) -> None:
    holding = Holding(upstream)
    with ThreadPoolExecutor(PLACES) as pool:
        waiting = [pool.submit(read) for _ in range(PLACES)]
        for _ in range(PLACES):
            assert holding.arrived.acquire(timeout=10)
        before = len(upstream.received)
        with pytest.raises(LeftAlone):
            read()
        assert [type(each.error) for each in read_four()] == [LeftAlone] * 4
        assert len(upstream.received) == before
        holding.may_answer.set()
        assert [each.result() for each in waiting] == [(), ()]
    assert read() == ()


def test_a_page_takes_one_place_however_many_reads_it_makes(upstream: ScriptedUpstream) -> None:
    holding = Holding(upstream)
    with ThreadPoolExecutor(PLACES) as pool:
        waiting = [pool.submit(read_four) for _ in range(PLACES)]
        for _ in range(PLACES * 4):
            assert holding.arrived.acquire(timeout=10)
        with pytest.raises(LeftAlone):
            read()
        holding.may_answer.set()
        assert [[each.get() for each in page.result()] for page in waiting] == [[()] * 4] * PLACES


def test_whoever_finds_no_place_while_answers_come_waits_for_one(upstream: ScriptedUpstream) -> None:
    upstream.answers(EMPTY)
    with ThreadPoolExecutor(PLACES * 4) as pool:
        assert list(pool.map(lambda _: read(), range(40))) == [()] * 40


def test_a_long_silence_before_anybody_asked_is_not_held_against_delius() -> None:
    places, first_has_one, may_end = Places(), threading.Barrier(PLACES + 1, timeout=10), threading.Event()

    def hold() -> None:
        with places.place("test"):
            first_has_one.wait()
            may_end.wait(10)

    with ThreadPoolExecutor(PLACES) as pool:
        holders = [pool.submit(hold) for _ in range(PLACES)]
        first_has_one.wait()
        threading.Timer(0.1, may_end.set).start()
        with places.place("test"):
            assert may_end.is_set()
        assert [each.result() for each in holders] == [None] * PLACES


def test_a_place_is_given_back_where_something_goes_wrong(upstream: ScriptedUpstream) -> None:
    upstream.answers(Answer(status=400))
    for _ in range(PLACES * 3):
        assert [each.error is not None for each in side_by_side([read] * 2)] == [True, True]
    upstream.answers(EMPTY)
    assert read() == ()
