"""Links to a person's record in Delius."""

from django.conf import settings


def contact_log_url(crn: str) -> str:
    """Return the URL of a person's contact log in Delius; empty where DELIUS_URL is not set."""
    if not settings.DELIUS_URL:
        return ""
    return f"{settings.DELIUS_URL.rstrip('/')}/NDelius-war/delius/JSP/deeplink.xhtml?component=ContactList&CRN={crn}"
