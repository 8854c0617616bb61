"""A lease is one process's at a time, and lasts for what is about to be sent."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from booking.models import Lease
from booking.services.leases import Busy, lease

pytestmark = pytest.mark.django_db
KEY = "booking:somebody's"


def left() -> timedelta:
    """How long the lease lasts from now, if nobody renews it."""
    return Lease.objects.get(key=KEY).expires_at - timezone.now()


def test_a_lease_is_nobody_elses_while_it_is_held_and_gone_afterwards() -> None:
    with lease(KEY), pytest.raises(Busy), lease(KEY, wait_seconds=0):
        pass
    assert not Lease.objects.exists()


def test_a_lease_that_was_just_taken_is_not_renewed(django_assert_num_queries: Any) -> None:
    with lease(KEY) as held, django_assert_num_queries(0):
        held.renew()


@pytest.mark.parametrize("seconds", [0, 29, 31, 60, 119])
def test_whatever_is_sent_has_three_quarters_of_the_lease_before_it(later: Any, settings: Any, seconds: int) -> None:
    settings.BOOKING_LEASE_SECONDS = 120
    with later(seconds=0), lease(KEY) as held, later(seconds=seconds):
        held.renew()
        assert left() >= timedelta(seconds=90)


def test_a_lease_is_renewed_where_the_clock_was_set_back(later: Any, settings: Any) -> None:
    settings.BOOKING_LEASE_SECONDS = 120
    with later(seconds=0), lease(KEY) as held, later(seconds=-60):
        held.renew()
        assert timedelta(seconds=119) < left() <= timedelta(seconds=120)


def test_who_was_too_slow_finds_out_before_anything_is_sent(later: Any, settings: Any) -> None:
    settings.BOOKING_LEASE_SECONDS = 120
    with later(seconds=0), lease(KEY) as held, later(seconds=121), lease(KEY, wait_seconds=0):
        with pytest.raises(Busy):
            held.renew()
        assert Lease.objects.get(key=KEY).owner != held.owner
