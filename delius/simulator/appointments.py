"""Writing contacts: new appointments, changes and deletions."""

import sqlite3
from typing import Any

from delius.simulator.answers import find
from delius.simulator.clock import Clock
from delius.simulator.rules_appointments import Contact, check_attendance_type, check_contact
from delius.simulator.store import insert, update


def columns_of(contact: Contact) -> dict[str, Any]:
    """Return a contact as columns of the record."""
    return {
        "event_id": contact.event_id,
        "requirement_id": contact.requirement_id,
        "nsi_id": contact.nsi_id,
        "type_code": contact.type_code,
        "starts": contact.starts.isoformat(timespec="minutes"),
        "ends": contact.ends.isoformat(timespec="minutes") if contact.ends else None,
        "notes": contact.notes,
        "sensitive": contact.sensitive,
        "rar_activity": contact.rar_activity,
        "office_code": contact.office_code,
        "provider_code": contact.provider_code,
        "team_code": contact.team_code,
        "staff_code": contact.staff_code,
        "outcome_code": contact.outcome_code,
        "enforcement": contact.enforcement,
    }


def create_appointment(
    connection: sqlite3.Connection, *, person: sqlite3.Row, new: Contact, author: str, clock: Clock
) -> sqlite3.Row:
    """Write a new appointment and return its row. Raises a Refusal for a broken rule (400) or a clash (409)."""
    check_attendance_type(connection, new.type_code)
    check_contact(connection, person=person, contact=new, clock=clock)
    contact_id = insert(
        connection,
        "contact",
        {
            **columns_of(new),
            "person_id": person["id"],
            "created_by": author,
            "created_at": clock.wall_time().isoformat(timespec="seconds"),
        },
    )
    return find(connection, "contact", "id", contact_id)


def change_contact(
    connection: sqlite3.Connection,
    *,
    person: sqlite3.Row,
    contact_id: int,
    changed: Contact,
    description: str | None,
    alert: bool,
    clock: Clock,
) -> sqlite3.Row:
    """Write a changed contact and return its row. Raises a Refusal for a broken rule (400) or a clash (409)."""
    check_contact(connection, person=person, contact=changed, clock=clock, contact_id=contact_id)
    update(
        connection,
        "contact",
        contact_id,
        {**columns_of(changed), "description": description, "alert": alert},
    )
    return find(connection, "contact", "id", contact_id)


def delete_contact(connection: sqlite3.Connection, contact_id: int) -> None:
    """Soft-delete a contact."""
    update(connection, "contact", contact_id, {"soft_deleted": True})
