"""The HTTP session: pooled connections, and repeats of what is safe to repeat."""

from http.cookiejar import DefaultCookiePolicy
from typing import Any, Self

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, ReadTimeoutError
from urllib3.util import Retry

from delius.conf import Connection

REPEATS = 2
BACKOFF_SECONDS = 0.1
LONGEST_RETRY_AFTER_SECONDS = 2
REPEATED_STATUSES = (502, 503, 504)


class SafeRetry(Retry):
    """Repeats a read whose connection broke, or that was answered 502, 503 or 504; never a write that may have arrived.

    A connection that could not be made is tried again for writes too: nothing was sent. A read that timed out is not
    asked again: whoever is slow would be made slower, and somebody is waiting for a page. Nor is a read that is to be
    tried again after longer than LONGEST_RETRY_AFTER_SECONDS (Retry-After): whoever asked learns of it instead.
    """

    def increment(self, *args: Any, **details: Any) -> Self:
        """Return what is left of the repeats after an answer or an error. Raises MaxRetryError where nothing is."""
        response = details.get("response")
        asked = self.get_retry_after(response) if response is not None else None
        left = self.new(status=0) if asked and asked > LONGEST_RETRY_AFTER_SECONDS else self
        return Retry.increment(left, *args, **details)

    def _is_read_error(self, err: Exception) -> bool:
        return super()._is_read_error(err) and not isinstance(err, ReadTimeoutError)


def new_session(connection: Connection) -> requests.Session:
    """Return a session for HMPPS Auth, Community API and Delius API that several threads may use at once."""
    retry = SafeRetry(
        total=REPEATS,
        connect=1,
        read=1,
        status=REPEATS,
        other=0,
        redirect=0,
        allowed_methods=frozenset({"GET"}),
        status_forcelist=REPEATED_STATUSES,
        raise_on_status=False,
        backoff_factor=BACKOFF_SECONDS,
        backoff_max=LONGEST_RETRY_AFTER_SECONDS,
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


def was_never_sent(error: requests.RequestException) -> bool:
    """Return whether a request certainly did not reach the other side, because no connection to it was made."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", None)
    return isinstance(error, requests.ConnectionError) and isinstance(reason, ConnectTimeoutError)
