"""Access tokens: kept while they are good, renewed once when turned down."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.core.cache import cache
from pytest_django import Settings

from delius import conf
from delius.client import DeliusClient
from delius.errors import Unavailable
from delius.session import new_session
from delius.tokens import Tokens
from tests.delius.values import BRIAN, JO, ROBIN, a_new_nsi, a_phone_call
from tests.simulator_process import Simulator


@pytest.fixture
def tokens(simulator: Simulator) -> Iterator[Tokens]:
    """Tokens of the simulator, with a session of their own."""
    connection = conf.connection()
    with new_session(connection) as session:
        yield Tokens(session, connection)


def users_of_tokens(simulator: Simulator) -> list[str | None]:
    return [(entry["body"] or {}).get("username") for entry in simulator.requests("token")]


def test_one_token_serves_many_reads(client: DeliusClient, simulator: Simulator):
    client.events(BRIAN)
    client.person(BRIAN)
    client.appointment_types()
    assert users_of_tokens(simulator) == [None]


def test_reads_are_our_own_and_writes_are_made_for_the_person_who_asked(client: DeliusClient, frozen: Simulator):
    (event,) = client.events(BRIAN)
    client.create_appointment(BRIAN, event.event_id, a_phone_call(), username=ROBIN)
    assert users_of_tokens(frozen) == [None, ROBIN]
    assert [entry["username"] for entry in frozen.requests("convictions")] == [None]
    assert [entry["username"] for entry in frozen.requests("create_appointment")] == [ROBIN]


def test_each_person_acted_for_has_a_token_of_their_own(client: DeliusClient, frozen: Simulator):
    (event,) = client.events(BRIAN)
    for username in (ROBIN, JO, ROBIN):
        frozen.fault("create_appointment", "status", status=503)
        with pytest.raises(Unavailable):
            client.create_appointment(BRIAN, event.event_id, a_phone_call(), username=username)
    assert users_of_tokens(frozen) == [None, ROBIN, JO]


def test_a_token_turned_down_is_renewed_and_the_read_made_again(client: DeliusClient, simulator: Simulator):
    client.events(BRIAN)
    simulator.fault("convictions", "expire_token")
    assert client.events(BRIAN)
    assert [entry["status"] for entry in simulator.requests("convictions")] == [200, 401, 200]
    assert users_of_tokens(simulator) == [None, None]


def test_a_write_whose_token_is_turned_down_is_made_once_with_a_new_one(client: DeliusClient, frozen: Simulator):
    (event,) = client.events(BRIAN)
    before = len(frozen.contacts(BRIAN))
    frozen.fault("create_appointment", "expire_token")
    client.create_appointment(BRIAN, event.event_id, a_phone_call(), username=ROBIN)
    assert [entry["status"] for entry in frozen.requests("create_appointment")] == [401, 201]
    assert len(frozen.contacts(BRIAN)) == before + 1
    assert users_of_tokens(frozen) == [None, ROBIN, ROBIN]


def test_a_token_turned_down_twice_is_not_renewed_again(client: DeliusClient, simulator: Simulator):
    simulator.fault("create_nsi", "status", status=401, times=None)
    with pytest.raises(Unavailable) as caught:
        client.create_nsi(a_new_nsi(), username=ROBIN)
    assert not caught.value.may_have_taken_effect
    assert [entry["status"] for entry in simulator.requests("create_nsi")] == [401, 401]


def test_a_token_is_kept_until_shortly_before_it_expires(client: DeliusClient, simulator: Simulator):
    simulator.switch(tokenSeconds=60)
    with time_machine.travel(0) as clock:
        client.events(BRIAN)
        clock.shift(29)
        client.events(BRIAN)
        assert len(users_of_tokens(simulator)) == 1
        clock.shift(2)
        client.events(BRIAN)
        assert len(users_of_tokens(simulator)) == 2


def test_a_token_that_hardly_lives_is_kept_for_half_its_life(client: DeliusClient, simulator: Simulator):
    simulator.switch(tokenSeconds=20)
    with time_machine.travel(0) as clock:
        client.events(BRIAN)
        clock.shift(9)
        client.events(BRIAN)
        assert len(users_of_tokens(simulator)) == 1
        clock.shift(2)
        client.events(BRIAN)
        assert len(users_of_tokens(simulator)) == 2


def test_threads_that_need_the_same_token_ask_for_it_once(client: DeliusClient, simulator: Simulator):
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: client.events(BRIAN), range(8)))
    assert users_of_tokens(simulator) == [None]


def test_a_token_that_another_thread_has_renewed_meanwhile_is_not_renewed_again(tokens: Tokens, simulator: Simulator):
    stale = tokens.get()
    renewed = tokens.renew(stale)
    assert tokens.renew(stale) == renewed != stale
    assert users_of_tokens(simulator) == [None, None]


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        ("status", {"status": 503}),
        ("status", {"status": 401}),
        ("drop_before", {}),
        ("malformed", {}),
        ("missing_field", {"field": "access_token"}),
    ],
)
def test_without_a_token_nothing_is_sent_and_nothing_can_have_taken_effect(
    client: DeliusClient, simulator: Simulator, kind: str, details: dict[str, object]
):
    simulator.fault("token", kind, **details)
    with pytest.raises(Unavailable) as caught:
        client.create_nsi(a_new_nsi(), username=ROBIN)
    assert not caught.value.may_have_taken_effect
    assert simulator.requests("create_nsi") == []


def test_threads_that_wait_for_the_same_token_share_its_failure(tokens: Tokens, simulator: Simulator):
    simulator.fault("token", "latency", seconds=0.2)
    simulator.fault("token", "status", status=503)
    together = threading.Barrier(4)

    def ask(_: int) -> str:
        together.wait()
        return tokens.get()

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(ask, number) for number in range(4)]
    assert {type(each.exception()) for each in asked} == {Unavailable}
    assert len(users_of_tokens(simulator)) == 1


def test_a_secret_is_not_shown_with_the_connection(simulator: Simulator, settings: Settings):
    assert settings.HMPPS_CLIENT_SECRET not in repr(conf.connection())


def test_a_token_without_a_lifetime_is_used_but_not_kept(client: DeliusClient, simulator: Simulator):
    simulator.fault("token", "missing_field", field="expires_in")
    assert client.events(BRIAN)
    assert client.events(BRIAN)
    assert len(users_of_tokens(simulator)) == 2


def test_user_names_cannot_be_read_from_the_cache(tokens: Tokens):
    tokens.get(ROBIN)
    keys = list(cache._cache)
    assert keys
    assert not any(ROBIN in key for key in keys)
