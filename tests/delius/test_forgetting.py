"""The mirror keeps nobody whom no sync reads any more."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from delius.models import MirroredContact, MirroredNsi, SyncedCase
from tests.delius.factories import make_contact, make_nsi
from tests.delius.values import BRIAN, CLARA

pytestmark = pytest.mark.django_db


def days_ago(days: int) -> Any:
    return timezone.now() - timedelta(days=days)


def purged() -> str:
    said = StringIO()
    call_command("purge_mirror", stdout=said)
    return said.getvalue().strip()


def test_a_case_that_no_sync_reads_any_more_goes_with_its_rows(settings: Any) -> None:
    settings.MIRROR_DAYS = 100
    SyncedCase.objects.create(crn=BRIAN, last_tried_at=days_ago(101))
    SyncedCase.objects.create(crn=CLARA, last_tried_at=days_ago(99), last_synced_at=days_ago(300))
    make_contact(make_nsi(nsi_id=1, crn=BRIAN), crn=BRIAN)
    make_contact(make_nsi(nsi_id=2, crn=CLARA), crn=CLARA)
    assert purged() == "Rows of the mirror deleted: 2"
    assert list(SyncedCase.objects.values_list("crn", flat=True)) == [CLARA]
    assert [nsi.crn for nsi in MirroredNsi.objects.all()] == [CLARA]
    assert [contact.crn for contact in MirroredContact.objects.all()] == [CLARA]


def test_what_is_long_gone_from_delius_goes_and_what_is_there_stays(settings: Any) -> None:
    settings.MIRROR_DAYS = 100
    SyncedCase.objects.create(crn=BRIAN, last_tried_at=days_ago(0))
    there = make_nsi(nsi_id=1)
    make_nsi(nsi_id=2, gone_since=days_ago(101))
    make_nsi(nsi_id=3, gone_since=days_ago(99))
    make_contact(there, gone_since=days_ago(101))
    assert purged() == "Rows of the mirror deleted: 2"
    assert set(MirroredNsi.objects.values_list("nsi_id", flat=True)) == {1, 3}
