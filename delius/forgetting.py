"""Deleting from the mirror what is no longer kept up to date, or is long gone from Delius."""

from datetime import datetime

from django.db import transaction

from delius.models import MirroredContact, MirroredNsi, SyncedCase


def purge(*, before: datetime) -> int:
    """Delete cases that no sync tried to read since a moment, with their rows, and rows gone from Delius before it.

    Returns how many rows of NSIs and contacts went. A sync that reads the person again puts back what is there.
    """
    with transaction.atomic():
        cases = SyncedCase.objects.filter(last_tried_at__lt=before)
        crns = list(cases.values_list("crn", flat=True))
        rows = 0
        for kind in (MirroredContact, MirroredNsi):
            rows += kind.objects.filter(crn__in=crns).delete()[0]
            rows += kind.objects.filter(gone_since__lt=before).delete()[0]
        cases.delete()
    return rows
