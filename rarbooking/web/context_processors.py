"""Template context of the layout."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.template.backends.utils import csrf_input

from cases.permissions import SEE_CASES
from delius import availability
from govuk.cached_urls import url_of
from guidance.permissions import READ_GUIDANCE
from rarbooking.identity.landing import landing_url
from rarbooking.identity.sessions import seconds_left
from rarbooking.identity.sign_in import SignedInPerson, session_person


@dataclass(frozen=True)
class Section:
    """An item of the navigation."""

    text: str
    url: str
    is_current: bool


def layout(request: HttpRequest) -> dict[str, object]:
    """Return the signed-in user (or None), the navigation for their permissions, and the support address.

    `session_seconds` is the session's remaining time, None where nobody is signed in. `delius_is_down` is whether the
    circuit to Delius is open, for users with cases and outside guidance, which does not need Delius. `csrf_input` is
    the same for all forms of the page; the header has one where somebody is signed in.
    """
    person = session_person(request)
    sections = _sections(request) if person else []
    return {
        "person_signed_in": person,
        "session_seconds": seconds_left(request),
        "sections": sections,
        "home_url": landing_url(request.user) if person else url_of("booking:cases"),
        "support_email": settings.SUPPORT_EMAIL,
        "delius_is_down": _delius_is_down(request, person),
        **({"csrf_input": csrf_input(request)} if person else {}),
    }


def _delius_is_down(request: HttpRequest, person: SignedInPerson | None) -> bool:
    if person is None or _is_in_guidance(request) or not request.user.has_perm(SEE_CASES):
        return False
    return availability.calls_retry_after(username=person.username) is not None


def _sections(request: HttpRequest) -> list[Section]:
    cases = url_of("booking:cases")
    in_cases = request.path == cases or request.path.startswith("/cases/")
    parts = (
        (request.user.has_perm(SEE_CASES), Section("Your cases", cases, in_cases)),
        (
            request.user.has_perm(READ_GUIDANCE),
            Section("Guidance", url_of("guidance:index"), _is_in_guidance(request)),
        ),
        (getattr(request.user, "is_staff", False), Section("Administration", url_of("admin:index"), False)),
    )
    return [section for is_theirs, section in parts if is_theirs]


def _is_in_guidance(request: HttpRequest) -> bool:
    return request.path.startswith("/guidance/")
