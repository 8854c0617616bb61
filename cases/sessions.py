"""Which appointments follow one another: those of one type and toolkit."""

from collections.abc import Iterable

from delius.records import Appointment

# Type of the appointment, and type and sub type of its NSI.
SessionKind = tuple[str, str, str]


def session_kind(appointment: Appointment) -> SessionKind:
    """Return what an appointment has in common with the one that it follows: its type, and its toolkit's NSI type."""
    nsi = appointment.nsi
    if nsi is None:
        return appointment.type.code, "", ""
    return appointment.type.code, nsi.type.code, nsi.sub_type.code if nsi.sub_type else ""


def is_rar_session(appointment: Appointment) -> bool:
    """Return whether an appointment is a RAR session. An absence takes the flag away, and the NSI stays."""
    return appointment.counts_towards_rar or appointment.nsi is not None


def last_of_each_kind(appointments: Iterable[Appointment]) -> list[Appointment]:
    """Return the last appointment of each kind, the latest first; those that were moved are left out."""
    found: dict[SessionKind, Appointment] = {}
    for each in sorted(appointments, key=lambda each: each.start):
        if each.rescheduled_to is None:
            found[session_kind(each)] = each
    return sorted(found.values(), key=lambda each: each.start, reverse=True)


def last_session(appointments: Iterable[Appointment]) -> Appointment | None:
    """Return the last RAR session, or else the last appointment; None for nobody's."""
    last = last_of_each_kind(appointments)
    return next((each for each in last if is_rar_session(each)), last[0] if last else None)
