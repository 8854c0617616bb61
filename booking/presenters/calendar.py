"""Presenter of bookings in a calendar."""

from collections.abc import Iterable

from booking.models import Booking
from cases.calendar import Entry, entry_of, where_now
from delius.records import Appointment


def calendar_entries(bookings: Iterable[Booking], coming: Iterable[Appointment]) -> list[Entry]:
    """Return the entries of booked appointments: as Delius has them where they are among its coming ones.

    One that was moved is where it is now.
    """
    known = {each.contact_id: each for each in coming}
    return [_entry(each, known) for each in bookings]


def _entry(booking: Booking, known: dict[int, Appointment]) -> Entry:
    uid = str(booking.appointment_reference or booking.id)
    if there := known.get(booking.appointment_id or 0):
        now, moves = where_now(there, known)
        return entry_of(now, uid=uid, moves=moves, stamp=booking.created_at)
    return Entry(
        uid=uid,
        moves=0,
        stamp=booking.created_at,
        start=booking.start,
        end=booking.end,
        summary=booking.type_name,
        location=booking.office_name,
    )
