"""URLs of an appointment and of the pages of its move."""

from django.urls import reverse

from appointments.moving import WHY


def appointment_url(crn: str, contact_id: int) -> str:
    """Return the URL of an appointment."""
    return reverse("appointments:appointment", args=[crn, contact_id])


def question_url(crn: str, contact_id: int, slug: str) -> str:
    """Return the URL of a question about a move."""
    if slug == WHY:
        return reverse("appointments:move", args=[crn, contact_id])
    return reverse("appointments:move-question", args=[crn, contact_id, slug])


def check_url(crn: str, contact_id: int) -> str:
    """Return the URL of *Check your answers* of a move."""
    return reverse("appointments:move-check", args=[crn, contact_id])
