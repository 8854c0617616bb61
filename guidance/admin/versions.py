"""Version history of a page in the admin: list, comparison and restoring."""

import re
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from guidance.models import Page
from guidance.presenters.differences import differences
from guidance.services import publishing

MAX_SHOWN = 200


class VersionsAdmin(admin.ModelAdmin):
    """Admin mixin that replaces Django's history of an object."""

    def get_urls(self) -> list[URLPattern]:
        """Add the URLs of comparison and restoring."""
        name = f"guidance_{self.model._meta.model_name}"
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/versions/compare/", view(self.compare), name=f"{name}_compare"),
            path("<int:pk>/versions/<int:version>/restore/", view(self.restore), name=f"{name}_restore"),
            *super().get_urls(),
        ]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """List the versions of a page, latest first."""
        page = self._page(request, object_id)
        records = list(publishing.versions(page)[:MAX_SHOWN])
        context = {
            **self.admin_site.each_context(request),
            "title": f"Versions of “{page}”",
            "opts": self.model._meta,
            "page": page,
            "records": records,
            "may_restore": self.has_change_permission(request, page),
        }
        return render(request, "admin/guidance/versions.html", context)

    def compare(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the differences between two versions of a page, the older first."""
        page = self._page(request, pk)
        chosen = [
            int(each)
            for each in (request.GET.get("from", ""), request.GET.get("to", ""))
            if re.fullmatch(r"[0-9]{1,18}", each)
        ]
        records = {record.history_id: record for record in publishing.versions(page).filter(history_id__in=chosen)}
        if len(records) != 2:
            messages.warning(request, "Choose two different versions to compare.")
            return redirect(f"admin:guidance_{self.model._meta.model_name}_history", pk)
        older, newer = (records[each] for each in sorted(records))
        before, after = ({name: getattr(each, name) for name in page.content_fields()} for each in (older, newer))
        context = {
            **self.admin_site.each_context(request),
            "title": f"What differs between versions {older.version} and {newer.version}",
            "opts": self.model._meta,
            "page": page,
            "older": older,
            "newer": newer,
            "differences": differences(page, before, after),
            "may_restore": self.has_change_permission(request, page),
        }
        return render(request, "admin/guidance/compare.html", context)

    @method_decorator(require_POST)
    def restore(self, request: HttpRequest, pk: int, version: int) -> HttpResponse:
        """Make an earlier version the draft."""
        page = self._page(request, pk)
        if not self.has_change_permission(request, page):
            raise PermissionDenied
        try:
            publishing.restore(page, version=version, by=request.user)  # type: ignore[arg-type]
        except publishing.TransitionNotAllowed as refused:
            messages.error(request, str(refused))
        else:
            self.log_change(request, page, f"Restored version {version} as a draft.")
            messages.success(request, f"The draft is version {version} again. What practitioners read has not changed.")
        return redirect(f"admin:guidance_{self.model._meta.model_name}_change", pk)

    def _page(self, request: HttpRequest, pk: Any) -> Page:
        page: Page | None = self.get_object(request, str(pk))
        if page is None:
            raise Http404
        if not self.has_view_permission(request, page):
            raise PermissionDenied
        return page
