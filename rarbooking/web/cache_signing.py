"""What is kept in Redis: signed, so that nothing is unpickled that this service did not write itself."""

import hmac
from typing import Any

from django.conf import settings
from django.core.cache.backends.redis import RedisSerializer

DIGEST = "sha256"
DIGEST_BYTES = 32
_PURPOSE = b"rarbooking.web.cache_signing"


class TamperedEntry(Exception):
    """An entry of the cache that this service did not write."""


class SignedSerializer:
    """What Django's Redis cache asks for: its own serializer, with an HMAC before every entry that is pickled."""

    def __init__(self) -> None:
        self._pickles = RedisSerializer()

    def dumps(self, value: Any) -> int | bytes:
        """Return what is kept for a value. Whole numbers are kept as they are, so that Redis can count them."""
        if type(value) is int:
            return value
        entry = self._pickles.dumps(value)
        return _digest(settings.SECRET_KEY, entry) + entry

    def loads(self, kept: bytes) -> Any:
        """Return the value of what was kept. Raises TamperedEntry, before anything of it is read."""
        if kept.lstrip(b"-").isdigit():
            return int(kept)
        digest, entry = kept[:DIGEST_BYTES], kept[DIGEST_BYTES:]
        if not hmac.compare_digest(digest, _digest(settings.SECRET_KEY, entry)):
            raise TamperedEntry
        return self._pickles.loads(entry)


def key_prefix(secret_key: str) -> str:
    """Return what keys begin with, so that entries signed with another key are never met."""
    return _digest(secret_key, b"prefix").hex()[:8]


def _digest(secret_key: str, entry: bytes) -> bytes:
    derived = hmac.digest(secret_key.encode(), _PURPOSE, DIGEST)
    return hmac.digest(derived, entry, DIGEST)
