"""What is scheduled is published in time, once, and by whoever comes first."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings
from time_machine import Traveller

from guidance import selectors
from guidance.models import RiskFlagGuidance
from guidance.services import publishing
from tests.guidance.factories import make_flag_page, rewritten

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock() -> Iterator[Traveller]:
    """The time, which stands still until it is moved."""
    with time_machine.travel("2026-06-15 08:00Z", tick=False) as clock:
        yield clock


def scheduled(**values: str) -> RiskFlagGuidance:
    """A page to be published in an hour."""
    return publishing.schedule(make_flag_page(**values), by=None, note="Later", at=timezone.now() + HOUR)


def worked() -> None:
    """Let a worker do what is due, and end."""
    call_command("db_worker", batch=True, startup_delay=False, interval=0, verbosity=0)


def read() -> list[str]:
    return [reading.page.title for reading in selectors.published(RiskFlagGuidance)]


class TestWorkers:
    def test_a_worker_publishes_a_page_at_its_time_and_not_before(self, clock: Traveller) -> None:
        scheduled()
        clock.shift(HOUR - SECOND)
        worked()
        assert read() == []
        clock.shift(SECOND)
        worked()
        assert read() == ["Alert notice"]

    def test_a_page_that_is_put_off_is_published_at_its_new_time(self, clock: Traveller) -> None:
        publishing.schedule(scheduled(), by=None, note="Put off", at=timezone.now() + 2 * HOUR)
        clock.shift(HOUR)
        worked()
        assert read() == []
        clock.shift(HOUR)
        worked()
        assert read() == ["Alert notice"]

    def test_a_page_that_is_no_longer_scheduled_is_not_published(self, clock: Traveller) -> None:
        publishing.unschedule(scheduled(), by=None)
        clock.shift(2 * HOUR)
        worked()
        assert read() == []

    def test_what_was_written_after_scheduling_is_not_published(self, clock: Traveller) -> None:
        rewritten(scheduled(), title="Another title")
        clock.shift(HOUR)
        worked()
        assert read() == ["Alert notice"]

    def test_a_page_without_a_schedule_wakes_nobody(self) -> None:
        publishing.publish(make_flag_page(), by=None, note="Now")
        assert not DBTaskResult.objects.exists()

    def test_a_demo_that_is_started_anew_still_publishes_in_time(self, clock: Traveller, settings: Settings) -> None:
        settings.DEMO = True
        scheduled(title="Only for the demo", slug="only-for-the-demo", code="DEMO")
        call_command("load_demo", verbosity=0)
        clock.shift(HOUR)
        worked()
        assert "Only for the demo" in read()


class TestCommand:
    def test_it_publishes_what_is_due_and_says_how_much(self, clock: Traveller) -> None:
        scheduled()
        said = StringIO()
        for _ in range(3):
            call_command("publish_due_guidance", stdout=said)
            clock.shift(HOUR)
        assert said.getvalue().splitlines() == [
            "Guidance: 0 published as scheduled",
            "Guidance: 1 published as scheduled",
            "Guidance: 0 published as scheduled",
        ]
        assert read() == ["Alert notice"]
