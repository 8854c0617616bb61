"""The search of *Your cases*, stored in the session because names must not be in URLs."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

SESSION_KEY = "case_search"
SEARCH_PARAMETER = "found"


def store(request: HttpRequest, *, words: str, choices: Mapping[str, str]) -> str:
    """Store a search, or clear it where there are no `words`, and return the URL of its results."""
    if words:
        request.session[SESSION_KEY] = words
    else:
        request.session.pop(SESSION_KEY, None)
    query = query_for(words=words, choices=choices)
    return reverse("booking:cases") + (f"?{urlencode(query)}" if query else "")


def query_for(*, words: str, choices: Mapping[str, str]) -> dict[str, str]:
    """Return the query parameters of the results, or of the full list where there are no `words`."""
    return {**({SEARCH_PARAMETER: "yes"} if words else {}), **choices}


def stored_search(request: HttpRequest) -> str:
    """Return the stored search that a request shows the results of; empty for the full list."""
    return str(request.session.get(SESSION_KEY, "")) if SEARCH_PARAMETER in request.GET else ""
