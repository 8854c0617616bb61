"""The NSIs of a toolkit (*toolkit records*) that an appointment could be added to."""

from collections.abc import Iterable
from dataclasses import dataclass

from booking.journey.answers import Answers
from booking.journey.situation import Situation
from cases.presenters.distinguishing import Described, distinct_names
from delius.errors import DeliusError
from delius.records import Nsi
from govuk.formats import counted, short_date
from toolkits.selectors import ToolkitChoice


@dataclass(frozen=True)
class ToolkitRecords:
    """The NSIs of a toolkit on a person's sentence.

    `usable` are those of the requirement, starting with the one that will be used; `elsewhere` those of another
    requirement, or of none. `known` is False where Delius did not answer.
    """

    toolkit: str
    known: bool = True
    usable: tuple[Nsi, ...] = ()
    elsewhere: tuple[Nsi, ...] = ()


def toolkit_records(answers: Answers, situation: Situation) -> ToolkitRecords | None:
    """Return the records of the toolkit that a session is recorded under; None for one that does not count."""
    if not answers.rar or not answers.requirement:
        return None
    toolkit = toolkit_of(answers, situation)
    try:
        usable = usable_nsis(answers, situation)
        elsewhere = situation.nsis(answers.requirement, toolkit).elsewhere
    except DeliusError:
        return ToolkitRecords(toolkit=toolkit.name, known=False)
    return ToolkitRecords(toolkit=toolkit.name, usable=usable, elsewhere=elsewhere)


def toolkit_of(answers: Answers, situation: Situation) -> ToolkitChoice:
    """Return the toolkit that a session which counts towards RAR is recorded under."""
    return answers.toolkit or situation.placeholder


def usable_nsis(answers: Answers, situation: Situation) -> tuple[Nsi, ...]:
    """Return the NSIs that the appointment could be added to, the one that will be used first. Raises Unavailable."""
    if not answers.rar or not answers.requirement:
        return ()
    found = situation.nsis(answers.requirement, toolkit_of(answers, situation)).usable
    return tuple(sorted(found, key=lambda nsi: nsi.nsi_id != answers.nsi_id))


def nsi_labels(nsis: Iterable[Nsi]) -> dict[int, str]:
    """Return the labels to tell NSIs by, by id: the referral date, and more where two are alike.

    Those of *Check your answers* and of its question are the same, whichever is to be used.
    """
    in_order = sorted(nsis, key=lambda nsi: nsi.nsi_id)
    return distinct_names({nsi.nsi_id: _described(nsi) for nsi in in_order}, noun="record")


def _described(nsi: Nsi) -> Described:
    referred = f"referred on {short_date(nsi.referral_date)}" if nsi.referral_date else "without a referral date"
    last = f"last used on {short_date(nsi.last_appointment_date)}" if nsi.last_appointment_date else ""
    by = f"made by {nsi.created_by.full}" if nsi.created_by and nsi.created_by.full else ""
    return Described(referred, [f"with {counted(nsi.appointment_count, 'appointment')}", last, by])
