"""Links to changes of appointments, of every kind, and how they are reported."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from appointments.models import Change, ChangeKind, ChangeState
from appointments.selectors import ChangeToReport
from govuk.formats import LONDON, long_date

DONE_PAGES = {ChangeKind.OUTCOME: "appointments:outcome-done", ChangeKind.MOVE: "appointments:moved"}
WORDS: dict[ChangeKind, dict[ChangeState, str]] = {
    ChangeKind.OUTCOME: {
        ChangeState.SUBMITTED: "We’re still recording the outcome for {on}",
        ChangeState.RECORDED: "The outcome for {on} has been recorded",
        ChangeState.REFUSED: "The outcome for {on} was not recorded",
        ChangeState.CHANGED: "The outcome for {on} was not recorded: the appointment had changed in Delius",
        ChangeState.NEEDS_ATTENTION: "Our support team is finding out what became of the outcome for {on}",
        ChangeState.SETTLED: "Our support team has settled the outcome for {on} in Delius",
    },
    ChangeKind.MOVE: {
        ChangeState.SUBMITTED: "We’re still moving the appointment for {on}",
        ChangeState.RECORDED: "The appointment for {on} has been moved",
        ChangeState.REFUSED: "The appointment for {on} was not moved",
        ChangeState.CHANGED: "The appointment for {on} was not moved: it had changed in Delius",
        ChangeState.NEEDS_ATTENTION: "Our support team is finding out whether the appointment for {on} was moved",
        ChangeState.SETTLED: "Our support team has settled the move of the appointment for {on} in Delius",
    },
}


@dataclass(frozen=True)
class ChangeNews:
    """A notification about a change under way, or what became of it and has not been seen."""

    text: str
    url: str


def change_url(change: Change) -> str:
    """Return the URL of the page that says what became of a change."""
    return _url(change.kind, change.crn, change.contact_id, change.id)


def news_of(changes: Iterable[ChangeToReport]) -> list[ChangeNews]:
    """Return the notifications about changes."""
    return [_news(change) for change in changes]


def _news(change: ChangeToReport) -> ChangeNews:
    kind = ChangeKind(change.kind)
    on = f"{change.crn} on {long_date(change.appointment_start.astimezone(LONDON).date())}"
    return ChangeNews(
        text=WORDS[kind][ChangeState(change.state)].format(on=on),
        url=_url(kind, change.crn, change.contact_id, change.id),
    )


def _url(kind: ChangeKind, crn: str, contact_id: int, change_id: UUID) -> str:
    return reverse(DONE_PAGES[kind], args=[crn, contact_id, change_id])
