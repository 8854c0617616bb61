"""Presenter of the page of a person on probation."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse

from appointments.models import TextMessage
from appointments.presenters.rows import AppointmentTable, RowMaker, kind_words
from appointments.presenters.texts import TextRow, text_rows
from appointments.selectors import NOT_SETTLED, ChangeToReport
from cases.offices import offices_of
from cases.presenters.phone_numbers import phone_numbers
from cases.presenters.rar_days import RarDaysBar, budget
from cases.presenters.sentences import requirement_names
from cases.sessions import last_session
from delius.records import Appointment, Case
from delius.selectors import Overview, rar_requirements
from govuk.formats import LONDON, counted, long_date, short_date


@dataclass(frozen=True)
class Fact:
    """A row of the summary of a person; `url` is empty for a value that leads nowhere."""

    key: str
    value: str
    url: str = ""


@dataclass(frozen=True)
class NextSession:
    """The appointment that the next one would follow, and what it is."""

    contact_id: int
    like: str


@dataclass(frozen=True)
class PersonPage:
    """The content of a person's page.

    `coming` and `to_record` are None where Delius does not say. `more_to_record` says that there are more than are
    shown. `next_session` is None where there is nothing to follow, or it is not known.
    """

    facts: list[Fact]
    rar_days: list[RarDaysBar]
    coming: AppointmentTable | None
    to_record: AppointmentTable | None
    more_to_record: str
    next_session: NextSession | None
    texts: list[TextRow]


def person_page(
    case: Case,
    found: Overview,
    *,
    now: datetime,
    may_arrange: bool,
    changes: Iterable[ChangeToReport] = (),
    texts: Iterable[TextMessage] = (),
) -> PersonPage:
    """Return the content of a person's page at a moment; `changes` and `texts` are those of their appointments.

    While a change is under way nothing else can be done with its appointment.
    """
    recent = None if found.recent.error else found.recent.get()
    coming = [each for each in reversed(recent or ()) if each.outcome is None and not each.has_begun(now)]
    page = None if found.without_outcome.error else found.without_outcome.get()
    begun = [each for each in page.appointments if each.has_begun(now)] if page else []
    rows = RowMaker(
        crn=case.crn,
        now=now,
        may_arrange=may_arrange,
        under_way={each.contact_id for each in changes if each.state in NOT_SETTLED},
        offices=offices_of((*coming, *begun)),
    )
    unseen = page.total_elements - len(page.appointments) if page else 0
    follows = last_session(recent or ())
    return PersonPage(
        facts=_facts(case),
        rar_days=_rar_days(case, now=now),
        coming=None if recent is None else rows.table(coming),
        to_record=None if page is None else rows.table(begun),
        more_to_record=f"There {'is' if unseen == 1 else 'are'} {unseen} more" if unseen > 0 else "",
        next_session=NextSession(follows.contact_id, _like(follows)) if follows and may_arrange else None,
        texts=text_rows(texts),
    )


def _facts(case: Case) -> list[Fact]:
    flags_url = reverse("appointments:risk-flags", args=[case.crn])
    flags = "Delius does not say"
    if case.risk_flag_count is not None:
        flags = counted(case.risk_flag_count, "risk flag") if case.risk_flag_count else "None"
    born = short_date(case.date_of_birth) if case.date_of_birth else "Not recorded"
    known = [Fact(f"{each.kind.capitalize()} number", each.number) for each in phone_numbers(case)]
    return [
        Fact("Risk flags", flags, flags_url if case.risk_flag_count else ""),
        *(known or [Fact("Phone number", "Not recorded in Delius")]),
        Fact("Date of birth", born),
        Fact("Managed by", _manager(case)),
    ]


def _manager(case: Case) -> str:
    manager = case.manager
    if manager is None:
        return "Delius does not say"
    name = manager.name.full if manager.name and not manager.unallocated else ""
    return ", ".join(filter(None, (name or "Nobody yet", manager.team.label)))


def _rar_days(case: Case, *, now: datetime) -> list[RarDaysBar]:
    today = now.astimezone(LONDON).date()
    found = rar_requirements(case, on=today)
    if len(found) == 1:
        return [budget(found[0], today=today)]
    names = requirement_names(found)
    return [
        replace(
            budget(each, today=today),
            heading=f"RAR days: {names[each.requirement_id]}",
            element_id=f"rar-days-{each.requirement_id}",
        )
        for each in found
    ]


def _like(appointment: Appointment) -> str:
    return f"{kind_words(appointment)} on {long_date(appointment.start.date())}"
