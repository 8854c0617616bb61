"""Every event reaches the queue, whatever happens on the way."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from audit.delivery.sending import _claim as claim_and_die
from audit.delivery.sending import send_due_events
from audit.events import record
from audit.models import AuditEvent, OutboxEntry
from tests.audit.conftest import ReadQueue

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def happen(count: int = 1) -> None:
    for number in range(count):
        record(what="CASE_VIEWED", who="ROBIN.SAMPLE", subject_type="CRN", subject_id=f"X{number:06}")


def test_what_happened_is_in_the_queue_in_the_shape_of_hmpps_audit(queue: ReadQueue) -> None:
    happen()
    assert send_due_events() == 1
    (body,) = queue.messages()
    assert json.loads(body) == AuditEvent.objects.get().as_message()
    assert OutboxEntry.objects.get().sent_at


def test_more_events_than_fit_in_one_batch_are_all_sent_once(queue: ReadQueue) -> None:
    happen(23)
    assert send_due_events() == 23
    assert send_due_events() == 0
    assert sorted(json.loads(body)["subjectId"] for body in queue.messages()) == [f"X{n:06}" for n in range(23)]


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "nonsense"])
def test_while_the_queue_cannot_be_reached_events_wait_and_are_sent_later(
    queue: ReadQueue, monkeypatch: pytest.MonkeyPatch, settings: Any, address: str
) -> None:
    happen(2)
    with monkeypatch.context() as broken:
        if address == "nonsense":
            settings.AUDIT_QUEUE_URL = queue.url + "-that-is-not-there"
        else:
            broken.setenv("AWS_ENDPOINT_URL_SQS", address)
        assert send_due_events() == 0
    settings.AUDIT_QUEUE_URL = queue.url
    assert OutboxEntry.objects.filter(sent_at=None, tries=1).count() == 2
    assert send_due_events() == 0
    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=True):
        assert send_due_events() == 2
    assert len(queue.messages()) == 2


def test_an_event_whose_sender_died_is_sent_by_the_next(queue: ReadQueue) -> None:
    happen()
    claim_and_die()
    assert send_due_events() == 0
    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=True):
        assert send_due_events() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_sends_what_many_pages_recorded_with_one_task(queue: ReadQueue) -> None:
    happen(5)
    assert DBTaskResult.objects.count() == 1
    assert queue.messages() == []
    with time_machine.travel(timezone.now() + timedelta(seconds=11), tick=True):
        call_command("db_worker", batch=True, startup_delay=False, interval=0, verbosity=0)
    assert len(queue.messages()) == 5


@pytest.mark.django_db(transaction=True)
def test_what_was_taken_back_was_never_recorded(queue: ReadQueue) -> None:
    with transaction.atomic():
        happen()
        transaction.set_rollback(True)
    assert not AuditEvent.objects.exists()
    assert DBTaskResult.objects.count() == 0


def test_without_a_queue_events_are_kept_and_nothing_waits() -> None:
    happen()
    assert AuditEvent.objects.count() == 1
    assert not OutboxEntry.objects.exists()
    assert send_due_events() == 0


@pytest.mark.django_db(transaction=True)
def test_an_event_is_kept_though_nobody_can_be_woken(queue: ReadQueue, settings: Any) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:9"}
    }
    happen()
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    assert send_due_events() == 1
