"""One call to Community API or Delius API: token, correlation id, log line, and what each outcome means."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import quote

import requests
import structlog
from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from delius.attempts import Attempt
from delius.conf import Connection
from delius.errors import (
    NOT_ACCEPTED,
    Clash,
    DeliusContractError,
    Forbidden,
    NotFound,
    Overloaded,
    Refused,
    Unavailable,
)
from delius.session import BearerToken, new_session, was_never_sent
from delius.tokens import Tokens

LONGEST_REASON = 500
REQUEST_TIMEOUT = 408

Query = Mapping[str, str | int | list[str]]
Parameters = Mapping[str, str | int]

logger = structlog.get_logger(__name__)


class Service(Enum):
    """The two services in front of Delius."""

    COMMUNITY_API = "community-api"
    DELIUS_API = "delius-api"


@dataclass(frozen=True)
class Operation:
    """A call that upstream offers. `path` has its parameters in braces."""

    name: str
    service: Service
    method: str
    path: str

    @property
    def is_write(self) -> bool:
        """Whether it changes something in Delius."""
        return self.method != "GET"

    def path_for(self, **parameters: str | int) -> str:
        """Return the path for some parameters, each quoted so that it stays one segment.

        Raises NotFound for a parameter that no segment can hold: nothing in Delius has such an identity.
        """
        segments = {name: quote(str(value), safe="") for name, value in parameters.items()}
        if {"", ".", ".."} & set(segments.values()):
            raise NotFound(self.name)
        return self.path.format(**segments)


class Transport:
    """Sends operations. Safe to use from several threads."""

    def __init__(self, connection: Connection) -> None:
        self._bases = {
            Service.COMMUNITY_API: connection.community_api_url,
            Service.DELIUS_API: connection.delius_api_url,
        }
        self._timeouts = (connection.connect_timeout, connection.read_timeout)
        self._session = new_session(connection)
        self._tokens = Tokens(self._session, connection)

    def close(self) -> None:
        """Let go of the pooled connections."""
        self._session.close()

    def authorities(self, username: str) -> frozenset[str]:
        """Return what HMPPS Auth lets us do when we act for a user. Raises Unavailable."""
        return self._tokens.authorities(username)

    def send(
        self,
        operation: Operation,
        parameters: Parameters,
        *,
        query: Query | None = None,
        body: Any = None,
        username: str | None = None,
    ) -> requests.Response:
        """Send one operation and return the answer, whatever its status; on a 401, once more with a new token.

        `parameters` are those of the path. `username` is the user to act for: their providers then decide what may be
        written, and Delius's audit names them. Raises Unavailable where there is no answer, and NotFound for a
        parameter that cannot be one.
        """
        url = self._bases[operation.service] + operation.path_for(**parameters)
        token = self._tokens.get(username)
        response = self._exchange(operation, url, query, body, token)
        if response.status_code == requests.codes.unauthorized:
            token = self._tokens.renew(token, username)
            response = self._exchange(operation, url, query, body, token)
        return response

    def _exchange(
        self, operation: Operation, url: str, query: Query | None, body: Any, token: str
    ) -> requests.Response:
        attempt = Attempt(operation.name)
        try:
            response = self._session.request(
                operation.method,
                url,
                params=query,
                json=body,
                auth=BearerToken(token),
                headers=attempt.headers,
                timeout=self._timeouts,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            attempt.failed(error)
            unknown = operation.is_write and not was_never_sent(error)
            # The error's own text has the address, and so the CRN: it must not reach a log through a traceback.
            raise Unavailable(operation.name, may_have_taken_effect=unknown) from None
        attempt.answered(response.status_code)
        return response


def json_of(operation: Operation, response: requests.Response) -> Any:
    """Return the JSON of an answer that says yes. Raises what any other answer means.

    Refused (400 and other client errors), Forbidden (403), NotFound (404), Clash (409), Overloaded (429, 503),
    Unavailable (401 although the token was renewed, 408, other 5xx, redirects). A yes without JSON raises
    DeliusContractError after a read, and Unavailable after a write, which has happened.
    """
    if not 200 <= response.status_code < 300:
        raise error_of(operation, response)
    try:
        return response.json()
    except requests.JSONDecodeError:
        raise unusable(operation) from None


def unusable(operation: Operation, *fields: str) -> DeliusContractError | Unavailable:
    """Return the error for a yes that lacks fields we act on."""
    logger.error("delius_answer_unusable", operation=operation.name, fields=fields)
    if operation.is_write:
        return Unavailable(operation.name, may_have_taken_effect=True)
    return DeliusContractError(operation.name, *fields)


def error_of(operation: Operation, response: requests.Response) -> Refused | Clash | NotFound | Forbidden | Unavailable:
    """Return what an answer that does not say yes means."""
    status = response.status_code
    if status == requests.codes.forbidden:
        return Forbidden()
    if status == requests.codes.not_found:
        return NotFound(operation.name)
    if status == requests.codes.conflict:
        return Clash()
    if status == requests.codes.unauthorized:
        return Unavailable(operation.name, may_have_taken_effect=False)
    if status in (requests.codes.too_many_requests, requests.codes.service_unavailable):
        unread = status == requests.codes.too_many_requests
        return Overloaded(
            operation.name,
            may_have_taken_effect=operation.is_write and not unread,
            retry_after=_retry_after(response),
        )
    if 400 <= status < 500 and status != REQUEST_TIMEOUT:
        return Refused(_reason(response), status)
    return Unavailable(operation.name, may_have_taken_effect=operation.is_write)


def _reason(response: requests.Response) -> str:
    """Return upstream's words for people, or those for developers, which are all that Community API has."""
    try:
        answer = response.json()
    except requests.JSONDecodeError:
        return NOT_ACCEPTED
    texts = (answer.get(name) for name in ("userMessage", "developerMessage")) if isinstance(answer, dict) else ()
    return next((text[:LONGEST_REASON] for text in texts if isinstance(text, str) and text.strip()), NOT_ACCEPTED)


def _retry_after(response: requests.Response) -> float | None:
    """Return in how many seconds upstream asks to be tried again, whether it gives seconds or a time."""
    try:
        return Retry().parse_retry_after(response.headers.get("Retry-After", ""))
    except InvalidHeader:
        return None
