"""The HTTP session: pooled connections, and repeats of requests that got no usable answer."""

from http.cookiejar import DefaultCookiePolicy
from typing import Any, Self

import requests
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import ConnectTimeoutError, InvalidHeader, MaxRetryError, ReadTimeoutError
from urllib3.util import Retry
from urllib3.util.retry import RequestHistory

from delius.conf import Connection

MAX_REPEATS = 2
BACKOFF_SECONDS = 0.1
MAX_RETRY_AFTER_SECONDS = 2
REPEATED_STATUSES = (502, 503, 504)


class RetriesExhausted(MaxRetryError):
    """The last of some tries failed too. `tries` are all of them, the first one first."""

    tries: tuple[RequestHistory, ...] = ()


class SafeRetry(Retry):
    """Repeats a request whose connection broke, or that was answered 502, 503 or 504.

    Every request that we send is safe to repeat: reads and tokens by their nature, writes by the contract, because they
    carry a reference. A request that timed out is not repeated: whoever is slow would be made slower, and somebody is
    waiting for a page. Nor is one that is to be tried again after longer than MAX_RETRY_AFTER_SECONDS (Retry-After):
    the caller learns of it instead.
    """

    def increment(self, *args: Any, **details: Any) -> Self:
        """Return what is left of the repeats after an answer or an error. Raises RetriesExhausted where nothing is."""
        response, error = details.get("response"), details.get("error")
        asked = self.get_retry_after(response) if response else None
        left = self.new(status=0) if asked and asked > MAX_RETRY_AFTER_SECONDS else self
        try:
            return Retry.increment(left, *args, **details)
        except MaxRetryError as last:
            exhausted = RetriesExhausted(last.pool, last.url, last.reason)
            status = response.status if response else None
            exhausted.tries = (*self.history, RequestHistory(None, None, error, status, None))
            raise exhausted from last.reason

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Return in how many seconds an answer asks to be tried again (Retry-After), None where it does not say."""
        try:
            return super().get_retry_after(response)
        except InvalidHeader:
            return None

    def _is_read_error(self, err: Exception) -> bool:
        return super()._is_read_error(err) and not isinstance(err, ReadTimeoutError)


def new_session(connection: Connection) -> requests.Session:
    """Return a session for HMPPS Auth and the integration service that several threads may use at once."""
    retry = SafeRetry(
        total=MAX_REPEATS,
        connect=1,
        read=1,
        status=MAX_REPEATS,
        other=0,
        redirect=0,
        allowed_methods=None,
        status_forcelist=REPEATED_STATUSES,
        raise_on_status=False,
        backoff_factor=BACKOFF_SECONDS,
        backoff_max=MAX_RETRY_AFTER_SECONDS,
    )
    # Several pages may be reading side by side in one process; a connection beyond the pool is closed after use.
    adapter = HTTPAdapter(max_retries=retry, pool_maxsize=connection.parallel_reads * 4)
    session = requests.Session()
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    session.headers["Accept"] = "application/json"
    # Cookies would be state shared between people.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


class BearerToken(requests.auth.AuthBase):
    """Sends an access token. As an `auth`, so that a .netrc file cannot replace it."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: Any) -> Any:
        """Add the header to a prepared request."""
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def may_have_arrived(error: requests.RequestException) -> bool:
    """Return whether any try of a request that got no answer may have been acted on: a connection was made for it."""
    cause = error.args[0] if error.args else None
    return any(map(_may_have_arrived, cause.tries)) if isinstance(cause, RetriesExhausted) else True


def an_earlier_try_may_have_arrived(response: requests.Response) -> bool:
    """Return whether any try before the one that was answered may have been acted on."""
    retries = response.raw.retries
    return retries is not None and any(map(_may_have_arrived, retries.history))


def _may_have_arrived(one: RequestHistory) -> bool:
    turned_away = one.status == requests.codes.too_many_requests
    return not turned_away and not isinstance(one.error, ConnectTimeoutError)
