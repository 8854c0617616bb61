"""URLs of views without arguments, worked out once in a process: every page has some."""

from functools import cache

from django.urls import reverse


@cache
def url_of(view: str) -> str:
    """Return the URL of a view that takes no arguments."""
    return reverse(view)
