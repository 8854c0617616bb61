"""What the layout of every page shows."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from booking.permissions import SEE_CASES
from guidance.permissions import READ_GUIDANCE
from rarbooking.sign_in import session_person


@dataclass(frozen=True)
class Section:
    """A part of the site, as the navigation shows it."""

    text: str
    url: str
    is_current: bool


def layout(request: HttpRequest) -> dict[str, object]:
    """Return the signed-in person (or None), the parts of the site that are for them, and where help is."""
    person = session_person(request)
    sections = _sections(request) if person else []
    return {
        "person_signed_in": person,
        "sections": sections,
        "home_url": sections[0].url if sections else reverse("booking:cases"),
        "support_email": settings.SUPPORT_EMAIL,
    }


def _sections(request: HttpRequest) -> list[Section]:
    in_guidance = request.path.startswith("/guidance/")
    parts = (
        (request.user.has_perm(SEE_CASES), Section("Your cases", reverse("booking:cases"), not in_guidance)),
        (request.user.has_perm(READ_GUIDANCE), Section("Guidance", reverse("guidance:index"), in_guidance)),
        (getattr(request.user, "is_staff", False), Section("Administration", reverse("admin:index"), False)),
    )
    return [section for is_theirs, section in parts if is_theirs]
