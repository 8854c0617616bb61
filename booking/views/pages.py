"""Which page of a list somebody asks for."""

import re

from django.http import Http404, HttpRequest

PAGE = re.compile(r"[1-9][0-9]{0,3}")


def page_asked_for(request: HttpRequest) -> int:
    """Return the number of a page, from 1; the first where none is named. Raises Http404 for what is no number."""
    asked = request.GET.get("page", "1")
    if not PAGE.fullmatch(asked):
        raise Http404
    return int(asked)


def insist_on(page: int, *, of: int) -> None:
    """Raise Http404 for a page that a list of so many pages does not have; an empty list has a first page."""
    if page > max(of, 1):
        raise Http404
