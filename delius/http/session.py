"""HTTP session: connection pool and retries."""

import os
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies, select_proxy
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import ConnectTimeoutError, InvalidHeader, MaxRetryError, ReadTimeoutError
from urllib3.util import Retry
from urllib3.util.retry import RequestHistory

from delius.conf import Connection

MAX_RETRIES = 2
BACKOFF_SECONDS = 0.1
MAX_RETRY_AFTER_SECONDS = 2
RETRIED_STATUSES = (502, 503, 504)


class RetriesExhausted(MaxRetryError):
    """All attempts failed. `attempts` has all of them, in order."""

    attempts: tuple[RequestHistory, ...] = ()


class SafeRetry(Retry):
    """Retries broken connections and answers of 502, 503 and 504.

    Every request is idempotent: reads and tokens by nature, writes by their reference. Time-outs are not retried, which
    would add load to a slow service while a page waits; nor is an answer with Retry-After over MAX_RETRY_AFTER_SECONDS,
    which is left to the caller.
    """

    def increment(self, *args: Any, **details: Any) -> Self:
        """Return the remaining retries after an answer or an error. Raises RetriesExhausted."""
        response, error = details.get("response"), details.get("error")
        asked = self.get_retry_after(response) if response else None
        left = self.new(status=0) if asked and asked > MAX_RETRY_AFTER_SECONDS else self
        try:
            return Retry.increment(left, *args, **details)
        except MaxRetryError as last:
            exhausted = RetriesExhausted(last.pool, last.url, last.reason)
            status = response.status if response else None
            exhausted.attempts = (*self.history, RequestHistory(None, None, error, status, None))
            raise exhausted from last.reason

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Return an answer's Retry-After in seconds, None without a valid one."""
        try:
            return super().get_retry_after(response)
        except InvalidHeader:
            return None

    def _is_read_error(self, err: Exception) -> bool:
        return super()._is_read_error(err) and not isinstance(err, ReadTimeoutError)


def new_session(connection: Connection) -> requests.Session:
    """Return a session for HMPPS Auth and the integration service that several threads may use at once."""
    retry = SafeRetry(
        total=MAX_RETRIES,
        connect=1,
        read=1,
        status=MAX_RETRIES,
        other=0,
        redirect=0,
        allowed_methods=None,
        status_forcelist=RETRIED_STATUSES,
        raise_on_status=False,
        backoff_factor=BACKOFF_SECONDS,
        backoff_max=MAX_RETRY_AFTER_SECONDS,
    )
    # For several pages with parallel reads in one process; connections beyond the pool are closed after use.
    adapter = HTTPAdapter(max_retries=retry, pool_maxsize=connection.parallel_reads * 4)
    session = requests.Session()
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    session.headers["Accept"] = "application/json"
    # Cookies would be state shared between people.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    _read_environment(session, connection.auth_url, connection.integration_url)
    return session


def _read_environment(session: requests.Session, *urls: str) -> None:
    """Set the proxies and the certificates that the environment names, which requests would look for at every call."""
    session.trust_env = False
    session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
    for url in urls:
        if proxy := select_proxy(url, get_environ_proxies(url)):
            parts = urlsplit(url)
            session.proxies[f"{parts.scheme}://{parts.hostname}"] = proxy


class BearerToken(requests.auth.AuthBase):
    """Sends an access token. As an `auth`, so that a .netrc file cannot replace it."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: Any) -> Any:
        """Add the header to a prepared request."""
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def may_have_arrived(error: requests.RequestException) -> bool:
    """Return whether any attempt of a failed request may have been processed: it was connected."""
    cause = error.args[0] if error.args else None
    return any(map(_may_have_arrived, cause.attempts)) if isinstance(cause, RetriesExhausted) else True


def earlier_attempt_may_have_arrived(response: requests.Response) -> bool:
    """Return whether any attempt before the answered one may have been processed."""
    retries = response.raw.retries
    return retries is not None and any(map(_may_have_arrived, retries.history))


def _may_have_arrived(one: RequestHistory) -> bool:
    unprocessed = one.status == requests.codes.too_many_requests
    return not unprocessed and not isinstance(one.error, ConnectTimeoutError)
