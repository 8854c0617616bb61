"""What the layout of every page shows."""

from django.conf import settings
from django.http import HttpRequest

from rarbooking.sign_in import session_person


def layout(request: HttpRequest) -> dict[str, object]:
    """Return the signed-in person (or None), the section of the site a page is in, and where help is."""
    return {
        "person_signed_in": session_person(request),
        "section": "guidance" if request.path.startswith("/guidance/") else "cases",
        "support_email": settings.SUPPORT_EMAIL,
    }
