"""Resuming changes that a crash, an outage or a lost response left under way."""

from appointments import auditing
from appointments.models import ChangeState
from appointments.selectors import KINDS
from appointments.services.delivery import processing, retry
from appointments.services.drafts import release_draft
from appointments.services.states import transition
from cases.delivery import resuming

DELIVERY = resuming.Delivery(
    name="change",
    states=ChangeState,
    process=processing.process,
    transition=transition,
    release_draft=release_draft,
    resumed=auditing.change_resumed,
    enqueue_resume=retry.enqueue_resume,
)


def resume_due() -> dict[str, int]:
    """Process every change whose next try is due, and return how many are now in each state (`resuming.resume_due`)."""
    return resuming.resume_due(DELIVERY, *KINDS)
