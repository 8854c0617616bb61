"""HTTP transport to the integration service: token, correlation id, logging, mapping of errors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests
import structlog
from pydantic import ValidationError

from delius.conf import Connection
from delius.errors import (
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
from delius.http import bulkhead, circuit_breaker
from delius.http.attempts import Attempt
from delius.http.session import BearerToken, SafeRetry, earlier_attempt_may_have_arrived, may_have_arrived, new_session
from delius.http.tokens import Tokens
from delius.records import CodeDescription, LondonTime, Record
from delius.upstream import Service

MAX_MESSAGE_LENGTH = 500
REQUEST_TIMEOUT = 408
# Rejected before processing: invalid token, missing role, rate limit.
UNPROCESSED_STATUSES = (requests.codes.unauthorized, requests.codes.forbidden, requests.codes.too_many_requests)
CASES = "/cases/"

Query = Mapping[str, str | int | list[str]]
Parameters = Mapping[str, str | int]

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Operation:
    """An operation of the contract: operationId, HTTP method and path template."""

    name: str
    method: str
    path: str

    @property
    def is_write(self) -> bool:
        """Whether it changes something in Delius."""
        return self.method != "GET"

    @property
    def is_of_a_case(self) -> bool:
        """Whether limited access applies to it."""
        return self.path.startswith(CASES)

    def path_for(self, **parameters: str | int) -> str:
        """Return the path with each parameter percent-encoded as one segment.

        Raises NotFound for a parameter that cannot be a segment (empty, `.`, `..`): no id in Delius is one.
        """
        segments = {name: quote(str(value), safe="") for name, value in parameters.items()}
        if {"", ".", ".."} & set(segments.values()):
            raise NotFound(self.name)
        return self.path.format(**segments)


class Transport:
    """Sends operations. Safe to use from several threads."""

    def __init__(self, connection: Connection) -> None:
        self._base = connection.integration_url
        self._timeouts = (connection.connect_timeout, connection.read_timeout)
        self._session = new_session(connection)
        self._tokens = Tokens(self._session, connection)

    def close(self) -> None:
        """Close the pooled connections."""
        self._session.close()

    def has_token(self, username: str | None = None) -> bool:
        """Return whether a token is cached, for a user where one is named."""
        return self._tokens.has(username)

    def renew_token(self) -> None:
        """Fetch a new client token from HMPPS Auth. Raises Unavailable."""
        self._tokens.get_new()

    def send(
        self,
        operation: Operation,
        parameters: Parameters,
        *,
        query: Query | None = None,
        body: Any = None,
        username: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send an operation and return the answer of any status; a 401 is retried once with a new token.

        `parameters` are those of the path, `body` is sent as JSON, `headers` are sent besides our own. `username` is
        the user to act for: limited access is decided for them, and Delius records them as who wrote it. Raises
        Unavailable where there is no answer, CircuitOpen where nothing is sent, and NotFound for a parameter that
        cannot be one.
        """
        url = self._base + operation.path_for(**parameters)

        def exchange(get_token: Callable[[], str]) -> tuple[requests.Response, str]:
            return self._exchange(operation, url, query, body, headers, get_token)

        with bulkhead.enter(operation.name):
            response, token = exchange(lambda: self._tokens.get(username))
            is_unauthorized = response.status_code == requests.codes.unauthorized
            if is_unauthorized and not earlier_attempt_may_have_arrived(response):
                response, _ = exchange(lambda: self._tokens.renew(token, username))
        return response

    def _exchange(
        self,
        operation: Operation,
        url: str,
        query: Query | None,
        body: Any,
        headers: Mapping[str, str] | None,
        get_token: Callable[[], str],
    ) -> tuple[requests.Response, str]:
        """Return an answer and the token used, which is obtained only after the circuit breaker admits the request."""
        with circuit_breaker.request(Service.DELIUS, operation.name) as result:
            token = get_token()
            attempt = Attempt(operation.name)
            try:
                response = self._session.request(
                    operation.method,
                    url,
                    params=query,
                    json=body,
                    auth=BearerToken(token),
                    headers={**(headers or {}), **attempt.headers},
                    timeout=self._timeouts,
                    allow_redirects=False,
                )
            except requests.RequestException as error:
                result.no_answer()
                attempt.failed(error)
                unknown = operation.is_write and may_have_arrived(error)
                # `from None`: the error's text has the URL, and so the CRN, which must not be logged with a traceback.
                raise Unavailable(operation.name, may_have_taken_effect=unknown) from None
            result.answered(response)
            bulkhead.answered()
            attempt.answered(response.status_code)
            return response, token


def json_of(operation: Operation, response: requests.Response) -> Any:
    """Return the JSON of a 2xx, None for 204. Raises the exception of any other status.

    Refused (400 and other client errors), LimitedAccess (403 of a case), NotFound (404), Conflict (409), Overloaded
    (429, 503), Unavailable (401 although the token was renewed, 403 without the role, 408, other 5xx, redirects).
    DeliusContractError for a 2xx without JSON and a conflict without a known reason.
    """
    if not 200 <= response.status_code < 300:
        raise error_of(operation, response)
    if response.status_code == requests.codes.no_content:
        return None
    try:
        return response.json()
    except requests.JSONDecodeError:
        raise contract_error(operation) from None


def contract_error(operation: Operation, *fields: str) -> DeliusContractError:
    """Return, and log, the error for an answer that violates the contract."""
    logger.error("delius_contract_error", operation=operation.name, fields=fields)
    return DeliusContractError(operation.name, *fields)


def error_of(operation: Operation, response: requests.Response) -> DeliusError:
    """Return the exception for an answer other than a 2xx. The body is parsed leniently: any part may be missing."""
    status = response.status_code
    if status == requests.codes.not_found:
        return NotFound(operation.name)
    if status == requests.codes.conflict:
        return _conflict(operation, _body(response))
    if status == requests.codes.forbidden and operation.is_of_a_case:
        return LimitedAccess(_message(_body(response)))
    if 400 <= status < 500 and status not in (*UNPROCESSED_STATUSES, REQUEST_TIMEOUT):
        body = _body(response)
        return Refused(_message(body) or NOT_ACCEPTED, _fields(body))
    unknown = operation.is_write and (status not in UNPROCESSED_STATUSES or earlier_attempt_may_have_arrived(response))
    if status in (requests.codes.too_many_requests, requests.codes.service_unavailable):
        return Overloaded(
            operation.name, may_have_taken_effect=unknown, retry_after=SafeRetry().get_retry_after(response.raw)
        )
    return Unavailable(operation.name, may_have_taken_effect=unknown)


class _Overlap(Record):
    start: LondonTime
    end: LondonTime
    type: CodeDescription


def _conflict(operation: Operation, body: dict[str, Any]) -> Conflict | DeliusContractError:
    reason = body.get("reason")
    if reason not in list(ConflictReason):
        return contract_error(operation, "reason")
    return Conflict(ConflictReason(reason), [each for item in _list(body, "overlaps") for each in _overlaps(item)])


def _overlaps(item: Any) -> list[Overlap]:
    """Parse an item of `overlaps` into a list of one, empty where it is malformed: it is only displayed."""
    try:
        read = _Overlap.model_validate(item)
    except ValidationError:
        return []
    return [Overlap(read.start, read.end, read.type.code, read.type.description)]


def _fields(body: dict[str, Any]) -> list[RefusedField]:
    """Return the field errors; entries without a field name are left out."""
    named = [each for each in _list(body, "fields") if isinstance(each, dict) and _text(each, "field")]
    return [RefusedField(_text(each, "field"), _text(each, "type"), _text(each, "message")) for each in named]


def _body(response: requests.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except requests.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _message(body: dict[str, Any]) -> str:
    return _text(body, "message")


def _text(found: dict[str, Any], name: str) -> str:
    text = found.get(name)
    return text.strip()[:MAX_MESSAGE_LENGTH] if isinstance(text, str) else ""


def _list(body: dict[str, Any], name: str) -> list[Any]:
    items = body.get(name)
    return items if isinstance(items, list) else []
