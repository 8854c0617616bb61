"""Access tokens: cached while they are good, renewed once when turned down."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any
from urllib.parse import parse_qs

import pytest
import time_machine
from django.core.cache import cache
from pytest_django import Settings

from delius import conf
from delius.client import GET_APPOINTMENT_TYPES, GET_RISK_FLAGS, PUT_APPOINTMENT, get_client
from delius.errors import Unavailable
from delius.http.session import new_session
from delius.http.tokens import Tokens
from delius.http.transport import Transport, json_of
from tests.delius.scripted import Answer, Received, ScriptedUpstream

BRIAN, ROBIN, JO = "X000001", "ROBIN.SAMPLE", "JO.PLACEHOLDER"
REFERENCE = "urn:hmpps:rarbooking:appointment:00000000-0000-4000-8000-000000000001"
YES = Answer({"riskFlags": [], "appointmentTypes": []})
TURNED_DOWN = Answer({"status": 401}, 401)


@pytest.fixture(autouse=True)
def hmpps_auth(upstream: ScriptedUpstream) -> ScriptedUpstream:
    """An HMPPS Auth that never gives the same token twice."""
    gives_tokens(upstream, seconds=3600)
    upstream.answers(YES)
    return upstream


@pytest.fixture
def tokens(upstream: ScriptedUpstream) -> Iterator[Tokens]:
    """Tokens of the upstream, with a session of their own."""
    connection = conf.connection()
    with new_session(connection) as session:
        yield Tokens(session, connection)


@pytest.fixture
def transport(upstream: ScriptedUpstream) -> Iterator[Transport]:
    """What sends requests to the upstream."""
    made = Transport(conf.connection())
    yield made
    made.close()


def gives_tokens(upstream: ScriptedUpstream, *, seconds: int) -> None:
    numbers = count(1)
    upstream.respond_token = lambda request: Answer({"access_token": f"token-{next(numbers)}", "expires_in": seconds})


def read(transport: Transport, username: str | None = None) -> Any:
    return json_of(GET_RISK_FLAGS, transport.send(GET_RISK_FLAGS, {"crn": BRIAN}, username=username))


def write(transport: Transport, username: str = ROBIN) -> Any:
    parameters = {"crn": BRIAN, "reference": REFERENCE}
    return json_of(PUT_APPOINTMENT, transport.send(PUT_APPOINTMENT, parameters, body={}, username=username))


def users_of_tokens(upstream: ScriptedUpstream) -> list[str | None]:
    forms = [parse_qs(each.body.decode()) for each in upstream.tokens_asked_for]
    return [form.get("username", [None])[0] for form in forms]


def tokens_sent(upstream: ScriptedUpstream) -> list[str]:
    return [each.headers["Authorization"] for each in upstream.received]


def test_one_token_serves_many_reads(transport: Transport, upstream: ScriptedUpstream):
    read(transport)
    read(transport)
    transport.send(GET_APPOINTMENT_TYPES, {})
    assert users_of_tokens(upstream) == [None]


def test_reads_and_writes_are_made_for_the_person_who_asked_and_reference_data_is_read_as_ourselves(
    upstream: ScriptedUpstream,
):
    get_client().appointment_types()
    get_client().risk_flags(BRIAN, username=ROBIN)
    assert users_of_tokens(upstream) == [None, ROBIN]
    assert tokens_sent(upstream) == ["Bearer token-1", "Bearer token-2"]


def test_each_person_acted_for_has_a_token_of_their_own(transport: Transport, upstream: ScriptedUpstream):
    for username in (ROBIN, JO, ROBIN):
        write(transport, username)
    assert users_of_tokens(upstream) == [ROBIN, JO]
    assert tokens_sent(upstream) == ["Bearer token-1", "Bearer token-2", "Bearer token-1"]


def test_a_token_turned_down_is_renewed_and_the_read_made_again(transport: Transport, upstream: ScriptedUpstream):
    upstream.answers(YES, TURNED_DOWN, YES)
    read(transport)
    assert read(transport) == YES.body
    assert tokens_sent(upstream) == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


def test_a_write_whose_token_is_turned_down_is_made_once_more_with_a_new_one(
    transport: Transport, upstream: ScriptedUpstream
):
    upstream.answers(TURNED_DOWN, YES)
    assert write(transport) == YES.body
    assert users_of_tokens(upstream) == [ROBIN, ROBIN]
    one, another = upstream.received
    assert (one.path, one.body) == (another.path, another.body)


def test_a_token_turned_down_twice_is_not_renewed_again(transport: Transport, upstream: ScriptedUpstream):
    upstream.answers(TURNED_DOWN)
    with pytest.raises(Unavailable) as caught:
        write(transport)
    assert not caught.value.may_have_taken_effect
    assert len(upstream.received) == 2


def test_a_token_is_cached_until_shortly_before_it_expires(transport: Transport, upstream: ScriptedUpstream):
    gives_tokens(upstream, seconds=60)
    with time_machine.travel(0) as clock:
        read(transport)
        clock.shift(29)
        read(transport)
        assert len(users_of_tokens(upstream)) == 1
        clock.shift(2)
        read(transport)
        assert len(users_of_tokens(upstream)) == 2


def test_a_token_that_hardly_lives_is_cached_for_half_its_life(transport: Transport, upstream: ScriptedUpstream):
    gives_tokens(upstream, seconds=20)
    with time_machine.travel(0) as clock:
        read(transport)
        clock.shift(9)
        read(transport)
        assert len(users_of_tokens(upstream)) == 1
        clock.shift(2)
        read(transport)
        assert len(users_of_tokens(upstream)) == 2


def test_threads_that_need_the_same_token_ask_for_it_once(transport: Transport, upstream: ScriptedUpstream):
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: read(transport), range(8)))
    assert users_of_tokens(upstream) == [None]


def test_a_token_that_another_thread_has_renewed_meanwhile_is_not_renewed_again(
    tokens: Tokens, upstream: ScriptedUpstream
):
    stale = tokens.get()
    renewed = tokens.renew(stale)
    assert tokens.renew(stale) == renewed != stale
    assert users_of_tokens(upstream) == [None, None]


@pytest.mark.parametrize(
    "answer",
    [Answer(status=503), Answer(status=401), None, Answer(b"{"), Answer({"expires_in": 3600})],
)
def test_without_a_token_nothing_is_sent_and_nothing_can_have_taken_effect(
    transport: Transport, upstream: ScriptedUpstream, answer: Answer | None
):
    upstream.answers_tokens(answer)
    with pytest.raises(Unavailable) as caught:
        write(transport)
    assert not caught.value.may_have_taken_effect
    assert upstream.received == []


@pytest.mark.parametrize("failure", [Answer(status=503), None])
def test_a_request_for_a_token_that_fails_once_is_repeated(
    tokens: Tokens, upstream: ScriptedUpstream, failure: Answer | None
):
    upstream.answers_tokens(failure, Answer({"access_token": "at last", "expires_in": 3600}))
    assert tokens.get() == "at last"


def test_threads_that_wait_for_the_same_token_share_its_failure(tokens: Tokens, upstream: ScriptedUpstream):
    all_ask, together = threading.Event(), threading.Barrier(4)

    def respond(request: Received) -> Answer:
        all_ask.wait(10)
        return Answer(status=500)

    def ask(number: int) -> str:
        together.wait()
        if number == 3:
            threading.Timer(0.2, all_ask.set).start()
        return tokens.get()

    upstream.respond_token = respond
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(ask, number) for number in range(4)]
    assert {type(each.exception()) for each in asked} == {Unavailable}
    assert len(users_of_tokens(upstream)) == 1


def test_a_secret_is_not_shown_with_the_connection(settings: Settings):
    assert settings.HMPPS_CLIENT_SECRET not in repr(conf.connection())


def test_a_token_without_a_lifetime_is_used_but_not_cached(transport: Transport, upstream: ScriptedUpstream):
    upstream.answers_tokens(Answer({"access_token": "for once"}))
    read(transport)
    read(transport)
    assert len(users_of_tokens(upstream)) == 2


def test_user_names_cannot_be_read_from_the_cache(tokens: Tokens):
    tokens.get(ROBIN)
    keys = list(cache._cache)
    assert keys
    assert not any(ROBIN in key for key in keys)
