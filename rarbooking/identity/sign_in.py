"""Sign-in with HMPPS Auth: OAuth2 authorization code flow, and a session from the access token's claims.

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
from rarbooking.identity.encryption import encrypt
from rarbooking.models import Session, User
from rarbooking.roles import Role, roles_from_authorities

SESSION_KEY = "person"
JWKS_CACHE_KEY = "hmpps-auth-keys"
JWKS_CACHE_SECONDS = 600
AUTH_METHOD = "client_secret_basic"


class SignInRefused(Exception):
    """The token or its account cannot be used to sign in.

    `username` is set where the token is valid.
    """

    username: str | None = None


class NotDelius(SignInRefused):
    """The account is not a Delius one (`auth_source`)."""


class NoRole(SignInRefused):
    """The account has none of our roles."""


class NotActive(SignInRefused):
    """The account is inactive here."""


# HMPPS Auth gave no usable answer. Authlib raises ValueError for one that is not JSON.
UNAVAILABLE_ERRORS = (requests.RequestException, ValueError)


@dataclass(frozen=True)
class SignedInPerson:
    """The signed-in user, as stored in the session for the layout and the journey."""

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
            "token_endpoint_auth_method": AUTH_METHOD,
            "code_challenge_method": "S256",
            "timeout": _timeouts(),
        },
    )
    return oauth.create_client("hmpps")


def sign_out_url(*, return_to: str) -> str:
    """Return HMPPS Auth's sign-out URL, which redirects to `return_to` (absolute)."""
    query = urlencode({"client_id": settings.HMPPS_CLIENT_ID, "redirect_uri": return_to})
    return f"{settings.HMPPS_AUTH_PUBLIC_URL}/sign-out?{query}"


def verified_claims(access_token: str) -> dict[str, Any]:
    """Return the claims of an HMPPS Auth access token after verifying it.

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
            token = jwt.decode(access_token, _jwks(fresh=fresh), algorithms=["RS256"])
        except (JoseError, ValueError):
            continue
        try:
            registry.validate(token.claims)
        except JoseError as error:
            raise SignInRefused(str(error)) from error
        if not _audience_matches(token.claims):
            raise SignInRefused("The token was made for another client.")
        return dict(token.claims)
    raise SignInRefused("The token is not signed with a published key.")


def _audience_matches(claims: dict[str, Any]) -> bool:
    """Return whether a token names us as its audience, or names none: HMPPS Auth need not."""
    named = [claims[name] for name in ("aud", "azp", "client_id") if claims.get(name)]
    return not named or any(settings.HMPPS_CLIENT_ID in (each if isinstance(each, list) else [each]) for each in named)


def start_session(request: HttpRequest, token: dict[str, Any]) -> SignedInPerson:
    """Sign in the user of a token response, with a new session key.

    Raises what `verified_claims` raises; NotDelius, NoRole or NotActive for accounts that may not sign in; KeyError
    where the answer has no access token.
    """
    claims = verified_claims(token["access_token"])
    try:
        user = _get_or_create_user(claims)
    except SignInRefused as refused:
        refused.username = str(claims["user_name"])
        raise
    if request.user.is_authenticated:
        # Django's login changes the session key only for anonymous users.
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
    _store_token(request.session.session_key, token, claims)
    return person


def refresh(row: Session, refresh_token: str) -> None:
    """Refresh a session's token, and update the user's roles from it.

    Raises what `start_session` raises, SignInRefused also for another user's token; OAuthError where HMPPS
    Auth refuses; one of UNAVAILABLE_ERRORS where it cannot be asked.
    """
    with OAuth2Session(
        settings.HMPPS_CLIENT_ID, settings.HMPPS_CLIENT_SECRET, token_endpoint_auth_method=AUTH_METHOD
    ) as session:
        token = session.refresh_token(
            f"{settings.HMPPS_AUTH_URL}/oauth/token",
            refresh_token=refresh_token,
            timeout=_timeouts(),
            allow_redirects=False,
        )
    claims = verified_claims(token["access_token"])
    if _get_or_create_user(claims).pk != row.user_id:
        raise SignInRefused("The token is another user's.")
    _store_token(row.session_key, token, claims)


def end_session(request: HttpRequest) -> None:
    """Flush the request's session and make its user anonymous."""
    request.session.flush()
    request.user = AnonymousUser()


def session_person(request: HttpRequest) -> SignedInPerson | None:
    """Return the user signed in through HMPPS Auth, or None."""
    # Error pages may be rendered before the authentication middleware ran, as for a wrong Host.
    user = getattr(request, "user", None)
    stored = request.session.get(SESSION_KEY) if user is not None and user.is_authenticated else None
    return SignedInPerson(**stored) if stored else None


def _get_or_create_user(claims: dict[str, Any]) -> User:
    """Get or create the account of verified claims, and update its roles.

    Raises NotDelius, NotActive and NoRole; no account is created for a user who never had a role.
    """
    if claims.get("auth_source") != "delius":
        raise NotDelius
    username, roles = str(claims["user_name"]), roles_from_authorities(claims.get("authorities"))
    user = User.objects.filter(username=username).first()
    if user is None and roles:
        user, _ = User.objects.get_or_create(username=username)
    if user is None:
        raise NoRole
    if not user.is_active:
        raise NotActive
    _sync_roles(user, roles)
    if not roles:
        raise NoRole
    return user


def _sync_roles(user: User, roles: frozenset[Role]) -> None:
    """Set an account's roles to those of HMPPS Auth, with an audit event where they changed."""
    if roles == user.roles and not user.is_superuser:
        return
    before, user.roles = user.role_names, roles
    user.is_superuser = False
    user.save(update_fields=["role_names", "is_staff", "is_superuser"])
    record(what="ROLES_CHANGED", who=user, details={"from": before, "to": user.role_names})


def _store_token(session_key: str | None, token: dict[str, Any], claims: dict[str, Any]) -> None:
    Session.objects.filter(session_key=session_key).update(
        refresh_token=encrypt(token.get("refresh_token", "")),
        token_expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        refreshing_until=None,
    )


def _provider_name(username: str) -> str:
    try:
        staff = delius.staff_member(username)
    except DeliusError:
        return ""
    return staff.teams[0].provider.description if staff and staff.teams else ""


def _jwks(*, fresh: bool = False) -> KeySet:
    published = None if fresh else cache.get(JWKS_CACHE_KEY)
    if published is None:
        answer = requests.get(
            f"{settings.HMPPS_AUTH_URL}/.well-known/jwks.json",
            timeout=_timeouts(),
            allow_redirects=False,
        )
        answer.raise_for_status()
        published = answer.json()
        cache.set(JWKS_CACHE_KEY, published, JWKS_CACHE_SECONDS)
    return KeySet.import_key_set(published)


def _timeouts() -> tuple[float, float]:
    return settings.DELIUS_CONNECT_TIMEOUT, settings.DELIUS_READ_TIMEOUT
