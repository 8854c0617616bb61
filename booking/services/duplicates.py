"""Findings: several open NSIs of one type on one requirement. We never make one, use one, and say so."""

from collections.abc import Collection
from typing import Any

from django.utils import timezone

from booking.models import Booking, DuplicateNsis


def note(booking: Booking, *, other_ids: Collection[int]) -> None:
    """Keep that a booking's NSI has duplicates, for somebody to tidy up in Delius; or that it no longer has any."""
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
            "tidied_at": None,
        }
        DuplicateNsis.objects.update_or_create(**where, defaults=found)
    else:
        DuplicateNsis.objects.filter(**where, tidied_at=None).update(tidied_at=now)
