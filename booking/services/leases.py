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


@dataclass
class Held:
    """A lease that is ours from `since`, when it was taken or renewed, for BOOKING_LEASE_SECONDS."""

    key: str
    owner: uuid.UUID
    since: datetime

    def renew(self) -> None:
        """Hold the lease for at least three quarters of BOOKING_LEASE_SECONDS from now.

        To be called right before something is sent. Raises Busy where the lease lapsed and somebody else took it over:
        we were too slow, and they are at work.
        """
        now = timezone.now()
        if self.since <= now < self.since + _length() / 4:
            return
        if not Lease.objects.filter(key=self.key, owner=self.owner).update(expires_at=now + _length()):
            raise Busy(self.key)
        self.since = now


@contextmanager
def lease(key: str, *, wait_seconds: float = WAIT_SECONDS) -> Iterator[Held]:
    """Hold the lease of `key` for the block; it lapses by itself after BOOKING_LEASE_SECONDS.

    Raises Busy when it cannot be had within `wait_seconds`.
    """
    owner = uuid.uuid4()
    deadline = time.monotonic() + wait_seconds
    while (since := _take(key, owner)) is None:
        if time.monotonic() >= deadline:
            raise Busy(key)
        time.sleep(POLL_SECONDS)
    try:
        yield Held(key=key, owner=owner, since=since)
    finally:
        Lease.objects.filter(key=key, owner=owner).delete()


def _take(key: str, owner: uuid.UUID) -> datetime | None:
    """Return when the lease was taken, or None where somebody else has it."""
    now = timezone.now()
    try:
        with transaction.atomic():
            Lease.objects.create(key=key, owner=owner, expires_at=now + _length())
    except IntegrityError:
        lapsed = Lease.objects.filter(key=key, expires_at__lt=now)
        return now if lapsed.update(owner=owner, expires_at=now + _length()) else None
    return now


def _length() -> timedelta:
    return timedelta(seconds=settings.BOOKING_LEASE_SECONDS)
