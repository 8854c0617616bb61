"""Presenters of texts to people on probation."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from appointments.models import TextMessage, TextState
from appointments.services.texts.wording import Text
from delius.records import Case
from govuk.formats import LONDON, clock, long_date


@dataclass(frozen=True)
class TextOffer:
    """The question whether to text a person about an appointment: `text` is what they would get, `digest` its SHA-256.

    `state` says what became of the text where there is one, and is empty where there is none. `may_ask` is whether the
    question may be asked.
    """

    url: str
    first_name: str
    text: str
    digest: str
    state: str
    may_ask: bool


@dataclass(frozen=True)
class TextRow:
    """A text about one appointment: when the appointment is, and what became of the text."""

    appointment: str
    state: str


def text_offer(case: Case, contact_id: int, text: Text, message: TextMessage | None) -> TextOffer:
    """Return the question about an appointment, or what became of its text."""
    return TextOffer(
        url=reverse("appointments:text", args=[case.crn, contact_id]),
        first_name=case.name.familiar,
        text=text.body,
        digest=text.digest,
        state=text_state(message) if message else "",
        may_ask=message is None or message.state == TextState.NOT_SENT,
    )


def text_rows(messages: Iterable[TextMessage]) -> list[TextRow]:
    """Return the texts about a person's appointments."""
    return [TextRow(appointment=_moment(each), state=text_state(each)) for each in messages]


def text_state(message: TextMessage) -> str:
    """Return a sentence, without its full stop, that says what became of a text."""
    sent = f" on {_day_and_time(message)}" if message.sent_at else ""
    match message.state:
        case TextState.ASKED:
            return "Text waiting to be sent"
        case TextState.SENT if message.next_try_at is None:
            return f"Text sent{sent}. GOV.UK Notify did not say whether it arrived"
        case TextState.SENT:
            return f"Text sent{sent}. We do not know yet whether it arrived"
        case TextState.DELIVERED:
            return f"Text delivered: sent{sent}"
        case TextState.FAILED:
            return f"Text not delivered: {message.reason}"
    return f"Text not sent: {message.reason}"


def _day_and_time(message: TextMessage) -> str:
    assert message.sent_at
    at = message.sent_at.astimezone(LONDON)
    return f"{long_date(at.date())} at {clock(at.time().replace(second=0, microsecond=0))}"


def _moment(message: TextMessage) -> str:
    start = message.appointment_start.astimezone(LONDON)
    return f"{long_date(start.date())} at {clock(start.time())}"
