"""The answers of a journey that arranges the next appointment like one that there is."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from booking.forms.steps import OTHER_TYPE
from booking.journey.journey import Journey
from booking.journey.situation import Situation
from cases.forms import NO_OFFICE
from cases.presenters.appointment_types import FEATURED_NAMES
from cases.sessions import is_rar_session, session_kind
from delius.errors import DeliusError
from delius.records import Appointment, Nsi
from delius.selectors import RarRequirement
from govuk.formats import clock, in_london
from toolkits import selectors as toolkits

WEEK = 7
# In the answer to *when*: the day of the appointment that the date was worked out from. Typing another date removes it.
FOLLOWS = "follows"


def next_journey(appointment: Appointment, recent: Iterable[Appointment], situation: Situation) -> Journey:
    """Return a journey with the answers of an appointment, for the next day of its rhythm (`next_day`).

    Notes are not taken over. What cannot be taken over has no answer, so it is asked. May read NSIs from Delius.
    """
    raw = {
        **_what(appointment, situation),
        "where": {"office": appointment.office.code if appointment.office else NO_OFFICE},
        **_when(appointment, recent, situation),
        "repeat": {"repeat": "no"},
        "notes": {"notes": ""},
        "sensitive": {"sensitive": "yes" if appointment.sensitive else "no"},
    }
    return Journey(raw=raw, situation=situation).without_invalid_answers()


def follows_day(journey: Journey) -> date | None:
    """Return the day of the appointment that a journey's date was worked out from; None for a date that was typed."""
    follows = journey.raw.get("when", {}).get(FOLLOWS)
    return date.fromisoformat(follows) if follows else None


def next_day(appointment: Appointment, recent: Iterable[Appointment]) -> tuple[date, int]:
    """Return the day of the next appointment after one, and the weeks of the rhythm.

    As many weeks on as it was after the one before of its type and toolkit, to the nearest week and at least one; a
    week where there was none before.
    """
    earlier = [
        each.start.date()
        for each in recent
        if session_kind(each) == session_kind(appointment)
        and each.rescheduled_to is None
        and each.contact_id != appointment.contact_id
        and each.start <= appointment.start
    ]
    day = appointment.start.date()
    weeks = max(round((day - max(earlier)).days / WEEK), 1) if earlier else 1
    return day + timedelta(weeks=weeks), weeks


def _what(appointment: Appointment, situation: Situation) -> dict[str, dict[str, str]]:
    code, officer = appointment.type.code, appointment.officer
    answers = {
        "team": {"team": officer.team_code if officer else ""},
        "type": {"type": code} if code in FEATURED_NAMES else {"type": OTHER_TYPE, "other": code},
    }
    if not is_rar_session(appointment):
        return answers | {"rar": {"rar": "no"}, "sentence": {"sentence": str(appointment.event_id)}}
    nsi = _nsi_of(appointment, situation)
    requirement = _requirement_of(appointment, nsi, situation)
    if requirement is None:
        return answers
    answers |= {"rar": {"rar": "yes"}, "requirement": {"requirement": _key_of(requirement)}}
    if slug := _toolkit_of(appointment):
        answers["toolkit"] = {"toolkit": slug}
    if nsi:
        answers["record"] = {"record": str(nsi.nsi_id)}
    return answers


def _when(appointment: Appointment, recent: Iterable[Appointment], situation: Situation) -> dict[str, dict[str, Any]]:
    start, end = appointment.start, appointment.end
    if end is None:
        return {}
    day, weeks = next_day(appointment, recent)
    while in_london(day, start.time()) <= situation.now:
        day += timedelta(weeks=weeks)
    return {
        "when": {
            "date_day": str(day.day),
            "date_month": str(day.month),
            "date_year": str(day.year),
            "start_time": clock(start.time()),
            "end_time": clock(end.time()),
            # As they were, so they are meant.
            "unusual_times": f"{start:%H:%M}-{end:%H:%M}",
            FOLLOWS: start.date().isoformat(),
        }
    }


def _nsi_of(appointment: Appointment, situation: Situation) -> Nsi | None:
    """Return the NSI that an appointment hangs from; None for none, and where Delius does not answer."""
    event = next((each for each in situation.events if each.event_id == appointment.event_id), None)
    if appointment.nsi is None or event is None:
        return None
    try:
        found = situation.nsis_of(event)
    except DeliusError:
        return None
    return next((each for each in found if each.nsi_id == appointment.nsi.nsi_id), None)


def _requirement_of(appointment: Appointment, nsi: Nsi | None, situation: Situation) -> RarRequirement | None:
    """Return the requirement that an appointment counts towards; None where it is not in force or not known."""
    requirement_id = nsi.requirement_id if nsi else appointment.requirement_id
    in_force = {each.requirement_id: each for each in situation.rar_requirements}
    if requirement_id is not None:
        return in_force.get(requirement_id)
    of_event = [each for each in in_force.values() if each.event.event_id == appointment.event_id]
    return of_event[0] if len(of_event) == 1 else None


def _key_of(requirement: RarRequirement) -> str:
    return f"{requirement.event.event_id}-{requirement.requirement_id}"


def _toolkit_of(appointment: Appointment) -> str:
    """Return the slug of the toolkit of an appointment; empty for none."""
    _, type_code, sub_type_code = session_kind(appointment)
    return next(
        (
            each.slug
            for each in toolkits.all_toolkits()
            if (each.nsi_type_code, each.nsi_sub_type_code or "") == (type_code, sub_type_code)
        ),
        "",
    )
