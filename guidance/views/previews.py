"""Views of previews of drafts."""

import re

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from guidance.models import Page
from guidance.presenters.pages import format_date, page_content
from guidance.services import previews, publishing


@require_safe
def preview(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Show a page's draft, or with `?version=` an earlier version, to users who may view it in the admin."""
    model = next((each for each in publishing.KINDS if each.kind == kind), None)
    if model is None:
        raise Http404
    if not request.user.is_staff or not request.user.has_perm(f"guidance.view_{model._meta.model_name}"):
        raise PermissionDenied
    page = get_object_or_404(model, pk=pk)
    version = request.GET.get("version", "")
    what = "This is a preview of the draft. Practitioners do not see it until it is published."
    if version:
        page = _as_it_was(page, version)
        what = f"This is version {version}. Practitioners may read another one."
    context = {
        "page": page_content(page),
        "preview": what,
        "edit_url": reverse(f"admin:guidance_{model._meta.model_name}_change", args=[pk]),
        "shared_url": ""
        if version
        else request.build_absolute_uri(reverse("guidance:shared-preview", args=[previews.token_for(page)])),
        "shared_until": format_date(previews.ends_at()),
    }
    return render(request, "guidance/preview.html.jinja", context)


@login_not_required
@require_safe
def shared_preview(request: HttpRequest, token: str) -> HttpResponse:
    """Show a page's draft to anybody with a valid preview link."""
    try:
        page = previews.page_of(token)
    except previews.InvalidPreview:
        return render(request, "guidance/preview-ended.html.jinja", status=404)
    what = "This is a preview of a draft, for review. Practitioners do not see it until it is published."
    response = render(request, "guidance/preview.html.jinja", {"page": page_content(page), "preview": what})
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _as_it_was(page: Page, version: str) -> Page:
    record = publishing.versions(page).filter(version=version).first() if re.fullmatch(r"[0-9]{1,9}", version) else None
    if record is None:
        raise Http404
    for name in page.content_fields():
        setattr(page, name, getattr(record, name))
    return page
