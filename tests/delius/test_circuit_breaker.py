"""Circuit breakers: nothing is sent to a service that does not answer, and it is found out when it is back."""

import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from pytest_django import Settings
from structlog.testing import capture_logs

from delius import availability, conf
from delius.client import PUT_APPOINTMENT, get_client
from delius.errors import CircuitOpen, DeliusError, Unavailable
from delius.http import background, circuit_breaker
from delius.http.signals import request_not_sent
from delius.http.transport import Transport, json_of
from delius.london import LONDON
from delius.reads.parallel import in_parallel
from delius.upstream import Service
from scripts.servers import Redis
from tests.delius.scripted import Answer, Received, ScriptedUpstream

FAILURES = 5
OPEN_SECONDS = 15
PATIENCE_SECONDS = 60
BRIAN, ROBIN = "X000001", "ROBIN.SAMPLE"
REFERENCE = "urn:hmpps:rarbooking:appointment:00000000-0000-4000-8000-000000000001"
NOW = datetime(2026, 6, 10, 10, 0, 30, tzinfo=LONDON)
EMPTY = Answer({"riskFlags": [], "appointmentTypes": []})
BROKEN = Answer(status=500)
HEALTH = ("/delius/health/ping", "/auth/health/ping")

pytestmark = pytest.mark.usefixtures("upstream")


@pytest.fixture(autouse=True)
def rules(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The rules that these tests are written for, without time-outs of a busy machine; nothing is left at work."""
    settings.HEALTH_UPSTREAM_TIMEOUT = PATIENCE_SECONDS
    monkeypatch.setattr(circuit_breaker, "STORE_TIMEOUT_SECONDS", PATIENCE_SECONDS)
    settings.DELIUS_CIRCUIT_FAILURES = FAILURES
    settings.DELIUS_CIRCUIT_SECONDS = OPEN_SECONDS
    yield
    background.drain()


def read() -> Any:
    return get_client().risk_flags(BRIAN, username=ROBIN)


def write() -> Any:
    parameters = {"crn": BRIAN, "reference": REFERENCE}
    with closing(Transport(conf.connection())) as transport:
        return json_of(PUT_APPOINTMENT, transport.send(PUT_APPOINTMENT, parameters, body={}, username=ROBIN))


def fault_of(call: Callable[[], Any]) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        call()
    return caught.value


def is_refused(call: Callable[[], Any]) -> bool:
    return isinstance(fault_of(call), CircuitOpen)


def fail(times: int, call: Callable[[], Any] = read) -> None:
    for _ in range(times):
        assert not is_refused(call)


def asked_of(upstream: ScriptedUpstream) -> list[str]:
    """The paths that were asked for, without those of health."""
    return [each.path for each in upstream.received if each.path not in HEALTH]


def open_circuit(upstream: ScriptedUpstream) -> None:
    upstream.answers(BROKEN)
    fail(FAILURES)
    upstream.received.clear()


def ask_once_the_time_is_over() -> None:
    """Whoever asks then is refused, and this process checks the service in the background."""
    assert is_refused(read)
    background.drain()


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_nothing_is_sent_to_a_service_that_failed_five_times_in_a_row(upstream: ScriptedUpstream, status: int) -> None:
    upstream.answers(Answer(status=status))
    fail(FAILURES)
    upstream.received.clear()
    assert is_refused(read)
    assert upstream.received == []


def test_nothing_is_sent_to_a_service_that_does_not_answer(upstream: ScriptedUpstream, settings: Settings) -> None:
    settings.DELIUS_INTEGRATION_URL = "http://127.0.0.1:9"
    fail(FAILURES)
    assert is_refused(read)


@pytest.mark.parametrize(
    "answer",
    [
        Answer({"message": "no"}, status=400),
        Answer(status=403),
        Answer(status=404),
        Answer({"reason": "OVERLAP"}, status=409),
        Answer(status=429),
        Answer(status=429, headers={"Retry-After": "7"}),
        Answer(status=503, headers={"Retry-After": "7"}),
        Answer(b"not JSON"),
    ],
)
def test_an_answer_that_says_something_never_counts_as_a_failure(upstream: ScriptedUpstream, answer: Answer) -> None:
    upstream.answers(answer)
    for _ in range(FAILURES + 1):
        with pytest.raises(DeliusError) as caught:
            read()
        assert not isinstance(caught.value, CircuitOpen)


def test_a_service_that_says_when_to_come_back_is_not_taken_for_one_that_works(upstream: ScriptedUpstream) -> None:
    wait = Answer(status=503, headers={"Retry-After": "7"})
    upstream.answers(*[BROKEN, BROKEN, BROKEN] * 4, wait, *[BROKEN, BROKEN, BROKEN] * 2)
    fail(FAILURES)
    assert is_refused(read)


def test_one_good_answer_starts_the_count_anew(upstream: ScriptedUpstream) -> None:
    upstream.answers(BROKEN)
    fail(FAILURES - 1)
    upstream.answers(EMPTY)
    assert read() == ()
    upstream.answers(BROKEN)
    fail(FAILURES - 1)
    upstream.answers(EMPTY)
    assert read() == ()


def test_no_circuit_ever_opens_where_no_number_of_failures_is_set(
    upstream: ScriptedUpstream, settings: Settings
) -> None:
    settings.DELIUS_CIRCUIT_FAILURES = 0
    upstream.answers(BROKEN)
    fail(20)


def test_each_service_has_a_circuit_of_its_own(upstream: ScriptedUpstream) -> None:
    open_circuit(upstream)
    assert circuit_breaker.states() == {Service.HMPPS_AUTH: "closed", Service.DELIUS: "open"}


def test_a_write_that_is_refused_was_never_sent_and_says_so(upstream: ScriptedUpstream) -> None:
    open_circuit(upstream)
    assert not fault_of(write).may_have_taken_effect
    assert asked_of(upstream) == []


def test_a_write_whose_answer_was_lost_stays_unknown_also_where_it_is_the_failure_too_many(
    upstream: ScriptedUpstream,
) -> None:
    upstream.answers(BROKEN)
    for _ in range(FAILURES):
        assert fault_of(write).may_have_taken_effect
    assert is_refused(write)


def test_nothing_is_sent_to_hmpps_auth_that_does_not_answer_nor_to_delius_without_a_token(
    upstream: ScriptedUpstream, settings: Settings
) -> None:
    settings.HMPPS_AUTH_URL = "http://127.0.0.1:9"
    fail(FAILURES)
    assert not fault_of(write).may_have_taken_effect
    assert circuit_breaker.states()[Service.HMPPS_AUTH] == "open"
    assert circuit_breaker.states()[Service.DELIUS] == "closed"
    assert upstream.received == []


def test_whoever_has_a_token_is_not_held_up_by_hmpps_auth(upstream: ScriptedUpstream) -> None:
    upstream.answers(EMPTY)
    read()
    for _ in range(FAILURES):
        with circuit_breaker.request(Service.HMPPS_AUTH, "token") as result:
            result.no_answer()
    assert circuit_breaker.states()[Service.HMPPS_AUTH] == "open"
    assert read() == ()


def test_a_refusal_says_when_it_is_worth_asking_again(upstream: ScriptedUpstream) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        open_circuit(upstream)
        traveller.shift(5)
        refused = fault_of(read)
    assert isinstance(refused, CircuitOpen)
    assert OPEN_SECONDS - 5 <= refused.retry_after <= OPEN_SECONDS


def test_after_a_while_a_service_that_answers_again_is_asked_again_and_nobody_waited_for_it(
    upstream: ScriptedUpstream,
) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        open_circuit(upstream)
        traveller.shift(OPEN_SECONDS)
        upstream.answers(EMPTY)
        ask_once_the_time_is_over()
        assert [each.path for each in upstream.received] == [
            "/delius/health/ping",
            "/delius/appointment-types",
        ]
        assert circuit_breaker.states()[Service.DELIUS] == "closed"
        assert [each.get() for each in in_parallel([read] * 4)] == [()] * 4


def test_the_circuit_of_a_service_that_does_not_answer_its_check_stays_open_for_as_long_again(
    upstream: ScriptedUpstream, settings: Settings
) -> None:
    settings.DELIUS_INTEGRATION_URL = "http://127.0.0.1:9"
    with time_machine.travel(NOW, tick=False) as traveller:
        fail(FAILURES)
        traveller.shift(OPEN_SECONDS)
        ask_once_the_time_is_over()
        traveller.shift(OPEN_SECONDS - 1)
        assert circuit_breaker.states()[Service.DELIUS] == "open"
        refused = fault_of(read)
        assert isinstance(refused, CircuitOpen)
        assert refused.retry_after > 1


def test_the_circuit_of_a_service_that_answers_its_check_and_nothing_else_opens_for_as_long_again(
    upstream: ScriptedUpstream,
) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        open_circuit(upstream)
        traveller.shift(OPEN_SECONDS)
        upstream.respond = lambda request: Answer({"status": "UP"}) if request.path in HEALTH else BROKEN
        ask_once_the_time_is_over()
        assert len(asked_of(upstream)) == 1
        refused = fault_of(read)
        assert isinstance(refused, CircuitOpen)
        assert refused.retry_after > OPEN_SECONDS - 1


def test_a_service_that_says_it_is_down_but_works_is_asked_again(upstream: ScriptedUpstream) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        open_circuit(upstream)
        traveller.shift(OPEN_SECONDS)
        down = Answer({"status": "DOWN"}, status=503)
        upstream.respond = lambda request: down if request.path in HEALTH else EMPTY
        ask_once_the_time_is_over()
        assert read() == ()


def test_hmpps_auth_that_is_back_gives_tokens_again(upstream: ScriptedUpstream) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        for _ in range(FAILURES):
            with circuit_breaker.request(Service.HMPPS_AUTH, "token") as result:
                result.no_answer()
        traveller.shift(OPEN_SECONDS)
        ask_once_the_time_is_over()
        assert circuit_breaker.states()[Service.HMPPS_AUTH] == "closed"
        upstream.answers(EMPTY)
        assert read() == ()


@pytest.fixture
def no_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is registered to try a service: the next real request does."""
    monkeypatch.setattr(circuit_breaker, "_trials", {})


@pytest.mark.usefixtures("no_trial")
def test_one_request_at_a_time_tries_a_service_again_and_its_failure_opens_the_circuit(
    upstream: ScriptedUpstream,
) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        open_circuit(upstream)
        traveller.shift(OPEN_SECONDS)
        ask_once_the_time_is_over()
        assert circuit_breaker.states()[Service.DELIUS] == "half-open"
        assert circuit_breaker.retry_after(Service.DELIUS) is None
        arrived, may_end = threading.Event(), threading.Event()

        def respond(request: Received) -> Answer:
            arrived.set()
            may_end.wait(10)
            return BROKEN

        upstream.respond = respond
        with ThreadPoolExecutor(1) as pool:
            trial = pool.submit(fault_of, write)
            assert arrived.wait(10)
            assert is_refused(write)
            may_end.set()
            assert trial.result().may_have_taken_effect
        assert len(asked_of(upstream)) == 1
        assert circuit_breaker.states()[Service.DELIUS] == "open"


@pytest.mark.usefixtures("no_trial")
def test_a_request_that_succeeds_closes_the_circuit(upstream: ScriptedUpstream) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        open_circuit(upstream)
        traveller.shift(OPEN_SECONDS)
        ask_once_the_time_is_over()
        upstream.answers(EMPTY)
        write()
        assert circuit_breaker.states()[Service.DELIUS] == "closed"


def test_requests_to_a_service_that_works_are_side_by_side(upstream: ScriptedUpstream) -> None:
    together = threading.Barrier(4, timeout=10)

    def respond(request: Received) -> Answer:
        together.wait()
        return EMPTY

    upstream.respond = respond
    assert [each.get() for each in in_parallel([read] * 4)] == [()] * 4


def test_what_is_logged_names_the_service_and_nobody(upstream: ScriptedUpstream) -> None:
    with time_machine.travel(NOW, tick=False) as traveller, capture_logs() as lines:
        open_circuit(upstream)
        traveller.shift(OPEN_SECONDS)
        upstream.answers(EMPTY)
        ask_once_the_time_is_over()
        read()
    changes = [line for line in lines if line["event"] == "circuit_changed"]
    assert [(line["service"], line["before"], line["after"]) for line in changes] == [
        ("delius", "closed", "open"),
        ("delius", "open", "half-open"),
        ("delius", "half-open", "closed"),
    ]
    assert all(line.keys() <= {"event", "service", "before", "after", "log_level"} for line in changes)


def test_whoever_listens_is_told_of_each_request_that_was_not_sent(upstream: ScriptedUpstream) -> None:
    told: list[str] = []

    def listen(sender: Any, *, operation: str, **rest: Any) -> None:
        told.append(operation)

    request_not_sent.connect(listen)
    try:
        open_circuit(upstream)
        assert is_refused(read)
    finally:
        request_not_sent.disconnect(listen)
    assert told == ["getRiskFlags"]


@pytest.fixture
def redis(upstream: ScriptedUpstream, settings: Settings) -> Iterator[Redis]:
    """A Redis of our own, as the cache of all processes."""
    server, before = Redis(), settings.CACHES
    server.start()
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": server.url}}
    yield server
    settings.CACHES = before
    server.stop()


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not here")
def test_what_one_process_finds_out_another_one_knows_where_redis_is_the_cache(
    redis: Redis, upstream: ScriptedUpstream
) -> None:
    upstream.answers(BROKEN)
    fail(FAILURES - 1)
    circuit_breaker.reset()
    fail(1)
    circuit_breaker.reset()
    assert is_refused(read)


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not here")
def test_a_circuit_that_another_process_opens_is_open_here_a_second_later(
    redis: Redis, upstream: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(circuit_breaker, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    upstream.answers(EMPTY)
    read()
    here = circuit_breaker._circuits[Service.DELIUS]
    circuit_breaker.reset()
    upstream.answers(BROKEN)
    fail(FAILURES)
    assert here.retry_after() is None
    clock[0] += circuit_breaker.CLOSED_SECONDS
    assert here.retry_after() is not None


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not here")
def test_requests_are_sent_where_redis_has_gone_away(redis: Redis, upstream: ScriptedUpstream) -> None:
    open_circuit(upstream)
    redis.stop()
    with circuit_breaker.request(Service.DELIUS, "getRiskFlags") as result:
        result.no_answer()
    circuit_breaker.reset()
    with circuit_breaker.request(Service.DELIUS, "getRiskFlags"):
        pass
    assert circuit_breaker.states()[Service.DELIUS] == "closed"
    assert circuit_breaker.retry_after(*Service) is None


def test_reads_and_writes_are_worth_trying_while_hmpps_auth_is_down_only_for_whoever_has_a_token(
    upstream: ScriptedUpstream,
) -> None:
    upstream.answers(EMPTY)
    read()
    for _ in range(FAILURES):
        with circuit_breaker.request(Service.HMPPS_AUTH, "token") as result:
            result.no_answer()
    assert availability.calls_retry_after(username=ROBIN) is None
    for wait in (availability.calls_retry_after(), availability.calls_retry_after(username="JO.PLACEHOLDER")):
        assert wait is not None
        assert 0 < wait <= OPEN_SECONDS + 2


def test_nothing_is_worth_trying_while_delius_is_down(upstream: ScriptedUpstream) -> None:
    open_circuit(upstream)
    assert availability.calls_retry_after(username=ROBIN)
