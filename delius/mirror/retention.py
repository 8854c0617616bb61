"""Deleting from the mirror what is over, or is long gone from Delius."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from delius.london import LONDON
from delius.models import MirroredContact, MirroredNsi


def purge(*, before: datetime) -> int:
    """Delete what was gone before a moment, and NSIs that were over before it, each with its appointments.

    An NSI is over since it ended; one that is soft-deleted, or ended on an unknown day, since a sync last read a change
    of it. One with an appointment at or after that moment stays. Returns how many rows of NSIs and contacts went. What
    changes in Delius again is put back by the next sync, and all that is there when one reads from the beginning.
    """
    ended = Q(end_date__lt=before.astimezone(LONDON).date()) | Q(end_date=None, active=False, seen_at__lt=before)
    deleted = Q(soft_deleted=True, seen_at__lt=before)
    later = MirroredContact.objects.filter(nsi=OuterRef("pk"), gone_since=None, start__gte=before)
    over = MirroredNsi.objects.filter(Q(gone_since__lt=before) | ((ended | deleted) & ~Exists(later)))
    with transaction.atomic():
        gone, _ = MirroredContact.objects.filter(gone_since__lt=before).delete()
        of_nsis, _ = MirroredContact.objects.filter(nsi__in=over).delete()
        return gone + of_nsis + over.delete()[0]
