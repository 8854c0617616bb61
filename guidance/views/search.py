"""View of search."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from guidance.forms import SearchForm
from guidance.permissions import READ_GUIDANCE
from guidance.search import record_zero_results, search_guidance


@require_safe
@permission_required(READ_GUIDANCE, raise_exception=True)
def search(request: HttpRequest) -> HttpResponse:
    """Show search results, and record a search without results."""
    form = SearchForm(request.GET if "words" in request.GET else None)
    found = []
    if form.is_valid():
        words = form.cleaned_data["words"]
        found = search_guidance(words)
        if not found:
            record_zero_results(words)
    context = {
        "form": form,
        "has_errors": bool(form.errors),
        "searched": form.is_bound and not form.errors,
        "words": form.cleaned_data["words"] if form.is_bound and not form.errors else "",
        "results": [(each, reverse(f"guidance:{each.kind}", args=[each.slug])) for each in found],
    }
    return render(request, "guidance/search.html.jinja", context)
