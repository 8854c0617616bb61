"""What templates print: no reads, no decisions left for the template."""

from dataclasses import dataclass

from django.urls import reverse

from booking.formats import LONDON, from_to, long_date
from booking.journey.journey import Journey
from booking.journey.records import ToolkitRecords, referred
from booking.journey.steps import Step
from booking.models import Booking, BookingState
from delius.records import Person
from delius.selectors import CaseloadPerson

CLASH = "clash"
ORDER = "order"
RECORD = "record"
CHANGED = "changed"
NOT_ASKED = "not-asked"

CHECK_ORDER = (
    "team",
    "type",
    "where",
    "when",
    "rar",
    "requirement",
    "sentence",
    "toolkit",
    "notes",
    "sensitive",
)


@dataclass(frozen=True)
class CheckRow:
    """A line of *Check your answers*; `change_url` is empty for what nobody was asked."""

    key: str
    value: str
    note: str = ""
    change_url: str = ""


@dataclass(frozen=True)
class CaseRow:
    """A line of *Your cases*."""

    crn: str
    name: str
    rar_days: str
    message: str
    arrange_url: str
    arrange_text: str
    discard_url: str


@dataclass(frozen=True)
class News:
    """A line about a booking that is not settled, or whose outcome nobody has looked at."""

    text: str
    url: str


@dataclass(frozen=True)
class Confirmation:
    """What the page after confirming says."""

    type_name: str
    when: str
    where: str
    toolkit: str
    first_name: str
    phone_number: str
    url: str
    outcome_unknown: bool
    may_cancel: bool
    reason: str


def step_url(crn: str, step: Step) -> str:
    """Return the address of a question."""
    return reverse("booking:step", args=[crn, step.slug])


def step_problem(kind: str, *, first_name: str) -> str:
    """Return why somebody was sent to a question: a CLASH with another appointment, or questions left out (ORDER)."""
    return {
        CLASH: f"{first_name} already has an appointment at this time. Enter a different date or time",
        ORDER: "Answer this question first. The page you asked for comes after it",
    }.get(kind, "")


def check_problem(kind: str) -> str:
    """Return why somebody was sent to *Check your answers*: answers CHANGED elsewhere, or a question NOT_ASKED."""
    return {
        CHANGED: "Your answers were changed in another tab. Check them and confirm again",
        NOT_ASKED: "The page you asked for is not needed for this appointment. Check your answers here",
    }.get(kind, "")


def booking_url(booking: Booking) -> str:
    """Return the address of the page that says what became of a booking."""
    return reverse("booking:booking", args=[booking.crn, booking.id])


def check_rows(journey: Journey, records: ToolkitRecords | None = None) -> list[CheckRow]:
    """Return the lines of *Check your answers*, in the order people read them rather than the order they are asked."""
    crn = journey.situation.case.person.crn
    asked = {step.slug: step for step in journey.asked}
    rows: list[CheckRow] = []
    for slug in CHECK_ORDER:
        if step := asked.get(slug):
            url = f"{step_url(crn, step)}?change=1"
            rows += [
                CheckRow(row.key, row.value, change_url=url) for row in step.rows(journey.answers, journey.situation)
            ]
        elif assumed := _assumed_row(slug, journey):
            rows.append(assumed)
        if slug == "toolkit" and records:
            rows += _record_rows(crn, records)
    return rows


def case_row(person: CaseloadPerson, *, has_draft: bool, under_way: Booking | None = None) -> CaseRow:
    """Return the line of one person on probation on *Your cases*; `under_way` is a booking that is being saved."""
    if under_way and not person.access_message:
        return CaseRow(
            crn=person.crn,
            name=person.name,
            rar_days=_rar_days(person),
            message="",
            arrange_url=booking_url(under_way),
            arrange_text="See the appointment we’re saving",
            discard_url="",
        )
    return CaseRow(
        crn=person.crn,
        name=person.name if not person.access_message else "",
        rar_days=_rar_days(person),
        message=person.access_message or "",
        arrange_url="" if person.access_message else reverse("booking:start", args=[person.crn]),
        arrange_text="Continue arranging" if has_draft else "Arrange an appointment",
        discard_url=reverse("booking:discard", args=[person.crn]) if has_draft else "",
    )


def news(booking: Booking) -> News:
    """Return the line of *Your cases* about a booking."""
    on = f"{booking.crn} on {long_date(booking.start.astimezone(LONDON).date())}"
    text = {
        BookingState.NEEDS_ATTENTION: f"Our support team is finding out what became of the appointment for {on}",
        BookingState.BOOKED: f"The appointment for {on} has been arranged",
        BookingState.REFUSED: f"The appointment for {on} was not arranged",
        BookingState.SETTLED: f"Our support team has settled the appointment for {on} in Delius",
    }.get(BookingState(booking.state), f"We’re still saving the appointment for {on}")
    return News(text, booking_url(booking))


def confirmation(booking: Booking, person: Person, *, may_cancel: bool = False) -> Confirmation:
    """Return what the page of a booking says of it."""
    start, end = booking.start.astimezone(LONDON), booking.end.astimezone(LONDON)
    return Confirmation(
        type_name=booking.type_name,
        when=f"{long_date(start.date())} from {from_to(start.time(), end.time())}",
        where=booking.office_name,
        toolkit=booking.toolkit_name,
        first_name=person.first_name,
        phone_number=next((phone.number for phone in person.phone_numbers if phone.number), ""),
        url=booking_url(booking),
        outcome_unknown=booking.state == BookingState.UNCERTAIN,
        may_cancel=may_cancel,
        reason=booking.reason,
    )


def _record_rows(crn: str, records: ToolkitRecords) -> list[CheckRow]:
    toolkit = records.toolkit
    if not records.known:
        unknown = f"We cannot see earlier {toolkit} records at the moment. We will look for one when you confirm"
        return [CheckRow("Toolkit record", unknown)]
    rows: list[CheckRow] = []
    if len(records.usable) > 1:
        text = (
            f"There are {len(records.usable)} {toolkit} records for this person. "
            f"This appointment will be added to the one {referred(records.usable[0])}"
        )
        change_url = f"{reverse('booking:step', args=[crn, RECORD])}?change=1"
        rows.append(CheckRow("Toolkit record", text, change_url=change_url))
    for nsi in records.elsewhere:
        where = "another requirement" if nsi.requirement_id else "no requirement"
        text = f"There is also a {toolkit} record linked to {where}, {referred(nsi)}. It will not be used"
        rows.append(CheckRow("Other toolkit record", text))
    return rows


def _assumed_row(slug: str, journey: Journey) -> CheckRow | None:
    answers, situation = journey.answers, journey.situation
    if slug == "where" and answers.office:
        return CheckRow("Location", answers.office.description, note="Your team’s only office")
    if slug == "rar" and not situation.rar_requirements:
        return CheckRow(
            "RAR toolkit session",
            "No",
            note=f"{situation.first_name} has no active RAR requirement for this to count towards",
        )
    if slug == "toolkit" and answers.rar:
        return CheckRow(
            "RAR toolkit",
            situation.placeholder.name,
            note="Used because your team has not moved to RAR toolkits yet",
        )
    return None


def _rar_days(person: CaseloadPerson) -> str:
    if person.access_message:
        return ""
    if person.unavailable:
        return "Not available at the moment"
    if not person.rar:
        return "No active RAR requirement"
    return "; ".join(_days(completed, ordered) for completed, ordered in person.rar)


def _days(completed: int, ordered: int | None) -> str:
    return f"{completed} days completed" if ordered is None else f"{completed} of {ordered} days completed"
