"""What each outcome of a call means, what is repeated, and what is written in the log."""

import json
import socket
import time
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import structlog
import time_machine
from pytest_django import Settings
from structlog.testing import capture_logs

from delius.client import DeliusClient, get_client
from delius.errors import (
    NOT_ACCEPTED,
    Clash,
    DeliusContractError,
    DeliusError,
    Forbidden,
    NotFound,
    Overloaded,
    Refused,
    Unavailable,
)
from delius.session import LONGEST_RETRY_AFTER_SECONDS
from tests.delius.scripted import Answer, ScriptedUpstream
from tests.delius.values import BRIAN, NOW, ROBIN, a_new_nsi, a_phone_call
from tests.simulator_process import Simulator

SECRETS = (BRIAN, ROBIN, "ROBIN", "127.0.0.1")


def read(crn: str = BRIAN) -> Any:
    return get_client().events(crn)


def create_nsi() -> Any:
    return get_client().create_nsi(a_new_nsi(), username=ROBIN)


def create_appointment() -> Any:
    return get_client().create_appointment(BRIAN, 1, a_phone_call(), username=ROBIN)


def failure_of(call: Callable[[], Any]) -> DeliusError:
    with pytest.raises(DeliusError) as caught:
        call()
    return caught.value


def may_have_taken_effect(call: Callable[[], Any]) -> bool:
    fault = failure_of(call)
    assert isinstance(fault, Unavailable)
    return fault.may_have_taken_effect


@pytest.mark.parametrize("call", [read, create_nsi, create_appointment])
@pytest.mark.parametrize(
    ("status", "meaning"),
    [(400, Refused), (422, Refused), (403, Forbidden), (404, NotFound), (409, Clash)],
)
def test_a_no_is_an_error_of_its_own_type(upstream: ScriptedUpstream, call, status, meaning):
    upstream.answers(Answer({"status": status, "developerMessage": "No."}, status))
    assert type(failure_of(call)) is meaning


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"userMessage": "Say this", "developerMessage": "Not this"}, "Say this"),
        ({"userMessage": "  ", "developerMessage": "This then"}, "This then"),
        ({"developerMessage": "Only this"}, "Only this"),
        ({"status": 400}, NOT_ACCEPTED),
        (["odd"], NOT_ACCEPTED),
        (b"<html>Bad request</html>", NOT_ACCEPTED),
        ({"userMessage": "x" * 10_000}, "x" * 500),
    ],
)
def test_a_refusal_gives_the_reason_that_upstream_gives(upstream: ScriptedUpstream, body, reason):
    upstream.answers(Answer(body, 400))
    refused = failure_of(create_nsi)
    assert isinstance(refused, Refused)
    assert (refused.reason, str(refused), refused.status) == (reason, reason, 400)


@pytest.mark.parametrize("status", [302, 401, 408, 429, 500, 502, 503, 504])
def test_a_read_that_gets_no_usable_answer_has_had_no_effect(upstream: ScriptedUpstream, status):
    upstream.answers(Answer({}, status, {"Location": "/elsewhere"}))
    assert may_have_taken_effect(read) is False


@pytest.mark.parametrize("call", [create_nsi, create_appointment])
@pytest.mark.parametrize(
    ("status", "unknown"),
    [(401, False), (429, False), (302, True), (408, True), (500, True), (502, True), (503, True), (504, True)],
)
def test_only_a_write_that_was_turned_away_unread_is_certain_to_have_had_no_effect(
    upstream: ScriptedUpstream, call, status, unknown
):
    upstream.answers(Answer({}, status, {"Location": "/elsewhere"}))
    assert may_have_taken_effect(call) is unknown


@pytest.mark.parametrize("call", [read, create_nsi, create_appointment])
def test_no_redirect_is_followed(upstream: ScriptedUpstream, call):
    upstream.answers(Answer({}, 307, {"Location": f"{upstream.url}/elsewhere"}))
    failure_of(call)
    assert [request.path for request in upstream.received if request.path == "/elsewhere"] == []


@pytest.mark.parametrize("body", [b"", b"<html></html>", b'[{"convictionId": 1', {"a": "list"}, None, [1]])
def test_a_read_answered_with_something_else_is_a_breach_of_contract(upstream: ScriptedUpstream, body):
    upstream.answers(Answer(body))
    assert isinstance(failure_of(read), DeliusContractError)


def test_a_breach_of_contract_names_the_operation_and_the_field_and_no_value(upstream: ScriptedUpstream):
    upstream.answers(Answer([{"convictionId": 1}, {"convictionId": f"not {BRIAN}", "referralDate": "never"}]))
    breach = failure_of(read)
    assert isinstance(breach, DeliusContractError)
    assert (breach.operation, breach.fields) == ("convictions", ("convictionId", "referralDate"))
    assert BRIAN not in "".join(traceback.format_exception(breach))


@pytest.mark.parametrize("call", [create_nsi, create_appointment])
@pytest.mark.parametrize("body", [b"", b"<html></html>", {}, {"id": None, "appointmentId": "new"}, []])
def test_a_write_that_was_accepted_without_saying_what_was_made_may_have_taken_effect(
    upstream: ScriptedUpstream, call, body
):
    upstream.answers(Answer(body, 201))
    assert may_have_taken_effect(call) is True


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        ("drop_after", {}),
        ("timeout_after", {"seconds": 0.6}),
        ("status_after", {"status": 502}),
        ("malformed", {}),
        ("missing_field", {"field": "appointmentId"}),
    ],
)
def test_a_write_that_took_effect_without_an_answer_says_that_it_may_have(
    frozen: Simulator, settings: Settings, kind, details
):
    settings.DELIUS_READ_TIMEOUT = 0.3
    (event,) = read()
    before = len(frozen.contacts(BRIAN))
    frozen.fault("create_appointment", kind, **details)
    call = a_phone_call()
    assert may_have_taken_effect(lambda: get_client().create_appointment(BRIAN, event.event_id, call, username=ROBIN))
    assert len(frozen.contacts(BRIAN)) == before + 1
    assert len(frozen.requests("create_appointment")) == 1


@pytest.mark.parametrize(("kind", "details"), [("drop_before", {}), ("timeout_before", {"seconds": 0.6})])
def test_a_write_lost_on_the_way_cannot_be_told_from_one_that_took_effect(
    simulator: Simulator, settings: Settings, kind, details
):
    settings.DELIUS_READ_TIMEOUT = 0.3
    simulator.fault("create_nsi", kind, **details)
    assert may_have_taken_effect(create_nsi) is True
    assert len(simulator.requests("create_nsi")) == 1


@pytest.mark.parametrize("call", [create_nsi, create_appointment])
def test_a_write_to_which_no_connection_is_made_has_had_no_effect(upstream: ScriptedUpstream, settings: Settings, call):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{unused.getsockname()[1]}"
        settings.COMMUNITY_API_URL = settings.DELIUS_API_URL = nobody
        assert may_have_taken_effect(call) is False


def test_a_write_whose_connection_is_not_taken_up_in_time_has_had_no_effect(
    upstream: ScriptedUpstream, settings: Settings
):
    settings.DELIUS_CONNECT_TIMEOUT = 0.1
    with ExitStack() as open_sockets:
        crowded = open_sockets.enter_context(socket.socket())
        crowded.bind(("127.0.0.1", 0))
        crowded.listen(0)
        for _ in range(3):
            waiting = open_sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(crowded.getsockname())
        settings.DELIUS_API_URL = f"http://127.0.0.1:{crowded.getsockname()[1]}"
        assert may_have_taken_effect(create_nsi) is False


def test_a_write_to_a_host_that_does_not_exist_has_had_no_effect(upstream: ScriptedUpstream, settings: Settings):
    settings.DELIUS_API_URL = "http://delius-api.invalid"
    assert may_have_taken_effect(create_nsi) is False


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        ("drop_before", {}),
        ("drop_after", {}),
        ("status", {"status": 502}),
        ("status", {"status": 503}),
        ("status", {"status": 504}),
    ],
)
def test_a_read_that_fails_once_is_made_again(client: DeliusClient, simulator: Simulator, kind, details):
    simulator.fault("convictions", kind, **details)
    assert client.events(BRIAN)
    assert len(simulator.requests("convictions")) == 2


@pytest.mark.parametrize("status", [400, 404, 500])
def test_a_read_that_is_answered_is_not_made_again(client: DeliusClient, simulator: Simulator, status):
    simulator.fault("convictions", "status", status=status)
    failure_of(lambda: client.events(BRIAN))
    assert len(simulator.requests("convictions")) == 1


def test_a_read_is_made_three_times_at_most(client: DeliusClient, simulator: Simulator):
    simulator.fault("convictions", "status", status=503, times=None)
    assert isinstance(failure_of(lambda: client.events(BRIAN)), Unavailable)
    assert len(simulator.requests("convictions")) == 3


def test_a_read_that_is_slow_is_given_up_and_not_made_again(simulator: Simulator, settings: Settings):
    settings.DELIUS_READ_TIMEOUT = 0.2
    simulator.fault("convictions", "latency", seconds=0.4, times=None)
    assert may_have_taken_effect(read) is False
    assert len(simulator.requests("convictions")) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_write_is_never_made_again(simulator: Simulator, status):
    simulator.fault("create_nsi", "status", status=status)
    assert isinstance(failure_of(create_nsi), Unavailable)
    assert len(simulator.requests("create_nsi")) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_read_to_be_tried_again_soon_is_made_again_then(simulator: Simulator, status):
    simulator.fault("convictions", "status", status=status, retryAfter=1)
    began = time.monotonic()
    assert read()
    assert time.monotonic() - began >= 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_read_to_be_tried_again_later_is_not_made_again_now(simulator: Simulator, status):
    simulator.fault("convictions", "status", status=status, retryAfter=LONGEST_RETRY_AFTER_SECONDS + 1)
    fault = failure_of(read)
    assert isinstance(fault, Overloaded)
    assert fault.retry_after == LONGEST_RETRY_AFTER_SECONDS + 1
    assert len(simulator.requests("convictions")) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), ("Wed, 10 Jun 2026 09:01:30 GMT", 60), ("Wed, 10 Jun 2026 08:00:00 GMT", 0), ("soon", None)],
)
def test_when_to_try_again_may_be_seconds_or_a_time(upstream: ScriptedUpstream, header, seconds):
    upstream.answers(Answer(status=503, headers={"Retry-After": header}))
    with time_machine.travel(NOW, tick=False):
        fault = failure_of(create_appointment)
    assert isinstance(fault, Overloaded)
    assert fault.retry_after == seconds
    assert fault.may_have_taken_effect


def test_whoever_turns_a_read_away_need_not_say_for_how_long(client: DeliusClient, simulator: Simulator):
    simulator.fault("convictions", "status", status=429)
    fault = failure_of(read)
    assert isinstance(fault, Overloaded)
    assert fault.retry_after is None


def test_a_page_and_its_calls_share_a_correlation_id(client: DeliusClient, simulator: Simulator):
    with structlog.contextvars.bound_contextvars(request_id="page-1"):
        client.events(BRIAN)
    with structlog.contextvars.bound_contextvars(request_id="page-2", correlation_id="from-outside"):
        client.events(BRIAN)
    assert [entry["correlationId"] for entry in simulator.requests("convictions")] == ["page-1", "from-outside"]


def test_a_call_without_a_page_has_a_correlation_id_of_its_own(client: DeliusClient, simulator: Simulator):
    client.events(BRIAN)
    client.events(BRIAN)
    first, second = (entry["correlationId"] for entry in simulator.requests("convictions"))
    assert first
    assert second
    assert first != second


@pytest.mark.parametrize("unfit", ["", " led by a space", "two\nlines", "x" * 101, "caf\u00e9 \u2615"])
def test_an_id_that_a_header_cannot_carry_is_replaced(client: DeliusClient, simulator: Simulator, unfit: str):
    with structlog.contextvars.bound_contextvars(request_id=unfit):
        assert client.events(BRIAN)
    (entry,) = simulator.requests("convictions")
    assert entry["correlationId"] not in ("", unfit)


def test_every_call_is_logged_with_what_is_needed_to_follow_it_up(client: DeliusClient, simulator: Simulator):
    with structlog.contextvars.bound_contextvars(request_id="page-1"), capture_logs() as lines:
        client.events(BRIAN)
    (call,) = (line for line in lines if line.get("operation") == "convictions")
    assert (call["event"], call["status"], call["correlation_id"]) == ("delius_call", 200, "page-1")
    assert call["milliseconds"] >= 0


def test_nothing_in_the_log_says_who_it_was_about(simulator: Simulator, caplog: pytest.LogCaptureFixture):
    simulator.fault("convictions", "drop_before", times=2)
    simulator.fault("create_nsi", "drop_before")
    with capture_logs() as lines:
        failure_of(read)
        failure_of(create_nsi)
        failure_of(lambda: read("X999999"))
    written = json.dumps(lines, default=str) + caplog.text
    assert "delius_call" in written
    assert [secret for secret in SECRETS if secret in written] == []


@pytest.mark.parametrize("kind", ["drop_before", "malformed"])
def test_no_traceback_says_who_it_was_about(simulator: Simulator, kind):
    simulator.fault("convictions", kind, times=3)
    text = "".join(traceback.format_exception(failure_of(read)))
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize(
    ("crn", "on_the_wire"),
    [("A/../B", "A%2F..%2FB"), ("A?x=1", "A%3Fx%3D1"), ("A B#c", "A%20B%23c"), ("A%2F", "A%252F")],
)
def test_nothing_typed_can_change_the_path_of_a_call(upstream: ScriptedUpstream, crn, on_the_wire):
    upstream.answers(Answer([]))
    read(crn)
    assert [request.path for request in upstream.received] == [
        f"/community-api/secure/offenders/crn/{on_the_wire}/convictions"
    ]


@pytest.mark.parametrize("crn", ["", ".", ".."])
def test_what_no_path_can_hold_is_not_asked_for(upstream: ScriptedUpstream, crn):
    assert isinstance(failure_of(lambda: read(crn)), NotFound)
    assert upstream.received == []


def test_cookies_are_not_kept(upstream: ScriptedUpstream):
    upstream.answers(Answer([], headers={"Set-Cookie": "session=somebody; Path=/"}))
    read()
    read()
    assert [request.headers.get("Cookie") for request in upstream.received] == [None, None]


def test_a_netrc_file_cannot_replace_the_token(
    upstream: ScriptedUpstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    upstream.answers(Answer([]))
    read()
    assert upstream.received[0].headers["Authorization"] == "Bearer scripted"
