"""Signed cache entries in Redis: nothing is unpickled that this service did not write itself."""

import hmac
from typing import Any

from django.conf import settings
from django.core.cache.backends.redis import RedisSerializer

DIGEST = "sha256"
DIGEST_BYTES = 32
_PURPOSE = b"rarbooking.web.cache_signing"


class TamperedEntry(Exception):
    """The signature of a cache entry is wrong."""


class SignedSerializer:
    """Serializer for Django's Redis cache: an HMAC before every pickled entry."""

    def __init__(self) -> None:
        self._pickles = RedisSerializer()

    def dumps(self, value: Any) -> int | bytes:
        """Serialize and sign a value. Integers are stored as they are, so that Redis can increment them."""
        if type(value) is int:
            return value
        entry = self._pickles.dumps(value)
        return _digest(settings.SECRET_KEY, entry) + entry

    def loads(self, stored: bytes) -> Any:
        """Verify and deserialize a stored entry. Raises TamperedEntry before anything is unpickled."""
        if stored.lstrip(b"-").isdigit():
            return int(stored)
        digest, entry = stored[:DIGEST_BYTES], stored[DIGEST_BYTES:]
        if not hmac.compare_digest(digest, _digest(settings.SECRET_KEY, entry)):
            raise TamperedEntry
        return self._pickles.loads(entry)


def key_prefix(secret_key: str) -> str:
    """Return a cache key prefix derived from the secret, so that entries signed with another key are never read."""
    return _digest(secret_key, b"prefix").hex()[:8]


def _digest(secret_key: str, entry: bytes) -> bytes:
    derived = hmac.digest(secret_key.encode(), _PURPOSE, DIGEST)
    return hmac.digest(derived, entry, DIGEST)
