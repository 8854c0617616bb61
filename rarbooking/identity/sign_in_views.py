"""Views of sign-in and sign-out."""

import structlog
from authlib.integrations.base_client.errors import OAuthError
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from audit.events import record
from cases import unsaved_answers
from rarbooking.identity.landing import landing_url
from rarbooking.identity.open_redirects import safe_redirect_path
from rarbooking.identity.sign_in import (
    UNAVAILABLE_ERRORS,
    NoRole,
    NotDelius,
    SignInRefused,
    hmpps_auth,
    sign_out_url,
    start_session,
)
from rarbooking.roles import Role

RETURN_TO = "return_to"
# Not cookies: browsers would clear those of every service under the same registered domain, HMPPS Auth's among them.
# Ours end with the session.
CLEAR_SITE_DATA = '"cache", "storage"'

logger = structlog.get_logger(__name__)


@login_not_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Redirect to HMPPS Auth, storing the requested page in the session."""
    request.session[RETURN_TO] = safe_redirect_path(request, request.GET.get("next", ""))
    return hmpps_auth().authorize_redirect(request, request.build_absolute_uri(reverse("sign-in-callback")))


@login_not_required
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """OAuth2 redirect URI: start a session, or show why sign-in was refused."""
    return_to = request.session.get(RETURN_TO, "")
    try:
        # No redirects: the client's secret goes with the code, to HMPPS Auth alone.
        start_session(request, hmpps_auth().authorize_access_token(request, allow_redirects=False))
    except (SignInRefused, OAuthError, KeyError, *UNAVAILABLE_ERRORS) as fault:
        return _sign_in_refused(request, fault)
    return HttpResponseRedirect(return_to or landing_url(request.user))


def _sign_in_refused(request: HttpRequest, fault: Exception) -> HttpResponse:
    """Render why sign-in was refused, with an audit event and a log line."""
    why = type(fault).__name__
    record(what="SIGN_IN_REFUSED", who=getattr(fault, "username", None), details={"why": why})
    logger.warning("sign_in_refused", fault=why)
    match fault:
        case NotDelius():
            return render(request, "sign-in/not-delius.html.jinja", status=403)
        case NoRole():
            return render(request, "sign-in/no-role.html.jinja", {"roles": list(Role)}, status=403)
        case SignInRefused() | OAuthError() | KeyError():
            return render(request, "sign-in/failed.html.jinja", status=400)
        case _:
            return render(request, "sign-in/unavailable.html.jinja", status=503)


@login_not_required
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End the session here and at HMPPS Auth."""
    logout(request)
    return HttpResponseRedirect(
        sign_out_url(return_to=request.build_absolute_uri(reverse("signed-out"))),
        headers={"Clear-Site-Data": CLEAR_SITE_DATA},
    )


@login_not_required
@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """Confirm sign-out, or say that the session expired (`?ended`); `?next` is where to sign in to again."""
    goes_on = safe_redirect_path(request, request.GET.get("next", "")) or reverse("booking:cases")
    context = {
        "ended": "ended" in request.GET,
        "next": goes_on,
        "was_arranging": "/arrange/" in goes_on,
        "is_kept": unsaved_answers.is_stored(request),
        "idle_minutes": settings.SESSION_IDLE_MINUTES,
        "hours": settings.SESSION_HOURS,
    }
    return render(request, "sign-in/signed-out.html.jinja", context)
