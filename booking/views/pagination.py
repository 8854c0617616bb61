"""Page numbers in query parameters."""

import re

from django.http import Http404, HttpRequest

PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,3}")


def page_number(request: HttpRequest) -> int:
    """Return the requested page number, by default 1. Raises Http404 for other text."""
    asked = request.GET.get("page", "1")
    if not PAGE_NUMBER.fullmatch(asked):
        raise Http404
    return int(asked)


def require_page(page: int, *, of: int) -> None:
    """Raise Http404 for a page beyond the last of a list; an empty list has one page."""
    if page > max(of, 1):
        raise Http404
