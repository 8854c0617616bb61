"""Sign-in with HMPPS Auth: OAuth2's authorization code, and a session made from the access token's claims.

HMPPS Auth is plain OAuth2: there is no id_token. Who signed in is read from the access token, after its signature,
issuer and expiry were checked against the keys that HMPPS Auth publishes.
"""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import requests
from authlib.integrations.django_client import OAuth
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import HttpRequest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from audit.events import record
from delius import selectors as delius
from delius.errors import DeliusError
from rarbooking.identity.encryption import seal
from rarbooking.models import Session, User
from rarbooking.roles import Role, roles_in

SESSION_KEY = "person"
KEYS_CACHE_KEY = "hmpps-auth-keys"
KEYS_CACHE_SECONDS = 600
BY_BASIC = "client_secret_basic"


class SignInRefused(Exception):
    """The token, or the account it stands for, cannot be used to sign in.

    `username` is whose it is, where the token is good.
    """

    username: str | None = None


class NotDelius(SignInRefused):
    """The account is of another kind: only Delius users may come in."""


class NoRole(SignInRefused):
    """The account has none of the roles that let somebody in."""


class NotActive(SignInRefused):
    """The account was turned off here."""


# What there is no usable answer from HMPPS Auth means. Authlib has ValueError for one that is not JSON.
NO_ANSWER = (requests.RequestException, ValueError)


@dataclass(frozen=True)
class SignedInPerson:
    """The person a session belongs to, as the layout and the journey need them."""

    username: str
    name: str
    auth_source: str
    provider_name: str = ""


def hmpps_auth() -> Any:
    """Return the Authlib client of HMPPS Auth, with PKCE."""
    oauth = OAuth()
    oauth.register(
        "hmpps",
        client_id=settings.HMPPS_CLIENT_ID,
        client_secret=settings.HMPPS_CLIENT_SECRET,
        authorize_url=f"{settings.HMPPS_AUTH_PUBLIC_URL}/oauth/authorize",
        access_token_url=f"{settings.HMPPS_AUTH_URL}/oauth/token",
        client_kwargs={
            "token_endpoint_auth_method": BY_BASIC,
            "code_challenge_method": "S256",
            "timeout": _timeouts(),
        },
    )
    return oauth.create_client("hmpps")


def sign_out_url(*, return_to: str) -> str:
    """Return the address that ends the session at HMPPS Auth too and then goes to `return_to` (absolute)."""
    query = urlencode({"client_id": settings.HMPPS_CLIENT_ID, "redirect_uri": return_to})
    return f"{settings.HMPPS_AUTH_PUBLIC_URL}/sign-out?{query}"


def checked_claims(access_token: str) -> dict[str, Any]:
    """Return the claims of an HMPPS Auth access token.

    Raises SignInRefused unless it is signed with one of HMPPS Auth's published keys, comes from HMPPS Auth, has not
    expired and was made for us; requests.RequestException where the keys cannot be read.
    """
    registry = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": settings.HMPPS_AUTH_ISSUER},
        exp={"essential": True},
        user_name={"essential": True},
    )
    for fresh in (False, True):
        try:
            token = jwt.decode(access_token, _published_keys(fresh=fresh), algorithms=["RS256"])
        except (JoseError, ValueError):
            continue
        try:
            registry.validate(token.claims)
        except JoseError as error:
            raise SignInRefused(str(error)) from error
        if not _is_for_us(token.claims):
            raise SignInRefused("The token was made for another client.")
        return dict(token.claims)
    raise SignInRefused("The token is not signed with a published key.")


def _is_for_us(claims: dict[str, Any]) -> bool:
    """Return whether nothing says that a token was made for another client. HMPPS Auth need not name one."""
    named = [claims[name] for name in ("aud", "azp", "client_id") if claims.get(name)]
    return not named or any(settings.HMPPS_CLIENT_ID in (each if isinstance(each, list) else [each]) for each in named)


def start_session(request: HttpRequest, token: dict[str, Any]) -> SignedInPerson:
    """Sign in the person whom HMPPS Auth's answer to an authorization code stands for, with a new session key.

    Raises what `checked_claims` raises; NotDelius, NoRole or NotActive for people who may not come in; KeyError where
    the answer has no access token.
    """
    claims = checked_claims(token["access_token"])
    try:
        user = _account(claims)
    except SignInRefused as refused:
        refused.username = str(claims["user_name"])
        raise
    if request.user.is_authenticated:
        # Django changes the key only for somebody who was not signed in.
        request.session.cycle_key()
    login(request, user, backend="rarbooking.identity.authentication.HmppsAuthBackend")
    person = SignedInPerson(
        username=user.username,
        name=str(claims.get("name") or user.username),
        auth_source="delius",
        provider_name=_provider_name(user.username),
    )
    request.session[SESSION_KEY] = asdict(person)
    request.session.save()
    _keep_token(request.session.session_key, token, claims)
    return person


def refresh(row: Session, refresh_token: str) -> None:
    """Have HMPPS Auth give a session a new token, and keep what it says of the person's roles now.

    Raises what `start_session` raises, SignInRefused also where the token is somebody else's; OAuthError where HMPPS
    Auth refuses; one of NO_ANSWER where it cannot be asked.
    """
    with OAuth2Session(
        settings.HMPPS_CLIENT_ID, settings.HMPPS_CLIENT_SECRET, token_endpoint_auth_method=BY_BASIC
    ) as session:
        token = session.refresh_token(
            f"{settings.HMPPS_AUTH_URL}/oauth/token",
            refresh_token=refresh_token,
            timeout=_timeouts(),
            allow_redirects=False,
        )
    claims = checked_claims(token["access_token"])
    if _account(claims).pk != row.user_id:
        raise SignInRefused("The token is somebody else's.")
    _keep_token(row.session_key, token, claims)


def forget_person(request: HttpRequest) -> None:
    """End the session of a request here, and go on with nobody signed in."""
    request.session.flush()
    request.user = AnonymousUser()


def session_person(request: HttpRequest) -> SignedInPerson | None:
    """Return who is signed in through HMPPS Auth, or None."""
    # An error page may be shown before anybody has been looked for: a wrong Host is refused first.
    user = getattr(request, "user", None)
    stored = request.session.get(SESSION_KEY) if user is not None and user.is_authenticated else None
    return SignedInPerson(**stored) if stored else None


def _account(claims: dict[str, Any]) -> User:
    """Return the account of whom checked claims tell, with the roles that they have now.

    Raises NotDelius, NotActive, and NoRole, which leaves no account for somebody who never had a role.
    """
    if claims.get("auth_source") != "delius":
        raise NotDelius
    username, roles = str(claims["user_name"]), roles_in(claims.get("authorities"))
    user = User.objects.filter(username=username).first()
    if user is None and roles:
        user, _ = User.objects.get_or_create(username=username)
    if user is None:
        raise NoRole
    if not user.is_active:
        raise NotActive
    _follow_roles(user, roles)
    if not roles:
        raise NoRole
    return user


def _follow_roles(user: User, roles: frozenset[Role]) -> None:
    """Let an account do what HMPPS Auth says, and nothing besides."""
    if roles == user.roles and not user.is_superuser:
        return
    before, user.roles = user.role_names, roles
    user.is_superuser = False
    user.save(update_fields=["role_names", "is_staff", "is_superuser"])
    record(what="ROLES_CHANGED", who=user, details={"from": before, "to": user.role_names})


def _keep_token(session_key: str | None, token: dict[str, Any], claims: dict[str, Any]) -> None:
    Session.objects.filter(session_key=session_key).update(
        refresh_token=seal(token.get("refresh_token", "")),
        token_expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        refreshing_until=None,
    )


def _provider_name(username: str) -> str:
    try:
        staff = delius.staff_member(username)
    except DeliusError:
        return ""
    return staff.teams[0].provider.description if staff and staff.teams else ""


def _published_keys(*, fresh: bool = False) -> KeySet:
    published = None if fresh else cache.get(KEYS_CACHE_KEY)
    if published is None:
        answer = requests.get(
            f"{settings.HMPPS_AUTH_URL}/.well-known/jwks.json",
            timeout=_timeouts(),
            allow_redirects=False,
        )
        answer.raise_for_status()
        published = answer.json()
        cache.set(KEYS_CACHE_KEY, published, KEYS_CACHE_SECONDS)
    return KeySet.import_key_set(published)


def _timeouts() -> tuple[float, float]:
    return settings.DELIUS_CONNECT_TIMEOUT, settings.DELIUS_READ_TIMEOUT
