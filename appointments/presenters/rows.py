"""Presenter of appointments in a list."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse

from cases.presenters.appointment_types import FEATURED_NAMES
from delius.records import Appointment, CodeDescription
from govuk.formats import clock, from_to, long_date
from toolkits.selectors import ToolkitChoice

OUTCOME_TO_RECORD = "Outcome to record"
# The type and sub type of a toolkit's NSI.
NsiCodes = tuple[str, str]


@dataclass(frozen=True)
class AppointmentRow:
    """One appointment. `rar` is the toolkit, or the RAR category exactly as Delius has it.

    `toolkit` is the slug of that toolkit; empty for a category and for an NSI that is not a toolkit's. `url` is that of
    the appointment's page. `moved_url` leads to the appointment that took its place. `action` is what can be done now,
    and `next_id` the appointment's id where the next one like it can be arranged.
    """

    day: str
    time: str
    kind: str
    place: str
    rar: str
    outcome: str
    sensitive: bool
    toolkit: str
    url: str
    moved_url: str = ""
    action: str = ""
    action_url: str = ""
    next_id: int | None = None


@dataclass(frozen=True)
class AppointmentTable:
    """Appointments in a list, and whether its columns of outcomes and of actions have anything in them."""

    rows: list[AppointmentRow]
    has_outcomes: bool
    has_actions: bool


@dataclass(frozen=True)
class RowMaker:
    """Makes the rows of a person's appointments.

    Times are compared with `now`. Actions are for whoever `may_arrange`, and for appointments of which no change is
    `under_way`; `next_ids` are those that the next one may be arranged after. NSIs are matched to `toolkits`; `offices`
    are the names to tell the page's offices by.
    """

    crn: str
    now: datetime
    may_arrange: bool
    next_ids: Collection[int] = ()
    under_way: Collection[int] = ()
    toolkits: Iterable[ToolkitChoice] = ()
    offices: Mapping[str, str] = field(default_factory=dict)

    def table(self, appointments: Iterable[Appointment]) -> AppointmentTable:
        """Return appointments as rows, in their order."""
        slugs = {(each.nsi_type_code, each.nsi_sub_type_code or ""): each.slug for each in self.toolkits}
        rows = [self._row(each, slugs) for each in appointments]
        return AppointmentTable(
            rows=rows,
            has_outcomes=any(each.outcome for each in rows),
            has_actions=any(each.action_url or each.next_id for each in rows),
        )

    def _row(self, appointment: Appointment, slugs: Mapping[NsiCodes, str]) -> AppointmentRow:
        start = appointment.start
        action, action_url = self._action(appointment)
        follows = self.may_arrange and appointment.contact_id in self.next_ids
        return AppointmentRow(
            day=long_date(start.date()),
            time=time_words(appointment),
            kind=kind_words(appointment),
            place=self.offices.get(appointment.office.code, appointment.office.label) if appointment.office else "",
            rar=rar_words(appointment),
            outcome=self._outcome(appointment),
            sensitive=appointment.sensitive,
            toolkit=_toolkit(appointment, slugs),
            url=self._url("appointment", appointment.contact_id),
            moved_url=self._url("appointment", appointment.rescheduled_to) if appointment.rescheduled_to else "",
            action=action,
            action_url=action_url,
            next_id=appointment.contact_id if follows else None,
        )

    def _outcome(self, appointment: Appointment) -> str:
        if appointment.outcome:
            return appointment.outcome.description or "Recorded"
        return OUTCOME_TO_RECORD if appointment.has_begun(self.now) else ""

    def _action(self, appointment: Appointment) -> tuple[str, str]:
        """Return what can be done with an appointment now, and where; empty for nothing."""
        if not self.may_arrange or appointment.outcome is not None or appointment.contact_id in self.under_way:
            return "", ""
        if appointment.has_begun(self.now):
            return "Record an outcome", self._url("outcome", appointment.contact_id)
        return "Move", self._url("move", appointment.contact_id)

    def _url(self, name: str, contact_id: int) -> str:
        return reverse(f"appointments:{name}", args=[self.crn, contact_id])


def kind_words(appointment: Appointment) -> str:
    """Return the name of an appointment's type."""
    kind = appointment.type
    return FEATURED_NAMES.get(kind.code) or kind.description or "Type not recorded"


def time_words(appointment: Appointment) -> str:
    """Return when an appointment is on its day: *9am to 10am*, or *9am* where its end is not known."""
    start, end = appointment.start, appointment.end
    return from_to(start.time(), end.time()) if end else clock(start.time())


def rar_words(appointment: Appointment) -> str:
    """Return the toolkit of an appointment, or its RAR category exactly as Delius has it; empty without RAR."""
    nsi, old = appointment.nsi, appointment.old_rar_category
    if nsi:
        return _in_words(nsi.type, nsi.sub_type)
    if old:
        return _in_words(old.category, old.sub_category)
    return "Counts towards RAR" if appointment.counts_towards_rar else ""


def _in_words(kind: CodeDescription, sub_kind: CodeDescription | None) -> str:
    return ": ".join(each.description for each in (kind, sub_kind) if each and each.description)


def _toolkit(appointment: Appointment, slugs: Mapping[NsiCodes, str]) -> str:
    nsi = appointment.nsi
    return slugs.get((nsi.type.code, nsi.sub_type.code if nsi.sub_type else ""), "") if nsi else ""
