"""Links to the pages about a person, here and in Delius."""

from functools import cache

from django.conf import settings
from django.urls import reverse

ANY_CRN = "A000000"


def case_url(view: str, crn: str, *arguments: str) -> str:
    """Return the URL of a view about a person; `arguments` are few, such as the slug of a question."""
    return _any_case_url(view, *arguments).replace(ANY_CRN, crn)


def contact_log_url(crn: str) -> str:
    """Return the URL of a person's contact log in Delius; empty where DELIUS_URL is not set."""
    if not settings.DELIUS_URL:
        return ""
    return f"{settings.DELIUS_URL.rstrip('/')}/NDelius-war/delius/JSP/deeplink.xhtml?component=ContactList&CRN={crn}"


@cache
def _any_case_url(view: str, *arguments: str) -> str:
    """Return the URL with ANY_CRN, worked out once: a list has three for each person."""
    return reverse(view, args=[ANY_CRN, *arguments])
