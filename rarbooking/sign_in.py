"""Sign-in with HMPPS Auth: OAuth2's authorization code, and a session made from the access token's claims.

HMPPS Auth is plain OAuth2: there is no id_token. Who signed in is read from the access token, after its signature,
issuer and expiry were checked against the keys that HMPPS Auth publishes.
"""

from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

import requests
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.core.cache import cache
from django.http import HttpRequest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from delius import selectors as delius
from delius.errors import DeliusError

SESSION_KEY = "person"
KEYS_CACHE_KEY = "hmpps-auth-keys"
KEYS_CACHE_SECONDS = 600


class SignInRefused(Exception):
    """The token, or the account it stands for, cannot be used to sign in."""


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
            "token_endpoint_auth_method": "client_secret_basic",
            "code_challenge_method": "S256",
            "timeout": (settings.DELIUS_CONNECT_TIMEOUT, settings.DELIUS_READ_TIMEOUT),
        },
    )
    return oauth.create_client("hmpps")


def sign_out_url(*, return_to: str) -> str:
    """Return the address that ends the session at HMPPS Auth too and then goes to `return_to` (absolute)."""
    query = urlencode({"client_id": settings.HMPPS_CLIENT_ID, "redirect_uri": return_to})
    return f"{settings.HMPPS_AUTH_PUBLIC_URL}/sign-out?{query}"


def checked_claims(access_token: str) -> dict[str, Any]:
    """Return the claims of an HMPPS Auth access token.

    Raises SignInRefused unless it is signed with one of HMPPS Auth's published keys, comes from HMPPS Auth and has
    not expired; requests.RequestException where the keys cannot be read.
    """
    registry = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": settings.HMPPS_AUTH_ISSUER},
        exp={"essential": True},
        user_name={"essential": True},
    )
    for keys in (_published_keys(), _published_keys(fresh=True)):
        try:
            token = jwt.decode(access_token, keys, algorithms=["RS256"])
        except (JoseError, ValueError):
            continue
        try:
            registry.validate(token.claims)
        except JoseError as error:
            raise SignInRefused(str(error)) from error
        return dict(token.claims)
    raise SignInRefused("The token is not signed with a published key.")


def start_session(request: HttpRequest, claims: dict[str, Any]) -> SignedInPerson:
    """Sign the person described by checked claims in, with a new session key, and return them.

    Raises SignInRefused for accounts that are not Delius accounts: only Delius users may book.
    """
    if claims.get("auth_source") != "delius":
        raise SignInRefused("not-delius")
    username = str(claims["user_name"])
    user, _ = get_user_model().objects.get_or_create(username=username)
    if not user.is_active:
        raise SignInRefused("The account is not active.")
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    person = SignedInPerson(
        username=username,
        name=str(claims.get("name") or username),
        auth_source="delius",
        provider_name=_provider_name(username),
    )
    request.session[SESSION_KEY] = asdict(person)
    return person


def session_person(request: HttpRequest) -> SignedInPerson | None:
    """Return who is signed in through HMPPS Auth, or None."""
    # An error page may be shown before anybody has been looked for: a wrong Host is refused first.
    user = getattr(request, "user", None)
    stored = request.session.get(SESSION_KEY) if user is not None and user.is_authenticated else None
    return SignedInPerson(**stored) if stored else None


def _provider_name(username: str) -> str:
    try:
        staff = delius.staff_member(username)
    except DeliusError:
        return ""
    return staff.provider.description if staff and staff.provider else ""


def _published_keys(*, fresh: bool = False) -> KeySet:
    published = None if fresh else cache.get(KEYS_CACHE_KEY)
    if published is None:
        answer = requests.get(
            f"{settings.HMPPS_AUTH_URL}/.well-known/jwks.json",
            timeout=(settings.DELIUS_CONNECT_TIMEOUT, settings.DELIUS_READ_TIMEOUT),
        )
        answer.raise_for_status()
        published = answer.json()
        cache.set(KEYS_CACHE_KEY, published, KEYS_CACHE_SECONDS)
    return KeySet.import_key_set(published)
