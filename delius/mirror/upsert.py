"""Diff of a page of changes against the mirror, and its upsert."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import structlog
from django.db.models import Q

from delius.models import MirroredContact, MirroredNsi
from delius.records import Appointment, Change, Nsi

M = TypeVar("M", MirroredNsi, MirroredContact)

IGNORED_FIELDS = {"seen_at"}

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ChangeCounts:
    """Numbers of new, changed, moved and gone NSIs and appointments."""

    nsis_new: int = 0
    nsis_changed: int = 0
    nsis_gone: int = 0
    contacts_new: int = 0
    contacts_moved: int = 0
    contacts_gone: int = 0


@dataclass(frozen=True)
class MirrorDiff:
    """The rows to upsert for a page, and counts of changes."""

    nsis: tuple[MirroredNsi, ...]
    contacts: tuple[MirroredContact, ...]
    counts: ChangeCounts


def diff(changes: Iterable[Change], *, type_codes: Collection[str], now: datetime, dry_run: bool) -> MirrorDiff:
    """Return the diff of a page of changes, read at `now` (aware), against the mirror. Stores nothing.

    The last change of a record wins. Only rows of the given types can become gone, so that correcting a toolkit's code
    does not make its old NSIs gone; the appointments of a gone NSI are gone too. Appointments of unknown NSIs are left
    out. With `dry_run` every NSI counts as known: those of earlier pages were not stored.
    """
    page = _Page(changes)
    known_nsis = MirroredNsi.objects.in_bulk({*page.nsis, *page.gone_nsis, *page.nsis_of_appointments()})
    nsis = [_nsi_row(crn, nsi, now) for crn, nsi in page.nsis.values()]
    gone_nsis = _mark_gone((known_nsis[key] for key in page.gone_nsis & known_nsis.keys()), type_codes, now)
    named = Q(contact_id__in={*page.appointments, *page.gone_contacts})
    known_contacts = {
        row.contact_id: row
        for row in MirroredContact.objects.filter(named | Q(nsi__in=gone_nsis)).select_related("nsi")
    }
    contacts = [
        _contact_row(crn, appointment, appointment.nsi.nsi_id, known_contacts.get(key))
        for key, (crn, appointment) in page.appointments.items()
        if appointment.nsi and (dry_run or appointment.nsi.nsi_id in {**page.nsis, **known_nsis})
    ]
    gone_contacts = _mark_gone(
        (row for key, row in known_contacts.items() if key not in page.appointments), type_codes, now
    )
    if len(contacts) < len(page.appointments):
        logger.warning("appointments_without_nsi", appointments=len(page.appointments) - len(contacts))
    return MirrorDiff(
        nsis=(*nsis, *gone_nsis),
        contacts=(*contacts, *gone_contacts),
        counts=ChangeCounts(
            nsis_new=sum(row.nsi_id not in known_nsis for row in nsis),
            nsis_changed=sum(row.nsi_id in known_nsis and _differ(row, known_nsis[row.nsi_id]) for row in nsis),
            nsis_gone=len(gone_nsis),
            contacts_new=sum(row.contact_id not in known_contacts for row in contacts),
            contacts_moved=sum(_was_moved(row, known_contacts.get(row.contact_id)) for row in contacts),
            contacts_gone=len(gone_contacts),
        ),
    )


def upsert(mirror_diff: MirrorDiff) -> None:
    """Upsert the rows of a diff. To be called in the transaction that updates the cursor."""
    _upsert(MirroredNsi, mirror_diff.nsis)
    _upsert(MirroredContact, mirror_diff.contacts)


class _Page:
    """The last change of each record of a page, by id: NSIs, appointments, and gone ones of either.

    A soft-deleted appointment is gone; a soft-deleted NSI is not, because Delius still returns it.
    """

    def __init__(self, changes: Iterable[Change]) -> None:
        self.nsis: dict[int, tuple[str, Nsi]] = {}
        self.appointments: dict[int, tuple[str, Appointment]] = {}
        self.gone_nsis: set[int] = set()
        self.gone_contacts: set[int] = set()
        for change in changes:
            if change.nsi:
                self.nsis[change.nsi.nsi_id] = (change.crn, change.nsi)
                self.gone_nsis.discard(change.nsi.nsi_id)
            if change.appointment and change.appointment.soft_deleted:
                self._remove_appointment(change.appointment.contact_id)
            elif change.appointment:
                self.appointments[change.appointment.contact_id] = (change.crn, change.appointment)
                self.gone_contacts.discard(change.appointment.contact_id)
            if change.gone and change.gone.nsi_id is not None:
                self.nsis.pop(change.gone.nsi_id, None)
                self.gone_nsis.add(change.gone.nsi_id)
            if change.gone and change.gone.contact_id is not None:
                self._remove_appointment(change.gone.contact_id)

    def _remove_appointment(self, contact_id: int) -> None:
        self.appointments.pop(contact_id, None)
        self.gone_contacts.add(contact_id)

    def nsis_of_appointments(self) -> set[int]:
        return {each.nsi.nsi_id for _, each in self.appointments.values() if each.nsi}


def _nsi_row(crn: str, nsi: Nsi, now: datetime) -> MirroredNsi:
    return MirroredNsi(
        nsi_id=nsi.nsi_id,
        crn=crn,
        event_id=nsi.event_id,
        requirement_id=nsi.requirement_id,
        type_code=nsi.type.code,
        type_description=nsi.type.description,
        sub_type_code=nsi.sub_type_code,
        status_code=nsi.status.code if nsi.status else "",
        status_description=nsi.status.description if nsi.status else "",
        referral_date=nsi.referral_date,
        start_date=nsi.start_date,
        end_date=nsi.end_date,
        active=nsi.active,
        soft_deleted=nsi.soft_deleted,
        external_reference=nsi.external_reference,
        provider_code=nsi.manager.provider_code if nsi.manager else "",
        team_code=nsi.manager.team_code if nsi.manager else "",
        staff_code=nsi.manager.staff_code if nsi.manager else "",
        seen_at=now,
    )


def _contact_row(crn: str, appointment: Appointment, nsi_id: int, known: MirroredContact | None) -> MirroredContact:
    row = MirroredContact(
        contact_id=appointment.contact_id,
        nsi_id=nsi_id,
        crn=crn,
        type_code=appointment.type.code,
        start=_in_utc(appointment.start),
        end=_in_utc(appointment.end),
        outcome_code=appointment.outcome.code if appointment.outcome else "",
        attended=appointment.outcome.attended if appointment.outcome else None,
    )
    if known:
        row.moved_from = known.start if _was_moved(row, known) else known.moved_from
    return row


def _was_moved(row: MirroredContact, known: MirroredContact | None) -> bool:
    return known is not None and row.start != known.start


def _in_utc(moment: datetime | None) -> datetime | None:
    """Convert to UTC, as the database returns it: times in the repeated hour of a clock change would never compare."""
    return moment.astimezone(UTC) if moment else None


def _mark_gone(rows: Iterable[M], type_codes: Collection[str], now: datetime) -> list[M]:
    """Set `gone_since` on rows of the types that are not gone yet, and return these."""
    gone = [
        row
        for row in rows
        if row.gone_since is None and (row.nsi if isinstance(row, MirroredContact) else row).type_code in type_codes
    ]
    for row in gone:
        row.gone_since = now
    return gone


def _differ(one: MirroredNsi, other: MirroredNsi) -> bool:
    names = {field.attname for field in one._meta.concrete_fields} - IGNORED_FIELDS
    return any(getattr(one, name) != getattr(other, name) for name in names)


def _upsert(model: type[M], rows: Iterable[M]) -> None:
    fields = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    key = model._meta.pk.name
    model._default_manager.bulk_create(rows, update_conflicts=True, unique_fields=[key], update_fields=fields)
