"""iCalendar files of appointments."""

from collections.abc import Sequence

from icalendar import Calendar, Event

from booking.models import Booking

PRODUCT = "-//HMPPS//Probation appointments//EN"


def calendar_of(bookings: Sequence[Booking]) -> bytes:
    """Return appointments as iCalendar with start, end and place, and no personal data."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    for booking in bookings:
        event = Event()
        event.add("uid", str(booking.id))
        event.add("dtstamp", booking.created_at)
        event.add("dtstart", booking.start)
        event.add("dtend", booking.end)
        event.add("summary", "Appointment")
        if booking.office_name:
            event.add("location", booking.office_name)
        calendar.add_component(event)
    return calendar.to_ical()
