"""The RS256 signing key of access tokens."""

import json
from functools import lru_cache
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

ALGORITHM = "RS256"
KEY_BITS = 2048
TOKEN_CACHE_SIZE = 4096


def new_signing_key() -> str:
    """Return a new private key as JSON Web Key text."""
    key = RSAKey.generate_key(KEY_BITS, parameters={"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    return json.dumps(key.as_dict(private=True))


class SigningKey:
    """Signs and verifies tokens."""

    def __init__(self, jwk_text: str) -> None:
        self._key = RSAKey.import_key(json.loads(jwk_text))
        self.claims = lru_cache(TOKEN_CACHE_SIZE)(self._claims)

    def public_set(self) -> dict[str, Any]:
        """Return the public JSON Web Key Set."""
        return {"keys": [self._key.as_dict(private=False)]}

    def sign(self, claims: dict[str, Any]) -> str:
        """Return claims as a signed token."""
        return jwt.encode({"alg": ALGORITHM, "kid": self._key.kid, "typ": "JWT"}, claims, self._key)

    def _claims(self, token: str) -> dict[str, Any] | None:
        """Return the claims of a token signed by this key, also if expired; None for other text."""
        try:
            return dict(jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims)
        except (JoseError, ValueError):
            return None
