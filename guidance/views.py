"""Pages of the guidance section."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Say where guidance on toolkits and risk flags is, until it is published here."""
    return render(request, "guidance/index.html.jinja")
