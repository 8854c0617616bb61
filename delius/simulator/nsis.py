"""Writing NSIs, and the system contacts that Delius writes beside them."""

import sqlite3
from datetime import date, datetime, time
from typing import Any

from delius.simulator.answers import active_nsi_manager, find
from delius.simulator.clock import Clock, to_wall_time
from delius.simulator.rules_nsi import Nsi, check_no_active_duplicate, check_nsi, check_status_date_moves_on
from delius.simulator.store import insert, update

REFERRAL_CONTACT = "NREF"
COMMENCED_CONTACT = "NCOM"
TERMINATED_CONTACT = "NTER"


def create_nsi(
    connection: sqlite3.Connection, *, person: sqlite3.Row, new: Nsi, author: str, clock: Clock
) -> sqlite3.Row:
    """Write a new NSI with its system contacts and return its row. Raises a 400 Refusal for a broken rule."""
    check_no_active_duplicate(connection, person=person, nsi=new)
    check_nsi(connection, person=person, nsi=new, clock=clock)
    nsi_id = insert(
        connection,
        "nsi",
        {
            **_columns_of(new),
            "person_id": person["id"],
            "event_id": new.event_id,
            "requirement_id": new.requirement_id,
            "type_code": new.type_code,
            "sub_type_code": new.sub_type_code,
            "referral_date": new.referral_date.isoformat(),
            "intended_provider_code": new.intended_provider_code,
            "external_reference": new.external_reference,
            "created_by": author,
            "created_at": _text(clock.wall_time()),
        },
    )
    _add_manager(connection, nsi_id, new, new.referral_date)
    row = find(connection, "nsi", "id", nsi_id)
    contacts = SystemContacts(connection, row, author=author, clock=clock)
    contacts.add(REFERRAL_CONTACT, _midnight(new.referral_date))
    contacts.add_status()
    contacts.add_dates_since(None)
    return row


def change_nsi(
    connection: sqlite3.Connection, *, existing: sqlite3.Row, changed: Nsi, author: str, clock: Clock
) -> sqlite3.Row:
    """Write a changed NSI with the system contacts that follow, and return its row.

    Raises a 400 Refusal for a broken rule.
    """
    check_status_date_moves_on(existing, changed)
    person = find(connection, "person", "id", existing["person_id"])
    check_nsi(connection, person=person, nsi=changed, clock=clock)
    update(connection, "nsi", existing["id"], _columns_of(changed))
    manager = active_nsi_manager(connection, existing["id"])
    if (manager["provider_code"], manager["team_code"], manager["staff_code"]) != _manager_codes(changed):
        update(connection, "nsi_manager", manager["id"], {"end_date": clock.today().isoformat()})
        _add_manager(connection, existing["id"], changed, clock.today())
    row = find(connection, "nsi", "id", existing["id"])
    contacts = SystemContacts(connection, row, author=author, clock=clock)
    if row["status_code"] != existing["status_code"]:
        contacts.add_status()
    contacts.add_dates_since(existing)
    return row


class SystemContacts:
    """Writes to the contact log what Delius itself says about an NSI."""

    def __init__(self, connection: sqlite3.Connection, nsi: sqlite3.Row, *, author: str, clock: Clock) -> None:
        self._connection = connection
        self._nsi = nsi
        self._author = author
        self._clock = clock

    def add_status(self) -> None:
        """Write the contact of the NSI's status."""
        status = find(self._connection, "nsi_status", "code", self._nsi["status_code"])
        self.add(status["contact_type_code"], datetime.fromisoformat(self._nsi["status_date"]))

    def add_dates_since(self, before: sqlite3.Row | None) -> None:
        """Write that the NSI commenced or was terminated, where it had not before."""
        for type_code, column in ((COMMENCED_CONTACT, "start_date"), (TERMINATED_CONTACT, "end_date")):
            if self._nsi[column] and not (before and before[column]):
                self.add(type_code, _midnight(date.fromisoformat(self._nsi[column])))

    def add(self, type_code: str, starts: datetime) -> None:
        """Write one contact, held by the NSI's manager."""
        manager = active_nsi_manager(self._connection, self._nsi["id"])
        insert(
            self._connection,
            "contact",
            {
                "person_id": self._nsi["person_id"],
                "event_id": self._nsi["event_id"],
                "nsi_id": self._nsi["id"],
                "type_code": type_code,
                "starts": starts.isoformat(timespec="minutes"),
                "provider_code": manager["provider_code"],
                "team_code": manager["team_code"],
                "staff_code": manager["staff_code"],
                "created_by": self._author,
                "created_at": _text(self._clock.wall_time()),
            },
        )


def _columns_of(nsi: Nsi) -> dict[str, Any]:
    return {
        "status_code": nsi.status_code,
        "status_date": _text(to_wall_time(nsi.status_date)),
        "expected_start_date": _date_text(nsi.expected_start_date),
        "expected_end_date": _date_text(nsi.expected_end_date),
        "start_date": _date_text(nsi.start_date),
        "end_date": _date_text(nsi.end_date),
        "outcome_code": nsi.outcome_code,
        "length": nsi.length,
        "notes": nsi.notes,
        "active": nsi.active,
    }


def _add_manager(connection: sqlite3.Connection, nsi_id: int, nsi: Nsi, since: date) -> None:
    provider, team, staff = _manager_codes(nsi)
    insert(
        connection,
        "nsi_manager",
        {
            "nsi_id": nsi_id,
            "provider_code": provider,
            "team_code": team,
            "staff_code": staff,
            "start_date": since.isoformat(),
        },
    )


def _manager_codes(nsi: Nsi) -> tuple[str, str, str]:
    return nsi.manager_provider_code, nsi.manager_team_code, nsi.manager_staff_code


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _date_text(day: date | None) -> str | None:
    return day.isoformat() if day else None
