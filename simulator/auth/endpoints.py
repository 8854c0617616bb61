"""The part of HMPPS Auth in use: OAuth2 authorization code, refresh and client credentials grants, without id_token."""

import hashlib
import hmac
import secrets
import sqlite3
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from simulator.auth.tokens import authenticate, client_token, user_token
from simulator.database.store import insert, row_or_none, rows
from simulator.state import current

blueprint = Blueprint("auth", __name__, url_prefix="/auth", template_folder="templates")

REGISTERED_CLIENTS = {"rarbooking": "demo-secret"}
REGISTERED_HOSTS = {"127.0.0.1", "localhost", "testserver"}
CODE_SECONDS = 300
REFRESH_SECONDS = 12 * 3600


class OAuthError(Exception):
    """An error response of the token endpoint."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description


class BrowserError(Exception):
    """A browser's request that must not be redirected, shown as an error page."""


@dataclass(frozen=True)
class AuthorizeRequest:
    """The parameters of an authorization request."""

    client_id: str
    redirect_uri: str
    state: str
    code_challenge: str

    def redirect_back(self, **parameters: str) -> ResponseReturnValue:
        """Redirect the browser to the client with parameters."""
        query = {**parameters, **({"state": self.state} if self.state else {})}
        joint = "&" if urlsplit(self.redirect_uri).query else "?"
        return redirect(f"{self.redirect_uri}{joint}{urlencode(query)}", code=303)


@blueprint.errorhandler(OAuthError)
def _oauth_error(problem: OAuthError) -> ResponseReturnValue:
    answer = jsonify(error=problem.error, error_description=problem.description)
    answer.status_code = problem.status
    if problem.status == 401:
        answer.headers["WWW-Authenticate"] = 'Basic realm="oauth2/client"'
    return answer


@blueprint.errorhandler(BrowserError)
def _browser_error(problem: BrowserError) -> ResponseReturnValue:
    return render_template("problem.html", problem=str(problem)), 400


@blueprint.get("/oauth/authorize")
def authorize() -> ResponseReturnValue:
    """Show the sign-in page, or redirect back with an error."""
    asked = _checked_authorize_request()
    if request.args.get("response_type") != "code":
        return asked.redirect_back(error="unsupported_response_type")
    if asked.code_challenge and request.args.get("code_challenge_method") != "S256":
        return asked.redirect_back(error="invalid_request", error_description="Only S256 is supported")
    with current().store.reading() as connection:
        accounts = rows(connection, "SELECT * FROM account WHERE active ORDER BY user_id")
    return render_template("sign_in.html", asked=asked, accounts=accounts)


@blueprint.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Sign in as the chosen user and redirect back with a code."""
    asked = _checked_authorize_request()
    with current().store.writing() as connection:
        account = _account(connection, request.form.get("username", ""))
        if account is None:
            raise BrowserError("There is no such user.")
        code = secrets.token_urlsafe(24)
        insert(
            connection,
            "authorization_code",
            {
                "code": code,
                "username": account["username"],
                "client_id": asked.client_id,
                "redirect_uri": asked.redirect_uri,
                "code_challenge": asked.code_challenge or None,
                "expires_at": _timestamp() + CODE_SECONDS,
            },
        )
    return asked.redirect_back(code=code)


@blueprint.post("/oauth/token")
def token() -> ResponseReturnValue:
    """Issue tokens for client credentials, an authorization code or a refresh token."""
    client_id = _authenticated_client()
    match request.form.get("grant_type"):
        case "client_credentials":
            username = request.form.get("username", "").strip().upper() or None
            with current().store.reading() as connection:
                return client_token(connection, client_id=client_id, username=username, issuer=_issuer())
        case "authorization_code":
            return _with_refresh_token(_redeem_code(client_id), client_id)
        case "refresh_token":
            return _with_refresh_token(_redeem_refresh_token(client_id), client_id)
        case other:
            raise OAuthError(400, "unsupported_grant_type", f"Unsupported grant type: {other}")


@blueprint.get("/api/user/me")
def user_me() -> ResponseReturnValue:
    """Return the user of the token."""
    actor = authenticate()
    with current().store.reading() as connection:
        account = _account(connection, actor.name)
    if account is None:
        return {"username": actor.name, "name": actor.name, "authSource": "none", "active": True, "userId": actor.name}
    return {
        "username": account["username"],
        "name": account["name"],
        "authSource": account["auth_source"],
        "active": bool(account["active"]),
        "userId": str(account["user_id"]),
    }


@blueprint.get("/health/ping")
def auth_health() -> ResponseReturnValue:
    """Health check."""
    return {"status": "UP"}


@blueprint.get("/.well-known/jwks.json")
def jwks() -> ResponseReturnValue:
    """Return the JSON Web Key Set."""
    return current().key.public_set()


@blueprint.get("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Redirect the browser to a registered address of a client."""
    redirect_uri = request.args.get("redirect_uri", "")
    _check_client_and_address(request.args.get("client_id", ""), redirect_uri)
    return redirect(redirect_uri, code=303)


def _checked_authorize_request() -> AuthorizeRequest:
    given = request.values
    asked = AuthorizeRequest(
        client_id=given.get("client_id", ""),
        redirect_uri=given.get("redirect_uri", ""),
        state=given.get("state", ""),
        code_challenge=given.get("code_challenge", ""),
    )
    _check_client_and_address(asked.client_id, asked.redirect_uri)
    return asked


def _check_client_and_address(client_id: str, redirect_uri: str) -> None:
    if client_id not in REGISTERED_CLIENTS:
        raise BrowserError("The client is not registered.")
    try:
        address = urlsplit(redirect_uri)
        known = address.scheme in ("http", "https") and address.hostname in REGISTERED_HOSTS
    except ValueError:
        known = False
    if not known:
        raise BrowserError("The redirect address is not registered for this client.")


def _authenticated_client() -> str:
    credentials = request.authorization
    given = credentials if credentials and credentials.type == "basic" else None
    client_id = (given.username if given else None) or ""
    secret = (given.password if given else None) or ""
    expected = REGISTERED_CLIENTS.get(client_id)
    if expected is None or not hmac.compare_digest(expected.encode(), secret.encode()):
        raise OAuthError(401, "invalid_client", "Bad client credentials")
    return client_id


def _redeem_code(client_id: str) -> str:
    with current().store.writing() as connection:
        code = row_or_none(
            connection,
            "DELETE FROM authorization_code WHERE code = ? RETURNING *",
            request.form.get("code", ""),
        )
    if code is None or code["expires_at"] <= _timestamp():
        raise OAuthError(400, "invalid_grant", "Invalid authorization code")
    if code["client_id"] != client_id or code["redirect_uri"] != request.form.get("redirect_uri"):
        raise OAuthError(400, "invalid_grant", "The code was given for another client or redirect address")
    if code["code_challenge"] and not _verifier_matches(code["code_challenge"]):
        raise OAuthError(400, "invalid_grant", "The code verifier does not match")
    return str(code["username"])


def _verifier_matches(challenge: str) -> bool:
    digest = hashlib.sha256(request.form.get("code_verifier", "").encode()).digest()
    return hmac.compare_digest(urlsafe_b64encode(digest).rstrip(b"=").decode(), challenge)


def _redeem_refresh_token(client_id: str) -> str:
    with current().store.writing() as connection:
        refresh = row_or_none(
            connection,
            "DELETE FROM refresh_token WHERE token = ? AND client_id = ? RETURNING *",
            request.form.get("refresh_token", ""),
            client_id,
        )
    if refresh is None or refresh["expires_at"] <= _timestamp():
        raise OAuthError(400, "invalid_grant", "Invalid refresh token")
    return str(refresh["username"])


def _with_refresh_token(username: str, client_id: str) -> dict[str, Any]:
    refresh = secrets.token_urlsafe(32)
    with current().store.writing() as connection:
        account = _account(connection, username)
        if account is None:
            raise OAuthError(400, "invalid_grant", "The account is disabled")
        insert(
            connection,
            "refresh_token",
            {
                "token": refresh,
                "username": username,
                "client_id": client_id,
                "expires_at": _timestamp() + REFRESH_SECONDS,
            },
        )
    return {**user_token(account, client_id=client_id, issuer=_issuer()), "refresh_token": refresh}


def _account(connection: sqlite3.Connection, username: str) -> sqlite3.Row | None:
    return row_or_none(connection, "SELECT * FROM account WHERE username = ? AND active", username.upper())


def _issuer() -> str:
    return url_for("auth.authorize", _external=True).removesuffix("oauth/authorize") + "issuer"


def _timestamp() -> float:
    return current().clock.now().timestamp()
