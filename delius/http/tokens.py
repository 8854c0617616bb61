"""Access tokens from HMPPS Auth: OAuth2 client credentials, for ourselves or on behalf of a user."""

import hashlib
import threading
from concurrent.futures import Future
from typing import Any

import requests
from django.core.cache import cache

from delius.conf import Connection
from delius.errors import Unavailable
from delius.http import bulkhead, circuit_breaker
from delius.http.attempts import Attempt
from delius.upstream import Service

OPERATION = "token"
# Tokens are not used this close to their expiry, so that no request outlives its token.
EXPIRY_MARGIN_SECONDS = 30


class Tokens:
    """Token cache until shortly before expiry: one for the client and one for each user acted for."""

    def __init__(self, session: requests.Session, connection: Connection) -> None:
        self._session = session
        self._connection = connection
        self._lock = threading.Lock()
        self._in_flight: dict[str, Future[str]] = {}

    def get(self, username: str | None = None) -> str:
        """Return a token, acting for a user where one is named.

        Raises Unavailable where HMPPS Auth gives none; CircuitOpen where it is not asked.
        """
        return cache.get(self._key(username)) or self._fetch_once(username)

    def has(self, username: str | None = None) -> bool:
        """Return whether a token is cached."""
        return bool(cache.get(self._key(username)))

    def get_new(self) -> str:
        """Fetch a new client token, bypassing the cache. Raises what `get` raises."""
        return self._fetch(self._key(None), None)

    def renew(self, stale: str, username: str | None = None) -> str:
        """Return a token other than `stale`, which was rejected. Raises what `get` raises."""
        return self._fetch_once(username, stale=stale)

    def _fetch_once(self, username: str | None, *, stale: str | None = None) -> str:
        """Fetch a token once for concurrent threads (single flight), which share the result."""
        key = self._key(username)
        with self._lock:
            shared = self._in_flight.get(key)
            mine: Future[str] = Future()
            if shared is None:
                self._in_flight[key] = mine
        if shared is not None:
            return shared.result()
        try:
            known: str | None = cache.get(key)
            mine.set_result(known if known and known != stale else self._fetch(key, username))
        except BaseException as error:
            mine.set_exception(error)
        finally:
            with self._lock:
                del self._in_flight[key]
        return mine.result()

    def _fetch(self, key: str, username: str | None) -> str:
        form = {"grant_type": "client_credentials"}
        if username:
            form["username"] = username
        with bulkhead.enter(OPERATION), circuit_breaker.request(Service.HMPPS_AUTH, OPERATION) as result:
            attempt = Attempt(OPERATION)
            try:
                response = self._session.post(
                    f"{self._connection.auth_url}/oauth/token",
                    data=form,
                    auth=(self._connection.client_id, self._connection.client_secret),
                    headers=attempt.headers,
                    timeout=(self._connection.connect_timeout, self._connection.read_timeout),
                    allow_redirects=False,
                )
                answer: Any = response.json() if response.ok else None
            except requests.RequestException as error:
                result.no_answer()
                attempt.failed(error)
                raise Unavailable(OPERATION) from None
            result.answered(response)
            bulkhead.answered()
            attempt.answered(response.status_code)
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            raise Unavailable(OPERATION)
        seconds = _lifetime(answer)
        if seconds > 0:
            cache.set(key, token, seconds)
        return token

    def _key(self, username: str | None) -> str:
        identity = "\n".join((self._connection.auth_url, self._connection.client_id, username or ""))
        return f"delius-token:{hashlib.sha256(identity.encode()).hexdigest()}"


def _lifetime(answer: dict[str, Any]) -> float:
    """Return the cache time of a token in seconds; half its lifetime for a short-lived one."""
    expires_in = answer.get("expires_in")
    if not isinstance(expires_in, int | float):
        return 0
    return max(expires_in - EXPIRY_MARGIN_SECONDS, expires_in / 2)
