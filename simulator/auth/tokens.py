"""Issuing and verification of access tokens."""

import sqlite3
import uuid
from dataclasses import dataclass
from typing import Any

from flask import request

from simulator.database.store import row_or_none
from simulator.http.errors import Problem
from simulator.state import current

CLIENT_ROLE = "ROLE_PROBATION_API__RAR_APPOINTMENTS__CASE_DETAIL"
SCOPE = ("read", "write")


@dataclass(frozen=True)
class Actor:
    """The caller of a request: a client, and the user that it acts for, if any."""

    client_id: str
    username: str | None
    authorities: frozenset[str]

    @property
    def name(self) -> str:
        """Return the author name of changes."""
        return self.username or self.client_id


def client_token(
    connection: sqlite3.Connection, *, client_id: str, username: str | None, issuer: str
) -> dict[str, Any]:
    """Return the token response for client credentials, acting for a user if one is named."""
    claims: dict[str, Any] = {"sub": username or client_id, "auth_source": "none"}
    if username:
        account = row_or_none(connection, "SELECT * FROM account WHERE username = ?", username)
        claims |= {"user_name": username, "auth_source": account["auth_source"] if account else "none"}
    return _token_response({**claims, "authorities": [CLIENT_ROLE]}, client_id=client_id, issuer=issuer)


def user_token(account: sqlite3.Row, *, client_id: str, issuer: str) -> dict[str, Any]:
    """Return the token response for a signed-in user."""
    claims = {
        "sub": account["username"],
        "user_name": account["username"],
        "name": account["name"],
        "auth_source": account["auth_source"],
        "user_id": str(account["user_id"]),
        "authorities": account["roles"].split(","),
    }
    answer = _token_response(claims, client_id=client_id, issuer=issuer)
    return {**answer, **{name: claims[name] for name in ("user_name", "name", "auth_source", "user_id")}}


def _token_response(claims: dict[str, Any], *, client_id: str, issuer: str) -> dict[str, Any]:
    state = current()
    issued = int(state.clock.now().timestamp())
    seconds = state.switches.token_seconds
    token_id = str(uuid.uuid4())
    token = state.key.sign(
        {
            **claims,
            "client_id": client_id,
            "iss": issuer,
            "iat": issued,
            "exp": issued + seconds,
            "jti": token_id,
            "scope": list(SCOPE),
        }
    )
    return {
        "access_token": token,
        "token_type": "bearer",
        "expires_in": seconds,
        "scope": " ".join(SCOPE),
        "sub": claims["sub"],
        "auth_source": claims["auth_source"],
        "jti": token_id,
        "iss": issuer,
    }


def bearer_claims() -> dict[str, Any] | None:
    """Return the claims of the request's bearer token, also if expired; None without one signed by the simulator."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return current().key.claims(token.strip()) if scheme.lower() == "bearer" else None


def expire_bearer_token() -> None:
    """Revoke the request's token."""
    claims = bearer_claims()
    if claims:
        current().expired_tokens.add(claims["jti"])


def authenticate() -> Actor:
    """Return the caller of the request. Raises a 401 Problem for an absent, invalid or expired token."""
    claims = bearer_claims()
    if claims is None:
        raise Problem(401, "Full authentication is required to access this resource")
    state = current()
    if claims["exp"] <= state.clock.now().timestamp() or claims["jti"] in state.expired_tokens:
        raise Problem(401, "Access token has expired")
    return Actor(claims["client_id"], claims.get("user_name"), frozenset(claims["authorities"]))
