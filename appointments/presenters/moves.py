"""Presenters of moving an appointment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from appointments.models import ChangeDraft, ChangeState, Move
from appointments.moving import WHEN, WHERE, WHICH, WHY, Moving, NewPlace, Situation
from appointments.presenters.descriptions import AnswerRow, place_of, times_of, when_of
from appointments.presenters.links import appointment_url, check_url, question_url
from cases.presenters.appointment_types import type_name
from cases.presenters.phone_numbers import PhoneNumber, phone_numbers
from cases.presenters.sentences import requirement_names, sentence_names
from cases.warnings import warnings
from delius.records import Case
from delius.request_bodies import RequestedBy
from govuk.formats import long_date

# Problems of *Check your answers*.
CLASH, CHANGED, ANSWERS_CHANGED, SAME, ONLY_PLACE = "clash", "changed", "answers", "same", "only-place"
NO_LOCATION = "No location"


@dataclass(frozen=True)
class Difference:
    """What one thing is now and what it will be; `change_url` is empty where no question is asked for it."""

    label: str
    now: str
    new: str
    is_changed: bool
    change_url: str = ""


def question_page(moving: Moving, slug: str, *, is_change: bool) -> dict[str, Any]:
    """Return the context of a question; `is_change` says that it was opened from *Check your answers*."""
    situation = moving.situation
    crn, contact_id = situation.case.crn, situation.contact_id
    before = moving.before(slug)
    if is_change:
        back_url = check_url(crn, contact_id)
    else:
        back_url = question_url(crn, contact_id, before) if before else appointment_url(crn, contact_id)
    return {
        "person": situation.case,
        "back_url": back_url,
        "now_at": place_of(situation.appointment),
        "later": [when_of(each.start, each.end) for each in moving.later] if slug == WHICH else [],
        "no_offices": slug == WHERE and not situation.offices,
        "cancel_url": reverse("appointments:cancel", args=[crn, contact_id]),
    }


def check_page(moving: Moving, draft: ChangeDraft, *, problem: str) -> dict[str, Any]:
    """Return the context of *Check your answers* of a move: what is now beside what will be, and what stays."""
    situation = moving.situation
    crn, contact_id = situation.case.crn, situation.contact_id
    places = moving.new_places
    moved = {place.old.contact_id for place in places}
    noticed = warnings(
        [(place.start, place.end) for place in places],
        first_name=situation.case.name.familiar,
        read_coming=lambda: [each for each in situation.upcoming if each.contact_id not in moved],
    )
    return {
        "person": situation.case,
        "several": len(places) > 1,
        "type_name": type_name(situation.appointment.type),
        "differences": _differences(moving, places),
        "answers": _answers(moving),
        "stays": _stays(situation),
        "warnings": noticed.texts,
        "overlaps": noticed.overlaps,
        "may_overlap": problem == CLASH or bool(noticed.overlaps),
        "problem": _problem(problem, several=len(places) > 1, first_name=situation.case.name.familiar),
        "is_clash": problem == CLASH,
        "has_errors": bool(problem),
        "change_id": draft.change_id,
        "fingerprint": draft.fingerprint,
        "versions": versions(moving),
        "back_url": question_url(crn, contact_id, moving.asked[-1]),
        "when_url": f"{question_url(crn, contact_id, WHEN)}?change=1",
        "check_url": check_url(crn, contact_id),
    }


def versions(moving: Moving) -> str:
    """Return the versions of the appointments that move, so that a page confirms exactly the ones that it shows."""
    return " ".join(f"{place.old.contact_id}:{place.old.version}" for place in moving.new_places)


def problem_of(move: Move) -> str:
    """Return the problem with which a move comes back to *Check your answers*; empty for none."""
    if move.state == ChangeState.CHANGED:
        return CHANGED
    return CLASH if move.clash else ""


def cannot_move_page(situation: Situation, *, by_somebody_else: bool) -> dict[str, Any]:
    """Return the context of the page of an appointment that cannot be moved."""
    appointment, crn = situation.appointment, situation.case.crn
    moved_to = appointment.rescheduled_to
    return {
        "person": situation.case,
        "now_at": place_of(appointment),
        "by_somebody_else": by_somebody_else,
        "outcome": appointment.outcome.description if appointment.outcome else "",
        "moved_to_url": appointment_url(crn, moved_to) if moved_to else "",
        "back_url": appointment_url(crn, situation.contact_id),
    }


@dataclass(frozen=True)
class MoveRow:
    """One of the moves; `again_url` is empty unless it can be tried again."""

    old: str
    new: str
    outcome: str
    colour: str
    refusal: str
    change_url: str
    change_text: str
    new_contact_id: int | None


@dataclass(frozen=True)
class MovePage:
    """What became of a move and of those confirmed with it."""

    heading: str
    type_name: str
    rows: list[MoveRow]
    url: str
    under_way: bool
    all_moved: bool
    needs_attention: bool
    settled: bool
    several: bool
    old: str
    new: str
    where: str
    first_name: str
    phone_numbers: list[PhoneNumber]


OUTCOMES = {
    ChangeState.RECORDED: ("Moved", "green"),
    ChangeState.REFUSED: ("Not moved", "red"),
    ChangeState.CHANGED: ("Not moved", "red"),
    ChangeState.NEEDS_ATTENTION: ("We are finding out", "orange"),
    ChangeState.SETTLED: ("Settled in Delius", "grey"),
}
# What the answer to a question is called in a sentence. Delius may refuse each of these.
ANSWERS = {WHY: "who asked for it and why", WHEN: "the date and time", WHERE: "the location"}
HAD_CHANGED = "It had been changed in Delius since you saw it."


def move_page(together: Sequence[Move], person: Case) -> MovePage:
    """Return the content of the page of a move, or of several that were confirmed together, by date."""
    first = together[0]
    moved = sum(each.state == ChangeState.RECORDED for each in together)
    under_way = any(each.is_under_way for each in together)
    several = len(together) > 1
    return MovePage(
        heading=_heading(together, moved=moved, under_way=under_way),
        type_name=first.type_name,
        rows=[_row(each, may_try_again=several) for each in together],
        url=reverse("appointments:moved", args=[first.crn, first.contact_id, first.id]),
        under_way=under_way,
        all_moved=moved == len(together),
        needs_attention=any(each.state == ChangeState.NEEDS_ATTENTION for each in together),
        settled=any(each.state == ChangeState.SETTLED for each in together),
        several=several,
        old=when_of(first.appointment_start, first.appointment_end),
        new=when_of(first.start, first.end),
        where=first.office_name,
        first_name=person.name.familiar,
        phone_numbers=phone_numbers(person),
    )


def _differences(moving: Moving, places: Sequence[NewPlace]) -> list[Difference]:
    situation = moving.situation
    crn, contact_id = situation.case.crn, situation.contact_id
    when_url = f"{question_url(crn, contact_id, WHEN)}?change=1"
    if len(places) > 1:
        rows = [
            Difference(
                label=f"Repeat {number}" if number else "First appointment",
                now=when_of(place.old.start, place.old.end),
                new=when_of(place.start, place.end),
                is_changed=(place.old.start, place.old.end) != (place.start, place.end),
                change_url="" if number else when_url,
            )
            for number, place in enumerate(places)
        ]
    else:
        [place] = places
        old_day: date = place.old.start.date()
        old_times, new_times = times_of(place.old.start, place.old.end), times_of(place.start, place.end)
        rows = [
            _difference("Date", long_date(old_day), long_date(place.start.date()), change_url=when_url),
            _difference("Time", old_times, new_times, change_url=when_url),
        ]
    where_url = f"{question_url(crn, contact_id, WHERE)}?change=1" if WHERE in moving.asked else ""
    old_office, new_office = places[0].old.office, places[0].office
    if old_office or new_office:
        before, after = (moving.name_of(each) or NO_LOCATION for each in (old_office, new_office))
        rows.append(_difference("Location", before, after, change_url=where_url))
    return rows


def _difference(label: str, now: str, new: str, *, change_url: str) -> Difference:
    return Difference(label=label, now=now, new=new, is_changed=now != new, change_url=change_url)


def _answers(moving: Moving) -> list[AnswerRow]:
    situation = moving.situation
    crn, contact_id = situation.case.crn, situation.contact_id
    asked_by = situation.case.name.familiar if moving.requested_by is RequestedBy.PERSON else "The probation service"
    url = f"{question_url(crn, contact_id, WHY)}?change=1"
    rows = [AnswerRow("Asked for by", asked_by, url), AnswerRow("Reason", moving.reason, url)]
    if WHICH in moving.asked:
        later = len(moving.later) if moving.with_later else 0
        which = f"This one and the {later} after it" if later > 1 else "This one and the one after it"
        url = f"{question_url(crn, contact_id, WHICH)}?change=1"
        rows.insert(0, AnswerRow("Appointments to move", which if later else "Only this one", url))
    return rows


def _stays(situation: Situation) -> list[AnswerRow]:
    appointment = situation.appointment
    nsi = appointment.nsi
    rows = [AnswerRow("Type of appointment", type_name(appointment.type))]
    if nsi:
        toolkit = ": ".join(each.description for each in (nsi.type, nsi.sub_type) if each and each.description)
        rows.append(AnswerRow("RAR toolkit", toolkit or "Not named in Delius"))
    rows.append(AnswerRow("Counts towards RAR", "Yes" if appointment.counts_towards_rar else "No"))
    if situation.requirement:
        names = requirement_names(situation.rar_requirements)
        rows.append(AnswerRow("RAR requirement", names[situation.requirement.requirement_id]))
    elif sentence := sentence_names(situation.case.events).get(appointment.event_id or 0):
        rows.append(AnswerRow("Sentence", sentence))
    rows.append(AnswerRow("Sensitive", "Yes" if appointment.sensitive else "No"))
    return rows


def _problem(kind: str, *, several: bool, first_name: str) -> str:
    it, them = ("these appointments", "them") if several else ("this appointment", "it")
    return {
        CLASH: f"{first_name} already has an appointment at this time. Change the date or time, or move {them} anyway",
        CHANGED: f"Delius has changed {it} since you saw {them}. Check what is there now, and confirm again",
        ANSWERS_CHANGED: "Your answers were changed in another tab. Check them and confirm again",
        ONLY_PLACE: f"There is no other location to choose. If Delius refuses the one it has, move {it} in Delius",
        SAME: "This is when and where it is now. Change the date, the time or the location",
    }.get(kind, "")


def _heading(together: Sequence[Move], *, moved: int, under_way: bool) -> str:
    several = len(together) > 1
    if under_way:
        return "We’re still moving these appointments" if several else "We’re still moving this appointment"
    if moved == len(together):
        return "Appointments moved" if several else "Appointment moved"
    if several:
        return f"{moved} of {len(together)} appointments moved"
    return {
        ChangeState.NEEDS_ATTENTION: "We could not move this appointment yet",
        ChangeState.SETTLED: "This move was settled in Delius",
    }.get(ChangeState(together[0].state), "This appointment was not moved")


def _row(move: Move, *, may_try_again: bool) -> MoveRow:
    outcome, colour = OUTCOMES.get(ChangeState(move.state), ("Moving", "blue"))
    state = ChangeState(move.state)
    if state not in {ChangeState.REFUSED, ChangeState.CHANGED}:
        url = text = ""
    elif may_try_again or not move.refused_step:
        url, text = question_url(move.crn, move.contact_id, WHY), "Move it by itself" if may_try_again else ""
    else:
        url = f"{question_url(move.crn, move.contact_id, move.refused_step)}?change=1"
        text = f"Change {ANSWERS[move.refused_step]}"
    return MoveRow(
        old=when_of(move.appointment_start, move.appointment_end),
        new=when_of(move.start, move.end),
        outcome=outcome,
        colour=colour,
        refusal=move.refusal or (HAD_CHANGED if state is ChangeState.CHANGED else ""),
        change_url=url,
        change_text=text,
        new_contact_id=move.new_contact_id,
    )
