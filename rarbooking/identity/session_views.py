"""Views of the user's own sessions: list, end the others, remaining time."""

from datetime import datetime
from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from govuk.formats import clock, short_date
from rarbooking.identity import sessions
from rarbooking.models import User

ENDED = "ended"


@require_http_methods(["GET", "HEAD", "POST"])
def session_list(request: HttpRequest) -> HttpResponse:
    """List the user's sessions; a POST ends all but the current one."""
    user, this = cast(User, request.user), request.session.session_key or ""
    if not user.roles:
        raise PermissionDenied
    if request.method == "POST":
        sessions.end_all(user, by=user, except_key=this)
        return redirect(f"{request.path}?{ENDED}=1")
    rows = [
        {
            "signed_in": _moment(cast(datetime, row.signed_in_at)),
            "last_used": _moment(row.last_seen_at),
            "is_this": row.session_key == this,
        }
        for row in sessions.active_sessions(user)
    ]
    has_others = any(not row["is_this"] for row in rows)
    context = {"rows": rows, "has_others": has_others, "was_ended": ENDED in request.GET and not has_others}
    return render(request, "sign-in/sessions.html.jinja", context)


@require_http_methods(["GET", "HEAD", "POST"])
def remaining(request: HttpRequest) -> JsonResponse:
    """Return the session's remaining seconds as JSON, for the time-out warning; a POST extends it where possible.

    `token` is a new CSRF token for the forms of a page that was open before the user signed in again.
    """
    user = cast(User, request.user)
    if not (user.roles or user.is_staff):
        raise PermissionDenied
    return JsonResponse(
        {
            "seconds": sessions.seconds_left(request),
            "canExtend": sessions.can_extend(request),
            "token": get_token(request),
        }
    )


def _moment(at: datetime) -> str:
    """Format a time such as *4 October 2022 at 9:30am*."""
    local = timezone.localtime(at)
    return f"{short_date(local.date())} at {clock(local.time())}"
