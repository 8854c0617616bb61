"""Encryption at rest of secrets in the database: JWE with AES-256-GCM, keys derived from SECRET_KEY."""

import hashlib

from django.conf import settings
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

HEADER = {"alg": "dir", "enc": "A256GCM"}


class DecryptionFailed(Exception):
    """The ciphertext was made with an unknown key, or was changed."""


def encrypt(secret: str) -> str:
    """Return a secret encrypted with the key derived from SECRET_KEY."""
    return jwe.encrypt_compact(HEADER, secret, _key(settings.SECRET_KEY))


def decrypt(ciphertext: str) -> str:
    """Return the secret, trying SECRET_KEY and then SECRET_KEY_FALLBACKS. Raises DecryptionFailed."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return (jwe.decrypt_compact(ciphertext, _key(key)).plaintext or b"").decode()
        except (JoseError, ValueError):
            continue
    raise DecryptionFailed


def _key(secret_key: str) -> OctKey:
    return OctKey.import_key(hashlib.sha256(f"rarbooking.identity.encryption:{secret_key}".encode()).digest())
