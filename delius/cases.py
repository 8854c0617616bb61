"""Reading what a page needs of some people on probation, all of it side by side."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Any

from delius import conf, kept
from delius.client import DeliusClient, get_client
from delius.parallel import Outcome, side_by_side
from delius.records import Access, Event, Person, Requirement


@dataclass(frozen=True)
class CaseEvent:
    """An active event with its active requirements; soft-deleted ones may be among them."""

    event: Event
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True)
class CaseReads:
    """What came of reading one person's access, events and, where asked for, record.

    Nothing else may be used before `access` says that the reader may see it: the reads are made with our own token, for
    which Delius has no limits.
    """

    access: Outcome[Access]
    events: Outcome[tuple[CaseEvent, ...]]
    person: Outcome[Person] | None


def read_cases(crns: Collection[str], *, username: str, persons: Collection[str]) -> dict[str, CaseReads]:
    """Return, by CRN, what came of reading some people, for a user; their own record only for those in `persons`.

    What was read less than DELIUS_CACHE_SECONDS ago is not read again.
    """
    client = get_client()
    loads: dict[str, Callable[[], Any]] = {}
    for crn in crns:
        loads[_access_key(crn, username)] = partial(client.access, crn, username)
        loads[_events_key(crn)] = partial(client.events, crn)
        if crn in persons:
            loads[_person_key(crn)] = partial(client.person, crn)
    outcomes = kept.found(loads)
    missing = {key: load for key, load in loads.items() if key not in outcomes}
    fresh = dict(zip(missing, side_by_side(list(missing.values())), strict=True))
    fresh |= _with_requirements(client, {crn: fresh[key] for crn in crns if (key := _events_key(crn)) in fresh})
    kept.keep(fresh, seconds=conf.case_cache_seconds())
    outcomes |= fresh
    return {
        crn: CaseReads(
            access=outcomes[_access_key(crn, username)],
            events=outcomes[_events_key(crn)],
            person=outcomes.get(_person_key(crn)),
        )
        for crn in crns
    }


def _with_requirements(
    client: DeliusClient, outlines: dict[str, Outcome[tuple[Event, ...]]]
) -> dict[str, Outcome[tuple[CaseEvent, ...]]]:
    """Return, by cache key, the events of each CRN with their requirements."""
    pairs = [(crn, event) for crn, outline in outlines.items() if outline.error is None for event in outline.get()]
    answers = side_by_side([partial(client.requirements, crn, event.event_id) for crn, event in pairs])
    requirements = dict(zip(((crn, event.event_id) for crn, event in pairs), answers, strict=True))
    return {_events_key(crn): _joined(crn, outline, requirements) for crn, outline in outlines.items()}


def _joined(
    crn: str,
    outline: Outcome[tuple[Event, ...]],
    requirements: dict[tuple[str, int], Outcome[tuple[Requirement, ...]]],
) -> Outcome[tuple[CaseEvent, ...]]:
    if outline.error:
        return Outcome(error=outline.error)
    events = outline.get()
    answers = [requirements[crn, event.event_id] for event in events]
    error = next((answer.error for answer in answers if answer.error), None)
    if error:
        return Outcome(error=error)
    joined = zip(events, answers, strict=True)
    return Outcome(value=tuple(CaseEvent(event=event, requirements=answer.get()) for event, answer in joined))


def _access_key(crn: str, username: str) -> str:
    return kept.key("access", crn, username)


def _events_key(crn: str) -> str:
    return kept.key("events", crn)


def _person_key(crn: str) -> str:
    return kept.key("person", crn)
