"""Leases: rows that let one process at a time work on one thing, without a database transaction held open meanwhile."""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from booking.models import Lease

WAIT_SECONDS = 15
POLL_SECONDS = 0.1


class Busy(Exception):
    """Somebody else held the lease for as long as we were ready to wait, or took it over from us."""


@dataclass(frozen=True)
class Held:
    """A lease that was ours when it was last looked at."""

    key: str
    owner: uuid.UUID

    def renew(self) -> None:
        """Hold the lease for BOOKING_LEASE_SECONDS from now.

        To be called right before something is sent. Raises Busy where the lease lapsed and somebody else took it over:
        we were too slow, and they are at work.
        """
        if not Lease.objects.filter(key=self.key, owner=self.owner).update(expires_at=_expiry(timezone.now())):
            raise Busy(self.key)


@contextmanager
def lease(key: str, *, wait_seconds: float = WAIT_SECONDS) -> Iterator[Held]:
    """Hold the lease of `key` for the block; it lapses by itself after BOOKING_LEASE_SECONDS.

    Raises Busy when it cannot be had within `wait_seconds`.
    """
    held = Held(key=key, owner=uuid.uuid4())
    deadline = time.monotonic() + wait_seconds
    while not _take(held):
        if time.monotonic() >= deadline:
            raise Busy(key)
        time.sleep(POLL_SECONDS)
    try:
        yield held
    finally:
        Lease.objects.filter(key=key, owner=held.owner).delete()


def _take(held: Held) -> bool:
    now = timezone.now()
    try:
        with transaction.atomic():
            Lease.objects.create(key=held.key, owner=held.owner, expires_at=_expiry(now))
    except IntegrityError:
        lapsed = Lease.objects.filter(key=held.key, expires_at__lt=now)
        return bool(lapsed.update(owner=held.owner, expires_at=_expiry(now)))
    return True


def _expiry(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.BOOKING_LEASE_SECONDS)
