"""Reading all that the mirror holds of one case."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from delius.client import get_client
from delius.errors import Overloaded
from delius.records import Contact, Nsi

T = TypeVar("T")


@dataclass(frozen=True)
class EventNsi:
    """An NSI and the event that it is on."""

    event_id: int
    nsi: Nsi


@dataclass(frozen=True)
class CaseReading:
    """A case as Delius has it: its provider, its NSIs of some types, and the appointments that hang from those."""

    crn: str
    type_codes: frozenset[str]
    provider_code: str
    nsis: tuple[EventNsi, ...]
    contacts: tuple[Contact, ...]


class Gate:
    """Lets reads through until Delius turns one away as too many: from then on those of other threads are not begun."""

    def __init__(self) -> None:
        self._closed_by: Overloaded | None = None

    def __call__(self, read: Callable[[], T]) -> T:
        """Make a read and return what it gives. Raises what it raises, and Overloaded where another one was."""
        if self._closed_by:
            raise self._closed_by
        try:
            return read()
        except Overloaded as error:
            self._closed_by = error
            raise


def read_case(crn: str, *, type_codes: Collection[str], gate: Gate) -> CaseReading:
    """Return a case as Delius has it now, one request after another.

    Ended events count, since what was used on them was used; the contact log is read only where there are NSIs of the
    types for it to name. Raises NotFound for an unknown CRN, Forbidden, Unavailable, DeliusContractError.
    """
    client = get_client()
    manager = gate(partial(client.person, crn)).active_manager
    events = gate(partial(client.events, crn, active_only=False))
    nsis = {
        nsi.nsi_id: EventNsi(event_id=event.event_id, nsi=nsi)
        for event in events
        for nsi in gate(partial(client.nsis, crn, event.event_id, sorted(type_codes)))
    }
    contacts = gate(partial(client.contacts, crn)) if nsis else ()
    return CaseReading(
        crn=crn,
        type_codes=frozenset(type_codes),
        provider_code=(manager.provider.code if manager and manager.provider else None) or "",
        nsis=tuple(nsis.values()),
        contacts=tuple(each for each in contacts if each.nsi_id in nsis),
    )
