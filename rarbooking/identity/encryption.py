"""Keeping a secret in the database so that whoever has only the database cannot read it."""

import hashlib

from django.conf import settings
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

HEADER = {"alg": "dir", "enc": "A256GCM"}


class CannotUnseal(Exception):
    """What is kept was sealed with a key that we no longer have, or changed since."""


def seal(secret: str) -> str:
    """Return a secret encrypted with a key that follows from SECRET_KEY."""
    return jwe.encrypt_compact(HEADER, secret, _key(settings.SECRET_KEY))


def unseal(sealed: str) -> str:
    """Return the secret, also one that was sealed with one of SECRET_KEY_FALLBACKS. Raises CannotUnseal."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return (jwe.decrypt_compact(sealed, _key(key)).plaintext or b"").decode()
        except (JoseError, ValueError):
            continue
    raise CannotUnseal


def _key(secret_key: str) -> OctKey:
    return OctKey.import_key(hashlib.sha256(f"rarbooking.identity.encryption:{secret_key}".encode()).digest())
