"""Pagination of lists: the page number of a request, and the component's parameters."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest

# Page links on either side of the current page.
NEIGHBOURS = 2
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


def pagination(
    url: str, *, page: int, pages: int, label: str, query: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the parameters of GOV.UK's pagination component, empty for a single page; pages count from 1.

    `query` are other query parameters to preserve; `label` is the landmark's accessible name.
    """
    if pages <= 1:
        return {}
    addresses = {number: f"{url}?{urlencode({**(query or {}), 'page': number})}" for number in range(1, pages + 1)}
    items: list[dict[str, Any]] = []
    for number, address in addresses.items():
        if number in {1, pages} or abs(number - page) <= NEIGHBOURS:
            items.append({"number": number, "href": address, "current": number == page})
        elif "ellipsis" not in items[-1]:
            items.append({"ellipsis": True})
    found: dict[str, Any] = {"items": items, "landmarkLabel": label}
    if page > 1:
        found["previous"] = {"href": addresses[page - 1]}
    if page < pages:
        found["next"] = {"href": addresses[page + 1]}
    return found
