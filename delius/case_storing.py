"""Holding a reading of a case against its mirror, and bringing the mirror up to date."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from django.db import models, transaction

from delius.case_reading import CaseReading, EventNsi
from delius.models import MirroredContact, MirroredNsi, SyncedCase
from delius.records import Contact

M = TypeVar("M", MirroredNsi, MirroredContact)

NOT_A_CHANGE = {"seen_at"}


@dataclass(frozen=True)
class Tally:
    """How many NSIs and appointments are new, other than they were, moved, or no longer there."""

    nsis_new: int = 0
    nsis_changed: int = 0
    nsis_gone: int = 0
    contacts_new: int = 0
    contacts_moved: int = 0
    contacts_gone: int = 0


@dataclass(frozen=True)
class Comparison:
    """The rows of a case as they should be, and what that changes."""

    nsis: tuple[MirroredNsi, ...]
    contacts: tuple[MirroredContact, ...]
    tally: Tally


def compare(reading: CaseReading, *, now: datetime) -> Comparison:
    """Return what a reading made at `now` (aware) makes of a case's mirror. Stores nothing.

    Only NSIs of the types that were asked for, and appointments of those, can be found to be gone.
    """
    known_nsis = {
        each.nsi_id: each for each in MirroredNsi.objects.filter(crn=reading.crn, type_code__in=reading.type_codes)
    }
    known_contacts = {
        each.contact_id: each
        for each in MirroredContact.objects.filter(crn=reading.crn, nsi__type_code__in=reading.type_codes)
    }
    nsis = [_nsi_row(reading.crn, each, now) for each in reading.nsis]
    contacts = [_contact_row(reading.crn, each, known_contacts.get(each.contact_id)) for each in reading.contacts]
    gone_nsis = _newly_gone(known_nsis, {each.nsi_id for each in nsis}, now)
    gone_contacts = _newly_gone(known_contacts, {each.contact_id for each in contacts}, now)
    return Comparison(
        nsis=(*nsis, *gone_nsis),
        contacts=(*contacts, *gone_contacts),
        tally=Tally(
            nsis_new=sum(each.nsi_id not in known_nsis for each in nsis),
            nsis_changed=sum(
                each.nsi_id in known_nsis and _differ(each, known_nsis[each.nsi_id], NOT_A_CHANGE) for each in nsis
            ),
            nsis_gone=len(gone_nsis),
            contacts_new=sum(each.contact_id not in known_contacts for each in contacts),
            contacts_moved=sum(_was_moved(each, known_contacts.get(each.contact_id)) for each in contacts),
            contacts_gone=len(gone_contacts),
        ),
    )


@transaction.atomic
def store(reading: CaseReading, comparison: Comparison, *, now: datetime) -> None:
    """Bring a case's mirror up to date, and note that it was read at `now`. Safe to run twice, or by two at once."""
    _upsert(MirroredNsi, comparison.nsis)
    _upsert(MirroredContact, comparison.contacts)
    values = {"provider_code": reading.provider_code, "last_tried_at": now, "last_synced_at": now, "last_error": ""}
    SyncedCase.objects.update_or_create(crn=reading.crn, defaults=values)


def store_failure(crn: str, error: Exception, *, now: datetime) -> None:
    """Note that a case could not be read at `now`, and the kind of error, whose text is not kept."""
    values = {"last_tried_at": now, "last_error": type(error).__name__}
    SyncedCase.objects.update_or_create(crn=crn, defaults=values)


def _nsi_row(crn: str, each: EventNsi, now: datetime) -> MirroredNsi:
    nsi, manager = each.nsi, each.nsi.manager
    return MirroredNsi(
        nsi_id=nsi.nsi_id,
        crn=crn,
        event_id=each.event_id,
        requirement_id=nsi.requirement_id,
        type_code=nsi.type_code,
        type_description=nsi.type_description,
        sub_type_code=nsi.sub_type_code or "",
        status_code=nsi.status_code,
        status_description=nsi.status_description,
        referral_date=nsi.referral_date,
        start_date=nsi.start_date,
        end_date=nsi.end_date,
        active=nsi.active,
        soft_deleted=nsi.soft_deleted,
        external_reference=nsi.external_reference or "",
        provider_code=(manager.provider.code if manager and manager.provider else None) or "",
        team_code=manager.team.code if manager and manager.team else "",
        staff_code=(manager.staff_code if manager else None) or "",
        seen_at=now,
    )


def _contact_row(crn: str, contact: Contact, known: MirroredContact | None) -> MirroredContact:
    assert contact.nsi_id is not None
    row = MirroredContact(
        contact_id=contact.contact_id,
        nsi_id=contact.nsi_id,
        crn=crn,
        type_code=contact.type_code,
        start=_in_utc(contact.start),
        end=_in_utc(contact.end),
        outcome_code=contact.outcome_code,
        attended=contact.attended,
    )
    if known:
        row.moved_from = known.start if _was_moved(row, known) else known.moved_from
    return row


def _was_moved(row: MirroredContact, known: MirroredContact | None) -> bool:
    return known is not None and row.start != known.start


def _in_utc(moment: datetime | None) -> datetime | None:
    """Return a moment as the database gives it back: in two time zones, the hour that clocks repeat never compares."""
    return moment.astimezone(UTC) if moment else None


def _newly_gone(known: dict[int, M], seen: set[int], now: datetime) -> list[M]:
    gone = [row for key, row in known.items() if key not in seen and row.gone_since is None]
    for row in gone:
        row.gone_since = now
    return gone


def _differ(one: models.Model, other: models.Model, ignored: set[str]) -> bool:
    names = {field.attname for field in one._meta.concrete_fields} - ignored
    return any(getattr(one, name) != getattr(other, name) for name in names)


def _upsert(model: type[M], rows: Iterable[M]) -> None:
    fields = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    key = model._meta.pk.name
    model._default_manager.bulk_create(rows, update_conflicts=True, unique_fields=[key], update_fields=fields)
