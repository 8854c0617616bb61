"""Whom somebody looked for last on *Your cases*: kept in their session, because a name may stand in no address."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from booking.forms.cases import BY_NAME

KEPT = "looked_for"
FOUND = "found"


def keep(request: HttpRequest, *, words: str, order: str) -> str:
    """Keep what was looked for, or forget it where that is nothing, and return the address that shows who was found."""
    if words:
        request.session[KEPT] = words
    else:
        request.session.pop(KEPT, None)
    query = query_for(words=words, order=order)
    return reverse("booking:cases") + (f"?{urlencode(query)}" if query else "")


def query_for(*, words: str, order: str) -> dict[str, str]:
    """Return the query of the address that shows whoever was found, or everybody where there are no `words`."""
    return ({FOUND: "yes"} if words else {}) | ({"order": order} if order != BY_NAME else {})


def words_for(request: HttpRequest) -> str:
    """Return what the address of a request shows the finds of; empty where it shows everybody."""
    return str(request.session.get(KEPT, "")) if FOUND in request.GET else ""
