"""The pages of signing in and out."""

import requests
from authlib.integrations.base_client.errors import OAuthError
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from rarbooking.sign_in import SignInRefused, checked_claims, hmpps_auth, sign_out_url, start_session

RETURN_TO = "return_to"


@login_not_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Send the browser to HMPPS Auth, remembering the page the person asked for."""
    request.session[RETURN_TO] = _own_address(request, request.GET.get("next", ""))
    return hmpps_auth().authorize_redirect(request, request.build_absolute_uri(reverse("sign-in-callback")))


@login_not_required
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Take HMPPS Auth's answer: make a session, or say why not."""
    return_to = request.session.get(RETURN_TO, "")
    try:
        token = hmpps_auth().authorize_access_token(request)
        start_session(request, checked_claims(token["access_token"]))
    except SignInRefused as refused:
        if str(refused) == "not-delius":
            return render(request, "sign-in/not-delius.html.jinja", status=403)
        return render(request, "sign-in/failed.html.jinja", status=400)
    except (OAuthError, KeyError):
        return render(request, "sign-in/failed.html.jinja", status=400)
    except requests.RequestException:
        return render(request, "sign-in/unavailable.html.jinja", status=503)
    return redirect(return_to or resolve_url(settings.LOGIN_REDIRECT_URL))


@login_not_required
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End the session here and at HMPPS Auth."""
    logout(request)
    return HttpResponseRedirect(sign_out_url(return_to=request.build_absolute_uri(reverse("signed-out"))))


@login_not_required
@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """Say that the person has signed out."""
    return render(request, "sign-in/signed-out.html.jinja")


def _own_address(request: HttpRequest, address: str) -> str:
    allowed = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    # Without a slash in front it would be taken for the name of a view, or be no address at all.
    return address if allowed and address.startswith("/") else ""
