"""Admin site with sign-in by HMPPS Auth."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from cases.permissions import SEE_CASES
from rarbooking.identity import sign_in_views


class AdminSite(admin.AdminSite):
    """Django's admin site with sign-in by HMPPS Auth; only the demo has an account with a password."""

    site_header = "Arrange RAR appointments"
    site_title = "Arrange RAR appointments"
    index_title = "Administration"
    index_template = "admin/front.html"
    # It takes the width that lists need: the front page leads everywhere.
    enable_nav_sidebar = False

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Let *View site* lead to the user's cases, or to guidance, rather than back here."""
        site = "booking:cases" if request.user.has_perm(SEE_CASES) else "guidance:index"
        return {**super().each_context(request), "site_url": reverse(site)}

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to sign-in; 403 for signed-in users without access."""
        if settings.DEMO:
            return super().login(request, extra_context)
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", resolve_url("admin:index")), resolve_url("sign-in"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Sign out here and at HMPPS Auth."""
        return sign_in_views.end(request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Change a password: demo only."""
        _only_in_the_demo()
        return super().password_change(request, extra_context)

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Confirm a changed password: demo only."""
        _only_in_the_demo()
        return super().password_change_done(request, extra_context)


def _only_in_the_demo() -> None:
    if not settings.DEMO:
        raise Http404
