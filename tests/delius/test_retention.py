"""The mirror keeps what is over, and what is gone from Delius, for MIRROR_DAYS and no longer."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from delius.models import MirroredContact, MirroredNsi
from tests.delius.factories import make_contact, make_nsi

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_hundred_days(settings: Any) -> None:
    settings.MIRROR_DAYS = 100


def days_ago(days: int) -> Any:
    return timezone.now() - timedelta(days=days)


def ended(days: int) -> dict[str, Any]:
    return {"end_date": days_ago(days).date(), "active": False}


def purged() -> str:
    said = StringIO()
    call_command("purge_mirror", stdout=said)
    return said.getvalue().strip()


def kept() -> set[int]:
    return set(MirroredNsi.objects.values_list("nsi_id", flat=True))


def test_what_is_long_gone_from_delius_goes_and_what_is_there_stays() -> None:
    there = make_nsi(nsi_id=1)
    make_contact(make_nsi(nsi_id=2, gone_since=days_ago(101)), start=days_ago(50))
    make_nsi(nsi_id=3, gone_since=days_ago(99))
    make_contact(there, contact_id=8, gone_since=days_ago(101))
    make_contact(there, contact_id=9, gone_since=days_ago(99))
    assert purged() == "Rows of the mirror deleted: 3"
    assert kept() == {1, 3}
    assert [contact.contact_id for contact in MirroredContact.objects.all()] == [9]


def test_an_nsi_that_ended_long_ago_goes_with_its_appointments() -> None:
    make_contact(make_nsi(nsi_id=1, **ended(102)), start=days_ago(110))
    make_contact(make_nsi(nsi_id=2, **ended(99)), start=days_ago(110))
    assert purged() == "Rows of the mirror deleted: 2"
    assert kept() == {2}
    assert [contact.nsi_id for contact in MirroredContact.objects.all()] == [2]


def test_one_that_was_soft_deleted_or_ended_on_an_unknown_day_goes_by_its_last_change() -> None:
    for nsi_id, days in ((1, 101), (2, 99)):
        make_nsi(nsi_id=nsi_id, soft_deleted=True, seen_at=days_ago(days))
        make_nsi(nsi_id=nsi_id + 10, active=False, seen_at=days_ago(days))
    purged()
    assert kept() == {2, 12}


def test_one_with_an_appointment_since_stays_unless_that_is_gone() -> None:
    make_contact(make_nsi(nsi_id=1, **ended(200)), start=days_ago(50))
    make_contact(make_nsi(nsi_id=2, **ended(200)), start=days_ago(50), gone_since=days_ago(50))
    purged()
    assert kept() == {1}


def test_an_open_nsi_stays_however_old_it_is() -> None:
    make_nsi(nsi_id=1, seen_at=days_ago(900), referral_date=days_ago(900).date())
    assert purged() == "Rows of the mirror deleted: 0"
    assert kept() == {1}
