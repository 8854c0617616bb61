"""Leases: rows that let one process at a time work on one thing, without a database transaction held open meanwhile."""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from booking.models import Lease

WAIT_SECONDS = 15
POLL_SECONDS = 0.1


class Busy(Exception):
    """Somebody else held the lease for as long as we were ready to wait."""


@contextmanager
def lease(key: str, *, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the lease of `key` for the block; it lapses by itself after BOOKING_LEASE_SECONDS.

    Raises Busy when it cannot be had within `wait_seconds`.
    """
    owner = uuid.uuid4()
    deadline = time.monotonic() + wait_seconds
    while not _take(key, owner):
        if time.monotonic() >= deadline:
            raise Busy(key)
        time.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        Lease.objects.filter(key=key, owner=owner).delete()


def _take(key: str, owner: uuid.UUID) -> bool:
    now = timezone.now()
    expires_at = now + timedelta(seconds=settings.BOOKING_LEASE_SECONDS)
    try:
        with transaction.atomic():
            Lease.objects.create(key=key, owner=owner, expires_at=expires_at)
    except IntegrityError:
        lapsed = Lease.objects.filter(key=key, expires_at__lt=now)
        return bool(lapsed.update(owner=owner, expires_at=expires_at))
    return True
