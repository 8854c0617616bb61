"""What each outcome of a call means, what is repeated, and what is written in the log."""

import json
import socket
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
import time_machine
from pytest_django import Settings
from requests.utils import select_proxy
from structlog.testing import capture_logs

from delius import conf
from delius.client import (
    GET_APPOINTMENT_TYPES,
    GET_RISK_FLAGS,
    PUT_APPOINTMENT,
    PUT_NSI,
    WITHDRAW_NSI,
    get_client,
)
from delius.errors import (
    LIMITED_ACCESS,
    NOT_ACCEPTED,
    Conflict,
    ConflictReason,
    DeliusContractError,
    DeliusError,
    LimitedAccess,
    NotFound,
    Overlap,
    Overloaded,
    Refused,
    RefusedField,
    Unavailable,
)
from delius.http.session import MAX_RETRY_AFTER_SECONDS, new_session
from delius.http.transport import Operation, Transport, json_of
from delius.london import LONDON
from tests.delius.scripted import Answer, Received, ScriptedUpstream

BRIAN, ROBIN = "X000001", "ROBIN.SAMPLE"
REFERENCE = "urn:hmpps:rarbooking:nsi:00000000-0000-4000-8000-000000000001"
NOW = datetime(2026, 6, 10, 10, 0, 30, tzinfo=LONDON)
SECRETS = (BRIAN, ROBIN, REFERENCE, "127.0.0.1")
NO_FLAGS = Answer({"riskFlags": []})
DROPPED = None


def call(operation: Operation, crn: str = BRIAN, **details: Any) -> Any:
    """Send an operation of a case once, as a user, and return its JSON."""
    parameters = {"crn": crn, "reference": REFERENCE}
    with closing(Transport(conf.connection())) as transport:
        return json_of(operation, transport.send(operation, parameters, username=ROBIN, **details))


def read(crn: str = BRIAN) -> Any:
    return call(GET_RISK_FLAGS, crn)


def read_types() -> Any:
    return call(GET_APPOINTMENT_TYPES)


def put_nsi() -> Any:
    return call(PUT_NSI, body={"eventId": 1})


def put_appointment() -> Any:
    return call(PUT_APPOINTMENT, body={"eventId": 1})


def withdraw_nsi() -> Any:
    return call(WITHDRAW_NSI)


WRITES = [put_nsi, put_appointment, withdraw_nsi]


def failure_of(request: Callable[[], Any]) -> DeliusError:
    with pytest.raises(DeliusError) as caught:
        request()
    return caught.value


def may_have_taken_effect(request: Callable[[], Any]) -> bool:
    fault = failure_of(request)
    assert isinstance(fault, Unavailable)
    return fault.may_have_taken_effect


def nobody() -> str:
    """The address of a port of this machine that nobody listens on."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}"


class Slow:
    """An upstream that keeps everybody waiting until the test is over."""

    def __init__(self, upstream: ScriptedUpstream, settings: Settings) -> None:
        self.is_over = threading.Event()
        settings.DELIUS_READ_TIMEOUT = 0.2
        upstream.respond = self._respond

    def _respond(self, request: Received) -> Answer | None:
        self.is_over.wait(10)
        return DROPPED


@pytest.fixture
def slow(upstream: ScriptedUpstream, settings: Settings) -> Any:
    """The upstream, which does not answer before the read time-out."""
    made = Slow(upstream, settings)
    yield made
    made.is_over.set()


@pytest.mark.parametrize("request_", [read, *WRITES])
@pytest.mark.parametrize(
    ("status", "meaning"),
    [(400, Refused), (405, Refused), (422, Refused), (403, LimitedAccess), (404, NotFound)],
)
def test_a_no_is_an_error_of_its_own_type(upstream: ScriptedUpstream, request_, status, meaning):
    upstream.answers(Answer({"status": status, "message": "No."}, status))
    assert type(failure_of(request_)) is meaning


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"message": "Say this"}, "Say this"),
        ({"message": "  "}, NOT_ACCEPTED),
        ({"message": None}, NOT_ACCEPTED),
        ({"status": 400}, NOT_ACCEPTED),
        (["odd"], NOT_ACCEPTED),
        (b"<html>Bad request</html>", NOT_ACCEPTED),
        ({"message": "x" * 10_000}, "x" * 500),
    ],
)
def test_a_refusal_gives_the_reason_that_delius_gives(upstream: ScriptedUpstream, body, reason):
    upstream.answers(Answer(body, 400))
    refused = failure_of(put_nsi)
    assert isinstance(refused, Refused)
    assert (refused.reason, str(refused), refused.fields) == (reason, reason, ())


@pytest.mark.parametrize(
    ("fields", "read_as"),
    [
        ([{"type": "size", "message": "Too long", "field": "notes"}], (RefusedField("notes", "size", "Too long"),)),
        ([{"field": "notes"}, {"type": "size"}, "odd", {"field": 7}], (RefusedField("notes"),)),
        ("odd", ()),
    ],
)
def test_a_refusal_names_the_fields_that_delius_names(upstream: ScriptedUpstream, fields, read_as):
    upstream.answers(Answer({"status": 400, "fields": fields}, 400))
    refused = failure_of(put_nsi)
    assert isinstance(refused, Refused)
    assert refused.fields == read_as


@pytest.mark.parametrize(("message", "shown"), [("Ask your manager.", "Ask your manager."), (None, LIMITED_ACCESS)])
def test_limited_access_is_told_in_deliuss_own_words_where_it_has_some(upstream: ScriptedUpstream, message, shown):
    upstream.answers(Answer({"status": 403, "message": message}, 403))
    limited = failure_of(read)
    assert isinstance(limited, LimitedAccess)
    assert limited.message == shown


def test_a_role_that_we_lack_is_not_taken_for_limited_access(upstream: ScriptedUpstream):
    upstream.answers(Answer({"status": 403}, 403))
    assert may_have_taken_effect(read_types) is False


@pytest.mark.parametrize("reason", list(ConflictReason))
def test_a_conflict_says_with_what(upstream: ScriptedUpstream, reason: ConflictReason):
    upstream.answers(Answer({"status": 409, "reason": reason.value}, 409))
    conflict = failure_of(put_appointment)
    assert isinstance(conflict, Conflict)
    assert (conflict.reason, conflict.overlaps) == (reason, ())


def test_an_overlap_says_what_is_there_in_local_time(upstream: ScriptedUpstream):
    there = {
        "start": "2026-06-10T09:00:00Z",
        "end": "2026-06-10T10:30:00+01:00",
        "type": {"code": "COAP", "description": "Office visit"},
    }
    overlaps = [there, {**there, "start": "soon"}, "odd"]
    upstream.answers(Answer({"status": 409, "reason": "OVERLAP", "overlaps": overlaps}, 409))
    conflict = failure_of(put_appointment)
    assert isinstance(conflict, Conflict)
    [overlap] = conflict.overlaps
    assert overlap == Overlap(
        datetime(2026, 6, 10, 10, 0, tzinfo=LONDON),
        datetime(2026, 6, 10, 10, 30, tzinfo=LONDON),
        "COAP",
        "Office visit",
    )
    assert (overlap.start.hour, overlap.end.hour) == (10, 10)


@pytest.mark.parametrize("body", [{"status": 409}, {"reason": "NEW"}, {"reason": ["OVERLAP"]}, b"<html></html>"])
def test_a_conflict_without_a_reason_that_we_know_is_a_breach_of_contract(upstream: ScriptedUpstream, body):
    upstream.answers(Answer(body, 409))
    breach = failure_of(put_appointment)
    assert isinstance(breach, DeliusContractError)
    assert breach.fields == ("reason",)


@pytest.mark.parametrize("status", [302, 401, 408, 429, 500, 502, 503, 504])
def test_a_read_that_gets_no_usable_answer_has_had_no_effect(upstream: ScriptedUpstream, status):
    upstream.answers(Answer({}, status, {"Location": "/elsewhere"}))
    assert may_have_taken_effect(read) is False


@pytest.mark.parametrize("request_", WRITES)
@pytest.mark.parametrize(
    ("status", "unknown"),
    [(401, False), (429, False), (302, True), (408, True), (500, True), (502, True), (503, True), (504, True)],
)
def test_only_a_write_that_was_turned_away_unread_is_certain_to_have_had_no_effect(
    upstream: ScriptedUpstream, request_, status, unknown
):
    upstream.answers(Answer({}, status, {"Location": "/elsewhere"}))
    assert may_have_taken_effect(request_) is unknown


@pytest.mark.parametrize("first", [DROPPED, Answer(status=502), Answer(status=503), Answer(status=504)])
@pytest.mark.parametrize("second", [Answer(status=401), Answer(status=429)])
def test_a_repeat_that_is_turned_away_does_not_hide_that_the_first_try_may_have_taken_effect(
    upstream: ScriptedUpstream, first, second
):
    upstream.answers(first, second)
    assert may_have_taken_effect(put_appointment) is True


def test_a_repeat_to_which_no_connection_is_made_does_not_hide_that_the_first_try_may_have_taken_effect(
    upstream: ScriptedUpstream, settings: Settings
):
    """The upstream stops listening once it has read the first try."""
    call(GET_RISK_FLAGS)  # so that there is a token
    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings.DELIUS_INTEGRATION_URL = f"http://127.0.0.1:{listening.getsockname()[1]}"

        def read_one_and_stop() -> None:
            connection, _ = listening.accept()
            listening.close()
            with connection:
                connection.recv(65536)

        server = threading.Thread(target=read_one_and_stop)
        server.start()
        assert may_have_taken_effect(put_appointment) is True
        server.join()


def test_a_repeat_after_tries_that_were_turned_away_has_had_no_effect(upstream: ScriptedUpstream):
    soon = Answer(status=429, headers={"Retry-After": "0"})
    upstream.answers(soon, soon, Answer(status=429))
    assert may_have_taken_effect(put_appointment) is False


@pytest.mark.parametrize("request_", [read, *WRITES])
def test_no_redirect_is_followed(upstream: ScriptedUpstream, request_):
    upstream.answers(Answer({}, 307, {"Location": f"{upstream.url}/elsewhere"}))
    failure_of(request_)
    assert [request.path for request in upstream.received if request.path == "/elsewhere"] == []


@pytest.mark.parametrize("request_", [read, *WRITES])
@pytest.mark.parametrize("body", [b"", b"<html></html>", b'{"riskFlags": ['])
def test_a_yes_without_json_is_a_breach_of_contract(upstream: ScriptedUpstream, request_, body):
    upstream.answers(Answer(body))
    assert isinstance(failure_of(request_), DeliusContractError)


def test_what_is_withdrawn_is_answered_with_nothing(upstream: ScriptedUpstream):
    upstream.answers(Answer(b"", 204))
    assert withdraw_nsi() is None


def test_a_breach_of_contract_names_the_operation_and_the_field_and_no_value(upstream: ScriptedUpstream):
    upstream.answers(Answer({"riskFlags": [{"id": 1, "type": {"code": "A"}}, {"id": f"not {BRIAN}"}]}))
    breach = failure_of(lambda: get_client().risk_flags(BRIAN, username=ROBIN))
    assert isinstance(breach, DeliusContractError)
    assert breach.operation == "getRiskFlags"
    assert "type" in breach.fields
    assert BRIAN not in "".join(traceback.format_exception(breach))


@pytest.mark.parametrize("request_", WRITES)
def test_a_write_that_is_not_answered_in_time_may_have_taken_effect_and_is_not_repeated(
    upstream: ScriptedUpstream, slow: Slow, request_
):
    assert may_have_taken_effect(request_) is True
    assert len(upstream.received) == 1


def test_a_read_that_is_slow_is_given_up_and_not_repeated(upstream: ScriptedUpstream, slow: Slow):
    assert may_have_taken_effect(read) is False
    assert len(upstream.received) == 1


@pytest.mark.parametrize("request_", WRITES)
def test_a_write_to_which_no_connection_is_made_has_had_no_effect(
    upstream: ScriptedUpstream, settings: Settings, request_
):
    settings.DELIUS_INTEGRATION_URL = nobody()
    assert may_have_taken_effect(request_) is False


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
        settings.DELIUS_INTEGRATION_URL = f"http://127.0.0.1:{crowded.getsockname()[1]}"
        assert may_have_taken_effect(put_nsi) is False


def test_a_write_to_a_host_that_does_not_exist_has_had_no_effect(upstream: ScriptedUpstream, settings: Settings):
    settings.DELIUS_INTEGRATION_URL = "http://delius-integration.invalid"
    assert may_have_taken_effect(put_nsi) is False


@pytest.mark.parametrize("request_", [read, *WRITES])
@pytest.mark.parametrize("first", [DROPPED, Answer(status=502), Answer(status=503), Answer(status=504)])
def test_a_request_that_fails_once_is_repeated_as_it_was(upstream: ScriptedUpstream, request_, first):
    upstream.answers(first, NO_FLAGS)
    assert request_() == NO_FLAGS.body
    one, another = upstream.received
    assert (one.method, one.path, one.body) == (another.method, another.path, another.body)


@pytest.mark.parametrize("request_", [read, *WRITES])
@pytest.mark.parametrize("status", [400, 404, 409, 500])
def test_a_request_that_is_answered_is_not_repeated(upstream: ScriptedUpstream, request_, status):
    upstream.answers(Answer({"reason": "IN_USE"}, status))
    failure_of(request_)
    assert len(upstream.received) == 1


@pytest.mark.parametrize("request_", [read, *WRITES])
def test_a_request_is_sent_three_times_at_most(upstream: ScriptedUpstream, request_):
    upstream.answers(Answer(status=503))
    assert isinstance(failure_of(request_), Unavailable)
    assert len(upstream.received) == 3


@pytest.mark.parametrize("request_", [read, *WRITES])
def test_a_request_whose_connection_breaks_is_sent_twice_at_most(upstream: ScriptedUpstream, request_):
    upstream.answers(DROPPED)
    assert may_have_taken_effect(request_) is (request_ is not read)
    assert len(upstream.received) == 2


@pytest.mark.parametrize("request_", [read, put_appointment])
@pytest.mark.parametrize("status", [429, 503])
def test_a_request_to_be_tried_again_soon_is_repeated_then(upstream: ScriptedUpstream, request_, status):
    upstream.answers(Answer(status=status, headers={"Retry-After": "1"}), NO_FLAGS)
    began = time.monotonic()
    assert request_() == NO_FLAGS.body
    assert time.monotonic() - began >= 1


@pytest.mark.parametrize("request_", [read, put_appointment])
@pytest.mark.parametrize("status", [429, 503])
def test_a_request_to_be_tried_again_later_is_not_repeated_now(upstream: ScriptedUpstream, request_, status):
    later = MAX_RETRY_AFTER_SECONDS + 1
    upstream.answers(Answer(status=status, headers={"Retry-After": str(later)}))
    fault = failure_of(request_)
    assert isinstance(fault, Overloaded)
    assert fault.retry_after == later
    assert len(upstream.received) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), ("Wed, 10 Jun 2026 09:01:30 GMT", 60), ("Wed, 10 Jun 2026 08:00:00 GMT", 0), ("soon", None)],
)
def test_when_to_try_again_may_be_seconds_or_a_time(upstream: ScriptedUpstream, header, seconds):
    upstream.answers(Answer(status=503, headers={"Retry-After": header}))
    with time_machine.travel(NOW, tick=False), closing(Transport(conf.connection())) as transport:
        response = transport.send(PUT_APPOINTMENT, {"crn": BRIAN, "reference": REFERENCE}, username=ROBIN)
        fault = failure_of(lambda: json_of(PUT_APPOINTMENT, response))
    assert isinstance(fault, Overloaded)
    assert fault.retry_after == seconds
    assert fault.may_have_taken_effect


def test_whoever_turns_a_read_away_need_not_say_for_how_long(upstream: ScriptedUpstream):
    upstream.answers(Answer(status=429))
    fault = failure_of(read)
    assert isinstance(fault, Overloaded)
    assert fault.retry_after is None


def correlation_ids(upstream: ScriptedUpstream) -> list[str]:
    return [each.headers["X-Correlation-Id"] for each in upstream.received]


def test_a_page_and_its_calls_share_a_correlation_id(upstream: ScriptedUpstream):
    with structlog.contextvars.bound_contextvars(request_id="page-1"):
        read()
    with structlog.contextvars.bound_contextvars(request_id="page-2", correlation_id="from-outside"):
        read()
    assert correlation_ids(upstream) == ["page-1", "from-outside"]


def test_a_call_without_a_page_has_a_correlation_id_of_its_own(upstream: ScriptedUpstream):
    read()
    read()
    first, second = correlation_ids(upstream)
    assert first
    assert second
    assert first != second


@pytest.mark.parametrize("unfit", ["", " led by a space", "two\nlines", "x" * 101, "caf\u00e9 \u2615"])
def test_an_id_that_a_header_cannot_carry_is_replaced(upstream: ScriptedUpstream, unfit: str):
    with structlog.contextvars.bound_contextvars(request_id=unfit):
        read()
    [sent] = correlation_ids(upstream)
    assert sent not in ("", unfit)


def test_every_call_is_logged_with_what_is_needed_to_follow_it_up(upstream: ScriptedUpstream):
    with structlog.contextvars.bound_contextvars(request_id="page-1"), capture_logs() as lines:
        read()
    (line,) = (line for line in lines if line.get("operation") == "getRiskFlags")
    assert (line["event"], line["status"], line["correlation_id"]) == ("delius_call", 200, "page-1")
    assert line["milliseconds"] >= 0


def test_nothing_in_the_log_says_who_it_was_about(upstream: ScriptedUpstream, caplog: pytest.LogCaptureFixture):
    upstream.answers(DROPPED, DROPPED, DROPPED, DROPPED, Answer({}, 404), Answer(b"odd"))
    with capture_logs() as lines:
        for request in (read, put_nsi, read, put_nsi):
            failure_of(request)
    written = json.dumps(lines, default=str) + caplog.text
    assert "delius_call" in written
    assert [secret for secret in SECRETS if secret in written] == []


@pytest.mark.parametrize("answer", [DROPPED, Answer(b"<html></html>"), Answer(status=500)])
def test_no_traceback_says_who_it_was_about(upstream: ScriptedUpstream, answer):
    upstream.answers(answer)
    text = "".join(traceback.format_exception(failure_of(read)))
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize(
    ("crn", "on_the_wire"),
    [("A/../B", "A%2F..%2FB"), ("A?x=1", "A%3Fx%3D1"), ("A B#c", "A%20B%23c"), ("A%2F", "A%252F")],
)
def test_nothing_typed_can_change_the_path_of_a_call(upstream: ScriptedUpstream, crn, on_the_wire):
    read(crn)
    assert [request.path for request in upstream.received] == [f"/delius/cases/{on_the_wire}/risk-flags"]


@pytest.mark.parametrize("crn", ["", ".", ".."])
def test_what_no_path_can_hold_is_not_asked_for(upstream: ScriptedUpstream, crn):
    assert isinstance(failure_of(lambda: read(crn)), NotFound)
    assert upstream.received == []


def test_a_call_can_carry_a_header_of_its_own_beside_ours(upstream: ScriptedUpstream):
    call(PUT_APPOINTMENT, body={}, headers={"Idempotency-Key": "once"})
    [sent] = upstream.received
    assert sent.headers["Idempotency-Key"] == "once"
    assert sent.headers["X-Correlation-Id"]
    assert (sent.headers["Accept"], sent.headers["Content-Type"]) == ("application/json", "application/json")


def test_cookies_are_not_kept(upstream: ScriptedUpstream):
    upstream.answers(Answer({"riskFlags": []}, headers={"Set-Cookie": "session=somebody; Path=/"}))
    get_client().risk_flags(BRIAN, username=ROBIN)
    get_client().risk_flags(BRIAN, username=ROBIN)
    assert [request.headers.get("Cookie") for request in upstream.received] == [None, None]


def test_a_netrc_file_cannot_replace_the_token(
    upstream: ScriptedUpstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    read()
    assert upstream.received[0].headers["Authorization"] == "Bearer scripted"


def test_the_proxies_and_certificates_that_the_environment_names_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "auth.example")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/ssl/our-own.pem")
    connection = replace(conf.connection(), auth_url="https://auth.example", integration_url="https://delius.example")
    session = new_session(connection)
    assert session.proxies == {"https://delius.example": "http://proxy.example:3128"}
    assert session.verify == "/etc/ssl/our-own.pem"
    assert select_proxy("https://delius.example/cases/X000001", session.proxies) == "http://proxy.example:3128"
