"""Names of sentences and of RAR requirements."""

from collections.abc import Iterable

from cases.presenters.distinguishing import Described, distinct_names
from delius.records import Event
from delius.selectors import RarRequirement
from govuk.formats import counted, short_date


def sentence_names(events: Iterable[Event]) -> dict[int, str]:
    """Return the names to tell sentences by, by event id: order and start, and more where two are alike."""
    return distinct_names({event.event_id: _sentence(event) for event in events}, noun="sentence")


def requirement_names(requirements: Iterable[RarRequirement]) -> dict[int, str]:
    """Return the names to tell RAR requirements by, by id: that of the sentence, and more where two are alike."""
    return distinct_names({each.requirement_id: _requirement(each) for each in requirements}, noun="requirement")


def _sentence(event: Event) -> Described:
    order = event.order
    began = f", started {short_date(order.start_date)}" if order and order.start_date else ""
    ends = f"ends {short_date(order.end_date)}" if order and order.end_date else ""
    number = f"event {event.number}" if event.number else ""
    name = f"{(order.description if order else '') or 'Sentence'}{began}"
    return Described(name, [number, event.main_offence, ends])


def _requirement(found: RarRequirement) -> Described:
    sentence, requirement = _sentence(found.event), found.requirement
    kind = requirement.sub_category.description if requirement.sub_category else ""
    ordered = counted(found.days.ordered, "day") if found.days.ordered is not None else ""
    began = f"RAR from {short_date(requirement.start_date)}" if requirement.start_date else ""
    ends = f"RAR to {short_date(requirement.termination_date)}" if requirement.termination_date else ""
    return Described(sentence.name, [*sentence.details, f"RAR of {ordered}" if ordered else "", began, ends, kind])
