"""Access tokens from HMPPS Auth: OAuth2 client credentials, for ourselves or on behalf of a user."""

import hashlib
import threading
import time
from typing import Any

import requests
import structlog
from django.core.cache import cache

from delius.conf import Connection
from delius.errors import Unavailable

OPERATION = "token"
# Not used for so long before they expire that a request under way cannot outlive its token.
MARGIN_SECONDS = 30
LOCKS = 16

logger = structlog.get_logger(__name__)


class Tokens:
    """Tokens, kept in Django's cache until shortly before they expire: one for us and one per user acted for."""

    def __init__(self, session: requests.Session, connection: Connection) -> None:
        self._session = session
        self._connection = connection
        # Threads that need the same token wait for one of them to get it; the locks are few, whatever the users.
        self._locks = tuple(threading.Lock() for _ in range(LOCKS))

    def get(self, username: str | None = None) -> str:
        """Return a token, acting for a user where one is named.

        Raises Unavailable, without effect, where HMPPS Auth gives none.
        """
        key = self._key(username)
        token: str | None = cache.get(key)
        if token is not None:
            return token
        with self._lock(key):
            return cache.get(key) or self._fetch(key, username)

    def renew(self, stale: str, username: str | None = None) -> str:
        """Return a token other than one that was turned down, asking for it unless another thread did meanwhile."""
        key = self._key(username)
        with self._lock(key):
            token: str | None = cache.get(key)
            return token if token and token != stale else self._fetch(key, username)

    def _fetch(self, key: str, username: str | None) -> str:
        form = {"grant_type": "client_credentials"}
        if username:
            form["username"] = username
        began = time.perf_counter()
        try:
            response = self._session.post(
                f"{self._connection.auth_url}/oauth/token",
                data=form,
                auth=(self._connection.client_id, self._connection.client_secret),
                timeout=(self._connection.connect_timeout, self._connection.read_timeout),
                allow_redirects=False,
            )
            answer: Any = response.json() if response.ok else None
        except requests.RequestException as error:
            _log(began, fault=type(error).__name__)
            raise Unavailable(OPERATION) from None
        _log(began, status=response.status_code)
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            raise Unavailable(OPERATION)
        seconds = _lifetime(answer)
        if seconds > 0:
            cache.set(key, token, seconds)
        return token

    def _lock(self, key: str) -> threading.Lock:
        return self._locks[hash(key) % LOCKS]

    def _key(self, username: str | None) -> str:
        identity = "\n".join((self._connection.auth_url, self._connection.client_id, username or ""))
        return f"delius-token:{hashlib.sha256(identity.encode()).hexdigest()}"


def _lifetime(answer: dict[str, Any]) -> float:
    """Return for how many seconds a token may be kept; a short-lived one for half its life."""
    expires_in = answer.get("expires_in")
    if not isinstance(expires_in, int | float):
        return 0
    return max(expires_in - MARGIN_SECONDS, expires_in / 2)


def _log(began: float, **fields: Any) -> None:
    milliseconds = round((time.perf_counter() - began) * 1000)
    logger.info("delius_call", operation=OPERATION, milliseconds=milliseconds, **fields)
