"""How long somebody stays signed in: while they are active, up to a limit, and as long as HMPPS Auth stands by them."""

from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from authlib.integrations.base_client.errors import OAuthError
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from audit.events import record
from rarbooking.identity import sign_in
from rarbooking.identity.encryption import CannotUnseal, unseal
from rarbooking.identity.session_store import SIGNED_IN_AT
from rarbooking.models import Session, User

# So long before its token expires a session is vouched for anew, and so long nobody else tries to.
EARLY = timedelta(minutes=1)
LEASE = timedelta(seconds=30)
# Where HMPPS Auth cannot be asked, a session goes on for so long after its token has expired: what needs Delius does
# not work then anyway, and guidance should.
GRACE = timedelta(hours=1)
# A session's row is written at most so often to say when it was last used.
PRECISION = timedelta(minutes=1)
# A page asks these by itself, whether or not somebody is there.
ASKED_BY_PAGES = {"booking:booking-state", "session-left"}

logger = structlog.get_logger(__name__)


def connect() -> None:
    """Have every way of signing in note when it happened."""
    user_logged_in.connect(_note_sign_in, dispatch_uid="rarbooking.identity.sessions")


def end_if_over(request: HttpRequest) -> None:
    """End the signed-in person's session where it is over; otherwise note that it is in use.

    `request.user` is nobody afterwards where it was over. The audit is told why.
    """
    row = _row_of(request)
    if row is None:
        return
    now = timezone.now()
    why = _reason_to_end(row, now) or ("" if _is_vouched_for(row, now) else "hmpps-auth")
    if why:
        record(what="SESSION_ENDED", who=request.user, details={"why": why})
        sign_in.forget_person(request)
        return
    if now - row.last_seen_at >= PRECISION and not _is_asked_by_a_page(request):
        Session.objects.filter(pk=row.pk).update(last_seen_at=now)
        row.last_seen_at = now


def seconds_left(request: HttpRequest) -> int | None:
    """Return for how many seconds the signed-in person stays so if they ask for nothing more; None for nobody."""
    row = _row_of(request)
    if row is None or row.user_id is None or row.signed_in_at is None:
        return None
    return max(0, int((min(_idle_at(row), _limit_at(row)) - timezone.now()).total_seconds()))


def may_stay(request: HttpRequest) -> bool:
    """Return whether the session lasts longer where the person asks for something before it ends."""
    row = _row_of(request)
    return row is not None and _idle_at(row) < _limit_at(row)


def end_all(user: User, *, by: AbstractBaseUser | AnonymousUser, but: str = "") -> int:
    """End every session of a person, wherever they are signed in, but the one with the key `but`.

    The audit is told who did it (`by`). Returns how many there were.
    """
    count = Session.objects.filter(user=user).exclude(session_key=but).delete()[0]
    record(
        what="SESSIONS_ENDED",
        who=by,
        subject_type="USER",
        subject_id=user.username,
        details={"sessions": count},
    )
    return count


def open_sessions(user: User) -> list[Session]:
    """Return a person's sessions that are not over, the one that was used last first."""
    now = timezone.now()
    rows = Session.objects.filter(user=user).order_by("-last_seen_at")
    return [row for row in rows if not _reason_to_end(row, now)]


def _row_of(request: HttpRequest) -> Session | None:
    """Return the row of a request's session; None also where it was refused before its session was read."""
    row: Session | None = getattr(getattr(request, "session", None), "row", None)
    return row


def _reason_to_end(row: Session, now: datetime) -> str:
    if row.signed_in_at is None or now >= _limit_at(row):
        return "limit"
    return "idle" if now >= _idle_at(row) else ""


def _limit_at(row: Session) -> datetime:
    return cast(datetime, row.signed_in_at) + timedelta(hours=settings.SESSION_HOURS)


def _idle_at(row: Session) -> datetime:
    return row.last_seen_at + timedelta(minutes=settings.SESSION_IDLE_MINUTES)


def _is_asked_by_a_page(request: HttpRequest) -> bool:
    match = request.resolver_match
    return request.method != "POST" and match is not None and match.view_name in ASKED_BY_PAGES


def _is_vouched_for(row: Session, now: datetime) -> bool:
    """Return whether HMPPS Auth stands by the session, asking it for a new token where the last one has run out.

    Of several requests at once one asks; the others go on. A session that did not come from HMPPS Auth has no token.
    """
    expires_at = row.token_expires_at
    if expires_at is None or now < expires_at - EARLY:
        return True
    free = Q(refreshing_until=None) | Q(refreshing_until__lt=now)
    mine = Session.objects.filter(free, pk=row.pk, token_expires_at=expires_at).update(refreshing_until=now + LEASE)
    if not mine:
        return True
    try:
        sign_in.refresh(row, unseal(row.refresh_token))
    except (sign_in.SignInRefused, OAuthError, CannotUnseal, KeyError):
        return False
    except sign_in.NO_ANSWER as fault:
        logger.warning("token_not_refreshed", fault=type(fault).__name__)
        return now < expires_at + GRACE
    return True


def _note_sign_in(sender: Any, request: HttpRequest, user: Any, **rest: Any) -> None:
    request.session[SIGNED_IN_AT] = timezone.now().isoformat()
