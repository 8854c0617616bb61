"""Retention of the mirror."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from delius.london import LONDON
from delius.models import MirroredContact, MirroredNsi


def purge(*, before: datetime) -> int:
    """Delete rows gone before a moment, and NSIs that ended before it, with their appointments; return the number.

    A soft-deleted NSI, or one that ended on an unknown day, counts from the last change that a sync read. An NSI with
    an appointment at or after that moment stays. The next sync restores what changes in Delius again; a
    sync from the beginning restores everything.
    """
    ended = Q(end_date__lt=before.astimezone(LONDON).date()) | Q(end_date=None, active=False, seen_at__lt=before)
    deleted = Q(soft_deleted=True, seen_at__lt=before)
    later = MirroredContact.objects.filter(nsi=OuterRef("pk"), gone_since=None, start__gte=before)
    over = MirroredNsi.objects.filter(Q(gone_since__lt=before) | ((ended | deleted) & ~Exists(later)))
    with transaction.atomic():
        gone, _ = MirroredContact.objects.filter(gone_since__lt=before).delete()
        of_nsis, _ = MirroredContact.objects.filter(nsi__in=over).delete()
        return gone + of_nsis + over.delete()[0]
