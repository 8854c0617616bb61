"""Presenter of calling an appointment off."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from appointments.moving import WHY
from appointments.presenters.descriptions import place_of, when_of
from appointments.presenters.links import appointment_url, question_url
from cases.presenters.appointment_types import type_name
from delius.records import Appointment, Case, OutcomeType


def cancel_page(
    appointment: Appointment, case: Case, *, outcomes: Iterable[OutcomeType] | None, has_begun: bool, delius_url: str
) -> dict[str, Any]:
    """Return the context of the page about calling an appointment off.

    `outcomes` are those of its type that mean that it was called off; None where Delius does not tell.
    """
    crn, contact_id = case.crn, appointment.contact_id
    outcome_url = reverse("appointments:outcome", args=[crn, contact_id])
    moved_to = appointment.rescheduled_to
    return {
        "person": case,
        "now_at": place_of(appointment),
        "kind": type_name(appointment.type),
        "starts": when_of(appointment.start, None),
        "has_begun": has_begun,
        "outcome": appointment.outcome.label if appointment.outcome else "",
        "moved_to_url": appointment_url(crn, moved_to) if moved_to else "",
        "outcomes": None
        if outcomes is None
        else [{"name": each.label, "url": f"{outcome_url}?outcome={each.code}"} for each in outcomes],
        "move_url": question_url(crn, contact_id, WHY),
        "back_url": appointment_url(crn, contact_id),
        "delius_url": delius_url,
    }
