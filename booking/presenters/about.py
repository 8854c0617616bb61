"""Sentences about arranged appointments: where they are and what they count towards."""

from collections.abc import Sequence

from booking.models import Booking
from cases.presenters.sentences import requirement_names, sentence_names
from delius.records import Case
from delius.selectors import rar_requirements
from govuk.formats import LONDON, long_date


def about(bookings: Sequence[Booking], person: Case) -> list[str]:
    """Return sentences, without full stops, about an appointment, or one and its repeats; `bookings` are by date.

    Where the person has several sentences or RAR requirements, the one is named by the words of *Check your answers*.
    """
    first, subject = bookings[0], "They" if len(bookings) > 1 else "It"
    found = [f"{subject} will be at {first.office_name}"] if first.office_name else []
    counting = [each for each in bookings if each.counts_towards_rar]
    if not counting:
        names = sentence_names(person.events)
        return (
            [*found, f"The sentence is {names[first.event_id]}"]
            if first.event_id in names and len(names) > 1
            else found
        )
    if len(counting) < len(bookings):
        subject = f"The one on {long_date(first.start.astimezone(LONDON).date())}"
    found.append(f"{subject} will count towards RAR, using the toolkit {counting[0].toolkit_name}")
    # Those that were in force, and so could be chosen, when it was arranged.
    names = requirement_names(rar_requirements(person, on=first.created_at.astimezone(LONDON).date()))
    if first.requirement_id in names and len(names) > 1:
        found.append(f"The RAR requirement is that of {names[first.requirement_id]}")
    return found
