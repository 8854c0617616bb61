"""Findings of duplicate NSIs: several open ones of one type on one requirement."""

from collections.abc import Collection
from typing import Any

from django.utils import timezone

from booking.models import Booking, DuplicateNsis


def record(booking: Booking, *, other_ids: Collection[int]) -> None:
    """Record that a booking's NSI has duplicates for support to remove in Delius, or that it no longer has any."""
    now = timezone.now()
    where: dict[str, Any] = {
        "crn": booking.crn,
        "event_id": booking.event_id,
        "requirement_id": booking.requirement_id,
        "nsi_type_code": booking.nsi_type_code,
    }
    if other_ids:
        found = {
            "chosen_nsi_id": booking.nsi_id,
            "other_nsi_ids": sorted(other_ids),
            "seen_at": now,
            "resolved_at": None,
        }
        DuplicateNsis.objects.update_or_create(**where, defaults=found)
    else:
        DuplicateNsis.objects.filter(**where, resolved_at=None).update(resolved_at=now)
