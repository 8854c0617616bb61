"""What pages of other apps show of changes: globals of the Jinja environment, as booking never imports this app."""

from collections.abc import Iterable
from dataclasses import dataclass

from appointments import selectors
from appointments.presenters.changes import ChangeNews, news_of
from appointments.presenters.descriptions import when_of
from appointments.presenters.links import appointment_url


@dataclass(frozen=True)
class Moved:
    """Where an appointment is now that was moved; `where` is empty for no location."""

    when: str
    where: str
    url: str


def moved_appointments(crn: str, contact_ids: Iterable[int | None]) -> dict[int, Moved]:
    """Return where appointments are now, by contact id: those of a person that were moved by this service.

    One query where none was moved. What was moved in Delius is not known here.
    """
    found = selectors.last_moves(crn=crn, contact_ids=[each for each in contact_ids if each])
    return {
        contact_id: Moved(
            when=when_of(move.start, move.end),
            where=move.office_name,
            url=appointment_url(crn, move.new_contact_id or 0),
        )
        for contact_id, move in found.items()
    }


def change_news(user_id: int) -> list[ChangeNews]:
    """Return the notifications about the user's changes of appointments, the oldest first."""
    return news_of(selectors.changes_to_report(user_id=user_id))
