"""A process always has a thread left for what does not need Delius."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pytest_django import Settings

from delius.client import get_client
from delius.errors import CircuitOpen
from delius.http.bulkhead import Bulkhead
from delius.reads.parallel import ReadResult, in_parallel
from tests.delius.scripted import Answer, Received, ScriptedUpstream

BRIAN, ROBIN = "X000001", "ROBIN.SAMPLE"
THREADS = 2
EMPTY = Answer({"riskFlags": []})


@pytest.fixture(autouse=True)
def _threads(settings: Settings) -> None:
    settings.DELIUS_BULKHEAD_THREADS = THREADS


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
    return get_client().risk_flags(BRIAN, username=ROBIN)


def read_four() -> list[ReadResult[Any]]:
    return in_parallel([read] * 4)


def test_whoever_finds_the_bulkhead_full_while_nothing_is_answered_is_refused_and_nothing_is_sent(
    upstream: ScriptedUpstream,
) -> None:
    holding = Holding(upstream)
    with ThreadPoolExecutor(THREADS) as pool:
        waiting = [pool.submit(read) for _ in range(THREADS)]
        for _ in range(THREADS):
            assert holding.arrived.acquire(timeout=10)
        before = len(upstream.received)
        with pytest.raises(CircuitOpen):
            read()
        assert [type(each.error) for each in read_four()] == [CircuitOpen] * 4
        assert len(upstream.received) == before
        holding.may_answer.set()
        assert [each.result() for each in waiting] == [(), ()]
    assert read() == ()


def test_a_page_counts_once_however_many_reads_it_makes(upstream: ScriptedUpstream) -> None:
    holding = Holding(upstream)
    with ThreadPoolExecutor(THREADS) as pool:
        waiting = [pool.submit(read_four) for _ in range(THREADS)]
        for _ in range(THREADS * 4):
            assert holding.arrived.acquire(timeout=10)
        with pytest.raises(CircuitOpen):
            read()
        holding.may_answer.set()
        assert [[each.get() for each in page.result()] for page in waiting] == [[()] * 4] * THREADS


def test_whoever_finds_the_bulkhead_full_while_answers_come_waits(upstream: ScriptedUpstream) -> None:
    upstream.answers(EMPTY)
    with ThreadPoolExecutor(THREADS * 4) as pool:
        assert list(pool.map(lambda _: read(), range(40))) == [()] * 40


def test_a_long_silence_before_anybody_asked_is_not_held_against_delius() -> None:
    bulkhead, first_is_inside, may_end = Bulkhead(), threading.Barrier(THREADS + 1, timeout=10), threading.Event()

    def hold() -> None:
        with bulkhead.enter("test"):
            first_is_inside.wait()
            may_end.wait(10)

    with ThreadPoolExecutor(THREADS) as pool:
        holders = [pool.submit(hold) for _ in range(THREADS)]
        first_is_inside.wait()
        threading.Timer(0.1, may_end.set).start()
        with bulkhead.enter("test"):
            assert may_end.is_set()
        assert [each.result() for each in holders] == [None] * THREADS


def test_whoever_fails_counts_no_longer(upstream: ScriptedUpstream) -> None:
    upstream.answers(Answer(status=400))
    for _ in range(THREADS * 3):
        assert [each.error is not None for each in in_parallel([read] * 2)] == [True, True]
    upstream.answers(EMPTY)
    assert read() == ()
