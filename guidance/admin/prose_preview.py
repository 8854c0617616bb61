"""The preview beside a section while it is written."""

from collections.abc import Iterator

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from guidance.models import ToolkitGuidance
from guidance.quality.links import LinkTargets, links_in
from guidance.quality.prose import all_targets
from guidance.text.cleaning import clean_text
from guidance.text.markdown import LimitExceeded
from guidance.text.markdown import render as rendered
from guidance.text.markdown_lint import repair, warnings


class ProsePreviewAdmin(admin.ModelAdmin):
    """Admin mixin with the address of which the form asks for the preview of a section (rarbooking/admin.js)."""

    def get_urls(self) -> list[URLPattern]:
        """Add the URL of the preview."""
        name = f"guidance_{self.model._meta.model_name}_prose"
        return [path("prose/", self.admin_site.admin_view(self.prose_preview), name=name), *super().get_urls()]

    @method_decorator(require_POST)
    def prose_preview(self, request: HttpRequest) -> HttpResponse:
        """Show Markdown as readers will see it once it is saved, and what may not be shown as it is meant.

        Nothing is stored.
        """
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        text = repair(clean_text(request.POST.get("text", "")))
        try:
            shown = {"prose": rendered(text), "warnings": [*warnings(text), *_link_problems(text)]}
        except LimitExceeded as error:
            shown = {"warnings": [str(error)]}
        return render(request, "admin/guidance/prose.html", shown)


def _link_problems(text: str) -> Iterator[str]:
    """Yield what is wrong with links to elsewhere. A link into the page depends on its other sections."""
    links = [link for link in links_in(text) if not link.address.startswith("#")]
    targets = all_targets() if links else LinkTargets(())
    for link in dict.fromkeys(links):
        if problem := targets.problem(link.address, on=ToolkitGuidance()):
            yield f"The link “{link.text}” {problem.text}"
