"""Session lifetime: idle time-out, absolute time-out, and refresh of the HMPPS Auth token."""

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
from rarbooking.identity.encryption import DecryptionFailed, decrypt
from rarbooking.identity.session_store import SIGNED_IN_AT
from rarbooking.models import Session, User

# The token is refreshed this long before it expires; the lease keeps other requests from refreshing it meanwhile.
REFRESH_MARGIN = timedelta(minutes=1)
REFRESH_LEASE = timedelta(seconds=30)
# While HMPPS Auth is unavailable, a session outlives its token by this long: what needs Delius does not work then
# anyway, and guidance should.
OUTAGE_GRACE_PERIOD = timedelta(hours=1)
# `last_seen_at` is written at most this often.
LAST_SEEN_PRECISION = timedelta(minutes=1)
# Requested by scripts, so that they do not count as activity of the user.
POLLING_VIEWS = {"booking:booking-state", "session-remaining"}

logger = structlog.get_logger(__name__)


def connect() -> None:
    """Connect the receiver that stores the time of sign-in in the session."""
    user_logged_in.connect(_store_sign_in_time, dispatch_uid="rarbooking.identity.sessions")


def end_if_expired(request: HttpRequest) -> None:
    """End the session where it has expired, with an audit event; otherwise update `last_seen_at`.

    After an expired session `request.user` is anonymous.
    """
    row = _row_of(request)
    if row is None:
        return
    now = timezone.now()
    why = _expiry_reason(row, now) or ("" if _token_is_valid(row, now) else "hmpps-auth")
    if why:
        record(what="SESSION_ENDED", who=request.user, details={"why": why})
        sign_in.end_session(request)
        return
    if now - row.last_seen_at >= LAST_SEEN_PRECISION and not _is_polling(request):
        Session.objects.filter(pk=row.pk).update(last_seen_at=now)
        row.last_seen_at = now


def seconds_left(request: HttpRequest) -> int | None:
    """Return the seconds until the session expires without further requests; None where nobody is signed in."""
    row = _row_of(request)
    if row is None or row.user_id is None or row.signed_in_at is None:
        return None
    return max(0, int((min(_idle_expiry(row), _absolute_expiry(row)) - timezone.now()).total_seconds()))


def can_extend(request: HttpRequest) -> bool:
    """Return whether activity extends the session: the absolute time-out is later than the idle one."""
    row = _row_of(request)
    return row is not None and _idle_expiry(row) < _absolute_expiry(row)


def end_all(user: User, *, by: AbstractBaseUser | AnonymousUser, except_key: str = "") -> int:
    """End every session of a user but the one with key `except_key`, and return how many were ended.

    `by` is recorded in the audit as who did it.
    """
    count = Session.objects.filter(user=user).exclude(session_key=except_key).delete()[0]
    record(
        what="SESSIONS_ENDED",
        who=by,
        subject_type="USER",
        subject_id=user.username,
        details={"sessions": count},
    )
    return count


def active_sessions(user: User) -> list[Session]:
    """Return a user's sessions that have not expired, the most recently used first."""
    now = timezone.now()
    rows = Session.objects.filter(user=user).order_by("-last_seen_at")
    return [row for row in rows if not _expiry_reason(row, now)]


def _row_of(request: HttpRequest) -> Session | None:
    """Return the session's row; None also for a request that was rejected before the session middleware."""
    row: Session | None = getattr(getattr(request, "session", None), "row", None)
    return row


def _expiry_reason(row: Session, now: datetime) -> str:
    if row.signed_in_at is None or now >= _absolute_expiry(row):
        return "limit"
    return "idle" if now >= _idle_expiry(row) else ""


def _absolute_expiry(row: Session) -> datetime:
    return cast(datetime, row.signed_in_at) + timedelta(hours=settings.SESSION_HOURS)


def _idle_expiry(row: Session) -> datetime:
    return row.last_seen_at + timedelta(minutes=settings.SESSION_IDLE_MINUTES)


def _is_polling(request: HttpRequest) -> bool:
    match = request.resolver_match
    return request.method != "POST" and match is not None and match.view_name in POLLING_VIEWS


def _token_is_valid(row: Session, now: datetime) -> bool:
    """Return whether the session's token is valid, refreshing it where it is about to expire.

    Of concurrent requests one refreshes it. A session that did not come from HMPPS Auth has no token.
    """
    expires_at = row.token_expires_at
    if expires_at is None or now < expires_at - REFRESH_MARGIN:
        return True
    lease_free = Q(refreshing_until=None) | Q(refreshing_until__lt=now)
    has_lease = Session.objects.filter(lease_free, pk=row.pk, token_expires_at=expires_at).update(
        refreshing_until=now + REFRESH_LEASE
    )
    if not has_lease:
        return True
    try:
        sign_in.refresh(row, decrypt(row.refresh_token))
    except (sign_in.SignInRefused, OAuthError, DecryptionFailed, KeyError):
        return False
    except sign_in.UNAVAILABLE_ERRORS as fault:
        logger.warning("token_not_refreshed", fault=type(fault).__name__)
        return now < expires_at + OUTAGE_GRACE_PERIOD
    return True


def _store_sign_in_time(sender: Any, request: HttpRequest, user: Any, **rest: Any) -> None:
    request.session[SIGNED_IN_AT] = timezone.now().isoformat()
