"""The pages of signing in and out."""

import structlog
from authlib.integrations.base_client.errors import OAuthError
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from audit.events import record
from booking.journey import unsaved_answers
from booking.permissions import SEE_CASES
from rarbooking.identity.open_redirects import own_path
from rarbooking.identity.sign_in import (
    NO_ANSWER,
    NoRole,
    NotDelius,
    SignInRefused,
    hmpps_auth,
    sign_out_url,
    start_session,
)
from rarbooking.roles import Role

RETURN_TO = "return_to"
# Not cookies: browsers would take those of every service under the same registered domain, HMPPS Auth's among them.
# Ours end with the session.
CLEARED_AT_SIGN_OUT = '"cache", "storage"'

logger = structlog.get_logger(__name__)


@login_not_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Send the browser to HMPPS Auth, remembering the page the person asked for."""
    request.session[RETURN_TO] = own_path(request, request.GET.get("next", ""))
    return hmpps_auth().authorize_redirect(request, request.build_absolute_uri(reverse("sign-in-callback")))


@login_not_required
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Take HMPPS Auth's answer: make a session, or say why not."""
    return_to = request.session.get(RETURN_TO, "")
    try:
        # The client's secret goes with the code: to HMPPS Auth alone.
        start_session(request, hmpps_auth().authorize_access_token(request, allow_redirects=False))
    except (SignInRefused, OAuthError, KeyError, *NO_ANSWER) as fault:
        return _not_signed_in(request, fault)
    return HttpResponseRedirect(return_to or first_page(request))


def _not_signed_in(request: HttpRequest, fault: Exception) -> HttpResponse:
    """Say why somebody could not be signed in, to them, to the audit and to the log."""
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


def first_page(request: HttpRequest) -> str:
    """Return the address of the first page for whoever is signed in: their cases, or guidance for those without any."""
    return resolve_url(settings.LOGIN_REDIRECT_URL if request.user.has_perm(SEE_CASES) else "guidance:index")


@login_not_required
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End the session here and at HMPPS Auth."""
    logout(request)
    return HttpResponseRedirect(
        sign_out_url(return_to=request.build_absolute_uri(reverse("signed-out"))),
        headers={"Clear-Site-Data": CLEARED_AT_SIGN_OUT},
    )


@login_not_required
@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """Say that the person has signed out, or that their session has (`?ended`), and where they can go on (`?next`)."""
    goes_on = own_path(request, request.GET.get("next", "")) or reverse("booking:cases")
    context = {
        "ended": "ended" in request.GET,
        "next": goes_on,
        "was_arranging": "/arrange/" in goes_on,
        "is_kept": unsaved_answers.is_kept(request),
        "idle_minutes": settings.SESSION_IDLE_MINUTES,
        "hours": settings.SESSION_HOURS,
    }
    return render(request, "sign-in/signed-out.html.jinja", context)
