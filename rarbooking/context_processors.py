"""What the layout of every page shows."""

from django.conf import settings
from django.http import HttpRequest

from delius import availability
from rarbooking.sign_in import session_person


def layout(request: HttpRequest) -> dict[str, object]:
    """Return the signed-in person (or None), the section of the site a page is in, and where help is.

    `delius_is_down` says, on pages that need Delius, that it is left alone because it does not answer. Guidance does
    not need it.
    """
    person = session_person(request)
    section = "guidance" if request.path.startswith("/guidance/") else "cases"
    return {
        "person_signed_in": person,
        "section": section,
        "support_email": settings.SUPPORT_EMAIL,
        "delius_is_down": bool(person and section == "cases" and availability.reads_left_alone_for()),
    }
