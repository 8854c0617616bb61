"""Whether what somebody confirms now would be sent."""

from booking.journey.journey import Journey
from booking.journey.records import toolkit_records
from delius import availability


def left_alone_for(journey: Journey, *, username: str) -> float | None:
    """Return in how many seconds it is worth confirming again, None where it is now.

    Community API is needed always; Delius API only where the toolkit's record may have to be made.
    """
    counts_towards_rar = bool(journey.answers.rar)
    wait = availability.writes_left_alone_for(username=username, creates_nsi=counts_towards_rar)
    if wait is None or not counts_towards_rar:
        return wait
    without_creating = availability.writes_left_alone_for(username=username, creates_nsi=False)
    if without_creating is not None:
        return without_creating
    records = toolkit_records(journey.answers, journey.situation)
    return None if records and records.usable else wait
