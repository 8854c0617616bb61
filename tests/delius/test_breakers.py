"""A service that does not answer is left alone: nothing is sent to it, and it is found out when it is back."""

import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from pytest_django import Settings
from structlog.testing import capture_logs

from delius import background, breakers
from delius.client import get_client
from delius.errors import DeliusError, LeftAlone, Unavailable
from delius.parallel import side_by_side
from delius.services import Service
from delius.signals import request_not_sent
from scripts.servers import Redis
from tests.delius.scripted import Answer, Received, ScriptedUpstream
from tests.delius.values import BRIAN, NOW, ROBIN, a_new_nsi, a_phone_call

FAILURES = 5
OPEN_SECONDS = 15
EMPTY = Answer([])
BROKEN = Answer(status=500)
HEALTH = ("/community-api/health", "/delius-api/health", "/auth/health/ping")

pytestmark = pytest.mark.usefixtures("upstream")


@pytest.fixture(autouse=True)
def rules(settings: Settings) -> Iterator[None]:
    """The rules that these tests are written for; nothing is left at work in the background."""
    settings.DELIUS_BREAKER_FAILURES = FAILURES
    settings.DELIUS_BREAKER_SECONDS = OPEN_SECONDS
    yield
    background.finish()


def read() -> Any:
    return get_client().events(BRIAN)


def create_appointment() -> Any:
    return get_client().create_appointment(BRIAN, 1, a_phone_call(), username=ROBIN)


def create_nsi() -> Any:
    return get_client().create_nsi(a_new_nsi(), username=ROBIN)


def fault_of(call: Callable[[], Any]) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        call()
    return caught.value


def is_left_alone(call: Callable[[], Any]) -> bool:
    return isinstance(fault_of(call), LeftAlone)


def fail(times: int, call: Callable[[], Any] = read) -> None:
    for _ in range(times):
        assert not is_left_alone(call)


def asked_of(upstream: ScriptedUpstream) -> list[str]:
    """The paths that were asked for, without those of health."""
    return [each.path for each in upstream.received if each.path not in HEALTH]


def open_circuit(upstream: ScriptedUpstream) -> None:
    upstream.answers(BROKEN)
    fail(FAILURES)
    upstream.received.clear()


def knock() -> None:
    """Ask once the time is over: whoever does is refused, and this process knocks on the service's door."""
    assert is_left_alone(read)
    background.finish()


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_service_that_failed_five_times_in_a_row_is_left_alone(upstream: ScriptedUpstream, status: int) -> None:
    upstream.answers(Answer(status=status))
    fail(FAILURES)
    upstream.received.clear()
    assert is_left_alone(read)
    assert upstream.received == []


def test_a_service_that_does_not_answer_is_left_alone(upstream: ScriptedUpstream, settings: Settings) -> None:
    settings.COMMUNITY_API_URL = "http://127.0.0.1:9"
    fail(FAILURES)
    assert is_left_alone(read)


@pytest.mark.parametrize(
    "answer",
    [
        Answer({"developerMessage": "no"}, status=400),
        Answer(status=403),
        Answer(status=404),
        Answer(status=409),
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
        assert not isinstance(caught.value, LeftAlone)


def test_a_service_that_says_when_to_come_back_is_not_taken_for_one_that_works(upstream: ScriptedUpstream) -> None:
    wait = Answer(status=503, headers={"Retry-After": "7"})
    upstream.answers(*[BROKEN, BROKEN, BROKEN] * 4, wait, *[BROKEN, BROKEN, BROKEN] * 2)
    fail(FAILURES)
    assert is_left_alone(read)


def test_one_good_answer_starts_the_count_anew(upstream: ScriptedUpstream) -> None:
    upstream.answers(BROKEN)
    fail(FAILURES - 1)
    upstream.answers(EMPTY)
    assert read() == ()
    upstream.answers(BROKEN)
    fail(FAILURES - 1)
    upstream.answers(EMPTY)
    assert read() == ()


def test_nothing_is_ever_left_alone_where_no_number_of_failures_is_set(
    upstream: ScriptedUpstream, settings: Settings
) -> None:
    settings.DELIUS_BREAKER_FAILURES = 0
    upstream.answers(BROKEN)
    fail(20)


def test_each_service_is_left_alone_by_itself(upstream: ScriptedUpstream) -> None:
    open_circuit(upstream)
    upstream.answers(Answer({"id": 7}))
    assert create_nsi().nsi_id == 7
    assert is_left_alone(read)
    assert breakers.states() == {
        Service.HMPPS_AUTH: "closed",
        Service.COMMUNITY_API: "open",
        Service.DELIUS_API: "closed",
    }


def test_a_write_that_is_refused_was_never_sent_and_says_so(upstream: ScriptedUpstream) -> None:
    open_circuit(upstream)
    assert not fault_of(create_appointment).may_have_taken_effect
    assert asked_of(upstream) == []


def test_a_write_whose_answer_was_lost_stays_unknown_also_where_it_is_the_failure_too_many(
    upstream: ScriptedUpstream,
) -> None:
    upstream.answers(BROKEN)
    for _ in range(FAILURES):
        assert fault_of(create_appointment).may_have_taken_effect
    assert is_left_alone(create_appointment)


def test_hmpps_auth_is_left_alone_and_no_service_is_asked_without_a_token(
    upstream: ScriptedUpstream, settings: Settings
) -> None:
    settings.HMPPS_AUTH_URL = "http://127.0.0.1:9"
    fail(FAILURES)
    assert not fault_of(create_appointment).may_have_taken_effect
    assert breakers.states()[Service.HMPPS_AUTH] == "open"
    assert breakers.states()[Service.COMMUNITY_API] == "closed"
    assert upstream.received == []


def test_whoever_has_a_token_is_not_held_up_by_hmpps_auth(upstream: ScriptedUpstream) -> None:
    upstream.answers(EMPTY)
    read()
    for _ in range(FAILURES):
        with breakers.request(Service.HMPPS_AUTH, "token") as result:
            result.no_answer()
    assert breakers.states()[Service.HMPPS_AUTH] == "open"
    assert read() == ()


def test_a_refusal_says_when_it_is_worth_asking_again(upstream: ScriptedUpstream) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        open_circuit(upstream)
        traveller.shift(5)
        refused = fault_of(read)
    assert isinstance(refused, LeftAlone)
    assert OPEN_SECONDS - 5 <= refused.retry_after <= OPEN_SECONDS


def test_after_a_while_a_service_that_answers_again_is_asked_again_and_nobody_waited_for_it(
    upstream: ScriptedUpstream,
) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        open_circuit(upstream)
        traveller.shift(OPEN_SECONDS)
        upstream.answers(EMPTY)
        knock()
        assert [each.path for each in upstream.received] == [
            "/community-api/health",
            "/community-api/secure/appointment-types",
        ]
        assert breakers.states()[Service.COMMUNITY_API] == "closed"
        assert [each.get() for each in side_by_side([read] * 4)] == [()] * 4


def test_a_service_that_does_not_answer_the_knock_is_left_alone_for_as_long_again(
    upstream: ScriptedUpstream, settings: Settings
) -> None:
    settings.COMMUNITY_API_URL = "http://127.0.0.1:9"
    with time_machine.travel(NOW, tick=False) as traveller:
        fail(FAILURES)
        traveller.shift(OPEN_SECONDS)
        knock()
        traveller.shift(OPEN_SECONDS - 1)
        assert breakers.states()[Service.COMMUNITY_API] == "open"
        refused = fault_of(read)
        assert isinstance(refused, LeftAlone)
        assert refused.retry_after > 1


def test_a_service_that_answers_the_knock_and_nothing_else_is_left_alone_for_as_long_again(
    upstream: ScriptedUpstream,
) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        open_circuit(upstream)
        traveller.shift(OPEN_SECONDS)
        upstream.respond = lambda request: Answer({"status": "UP"}) if request.path in HEALTH else BROKEN
        knock()
        assert len(asked_of(upstream)) == 1
        refused = fault_of(read)
        assert isinstance(refused, LeftAlone)
        assert refused.retry_after > OPEN_SECONDS - 1


def test_a_service_that_says_it_is_down_but_works_is_asked_again(upstream: ScriptedUpstream) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        open_circuit(upstream)
        traveller.shift(OPEN_SECONDS)
        down = Answer({"status": "DOWN"}, status=503)
        upstream.respond = lambda request: down if request.path in HEALTH else EMPTY
        knock()
        assert read() == ()


def test_hmpps_auth_that_is_back_gives_tokens_again(upstream: ScriptedUpstream) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        for _ in range(FAILURES):
            with breakers.request(Service.HMPPS_AUTH, "token") as result:
                result.no_answer()
        traveller.shift(OPEN_SECONDS)
        knock()
        assert breakers.states()[Service.HMPPS_AUTH] == "closed"
        upstream.answers(EMPTY)
        assert read() == ()


def test_one_write_at_a_time_tries_delius_api_again_and_its_failure_leaves_it_alone(
    upstream: ScriptedUpstream,
) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        upstream.answers(BROKEN)
        fail(FAILURES, create_nsi)
        upstream.received.clear()
        traveller.shift(OPEN_SECONDS)
        assert is_left_alone(create_nsi)
        background.finish()
        assert breakers.states()[Service.DELIUS_API] == "half-open"
        assert breakers.left_alone_for(Service.DELIUS_API) is None
        arrived, may_end = threading.Event(), threading.Event()

        def respond(request: Received) -> Answer:
            arrived.set()
            may_end.wait(10)
            return BROKEN

        upstream.respond = respond
        with ThreadPoolExecutor(1) as pool:
            trial = pool.submit(fault_of, create_nsi)
            assert arrived.wait(10)
            assert is_left_alone(create_nsi)
            may_end.set()
            assert trial.result().may_have_taken_effect
        assert len(asked_of(upstream)) == 1
        assert breakers.states()[Service.DELIUS_API] == "open"


def test_a_write_that_succeeds_closes_the_circuit_of_delius_api(upstream: ScriptedUpstream) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        upstream.answers(BROKEN)
        fail(FAILURES, create_nsi)
        traveller.shift(OPEN_SECONDS)
        assert is_left_alone(create_nsi)
        background.finish()
        upstream.answers(Answer({"id": 7}))
        assert create_nsi().nsi_id == 7
        assert breakers.states()[Service.DELIUS_API] == "closed"


def test_requests_to_a_service_that_works_are_side_by_side(upstream: ScriptedUpstream) -> None:
    together = threading.Barrier(4, timeout=10)

    def respond(request: Received) -> Answer:
        together.wait()
        return EMPTY

    upstream.respond = respond
    assert [each.get() for each in side_by_side([read] * 4)] == [()] * 4


def test_what_is_logged_names_the_service_and_nobody(upstream: ScriptedUpstream) -> None:
    with time_machine.travel(NOW, tick=False) as traveller, capture_logs() as lines:
        open_circuit(upstream)
        traveller.shift(OPEN_SECONDS)
        upstream.answers(EMPTY)
        knock()
        read()
    changes = [line for line in lines if line["event"] == "breaker_changed"]
    assert [(line["service"], line["before"], line["after"]) for line in changes] == [
        ("community-api", "closed", "open"),
        ("community-api", "open", "half-open"),
        ("community-api", "half-open", "closed"),
    ]
    assert all(line.keys() <= {"event", "service", "before", "after", "log_level"} for line in changes)


def test_whoever_listens_is_told_of_each_request_that_was_not_sent(upstream: ScriptedUpstream) -> None:
    told: list[str] = []

    def listen(sender: Any, *, operation: str, **rest: Any) -> None:
        told.append(operation)

    request_not_sent.connect(listen)
    try:
        open_circuit(upstream)
        assert is_left_alone(read)
    finally:
        request_not_sent.disconnect(listen)
    assert told == ["convictions"]


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
    breakers.reset()
    fail(1)
    breakers.reset()
    assert is_left_alone(read)


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not here")
def test_requests_are_sent_where_redis_has_gone_away(redis: Redis, upstream: ScriptedUpstream) -> None:
    open_circuit(upstream)
    redis.stop()
    with breakers.request(Service.COMMUNITY_API, "convictions") as result:
        result.no_answer()
    breakers.reset()
    with breakers.request(Service.COMMUNITY_API, "convictions"):
        pass
    assert breakers.states()[Service.COMMUNITY_API] == "closed"
    assert breakers.left_alone_for(*Service) is None
