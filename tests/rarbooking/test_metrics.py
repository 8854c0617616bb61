"""What Prometheus is told, and who may ask."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from appointments.models import ChangeState, RecordedOutcome
from booking.models import Booking, BookingState, Draft, DuplicateNsis
from booking.services.delivery.retry import enqueue_resume
from delius.http import background
from delius.upstream import Service
from rarbooking.observability.metrics import result_label
from tests.booking.down import open_circuits
from tests.booking.journeys import answer_all, sent_by_the_page_of
from tests.simulator_process import Simulator

TOKEN = "a-token-for-prometheus"
Scrape = Callable[[], dict[tuple[str, frozenset[tuple[str, str]]], float]]

pytestmark = pytest.mark.django_db


@pytest.fixture
def scrape(settings: Settings) -> Scrape:
    """Return a function that reads the metrics, by name and labels."""
    settings.METRICS_TOKEN = TOKEN
    # What was counted for another test.
    cache.clear()

    def read() -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
        text = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
        return {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    return read


def labelled(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


def booking_in(state: BookingState, user: Any, *, age: timedelta) -> Booking:
    start = timezone.now() + timedelta(days=7)
    booking = Booking.objects.create(
        user=user,
        state=state,
        crn="X000001",
        event_id=1,
        provider_code="N90",
        team_code="N90AAA",
        staff_code="N90A001",
        type_code="CODC",
        type_name="Planned office visit",
        start=start,
        end=start + timedelta(minutes=30),
        sensitive=False,
    )
    Booking.objects.filter(id=booking.id).update(created_at=timezone.now() - age)
    return booking


def test_there_are_no_metrics_where_no_token_is_set(settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    for given in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN}"}):
        assert Client().get("/metrics", headers=given).status_code == 404


@pytest.mark.parametrize("given", ["", TOKEN, "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN} ", "Bearer ünknown"])
def test_metrics_are_closed_to_whoever_lacks_the_token(settings: Settings, given: str) -> None:
    settings.METRICS_TOKEN = TOKEN
    answer = Client().get("/metrics", headers={"Authorization": given})
    assert (answer.status_code, answer.content, answer["WWW-Authenticate"]) == (401, b"", "Bearer")


def test_a_practitioner_who_is_signed_in_may_not_read_metrics(robin: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert robin.get("/metrics").status_code == 401


def test_metrics_are_not_kept_and_not_sent_to_https(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_every_call_upstream_is_counted_by_operation_and_result(
    robin: Client, scrape: Scrape, simulator: Simulator
) -> None:
    asked = labelled("rarbooking_upstream_requests_total", operation="getCase", result="success")
    failed = labelled("rarbooking_upstream_requests_total", operation="getCase", result="server_error")
    timed = labelled("rarbooking_upstream_request_seconds_count", operation="getCase")
    before = scrape()
    assert robin.get("/cases/X000001/arrange/type/").status_code == 200
    between = scrape()
    assert between[asked] == before.get(asked, 0) + 1
    assert between[timed] == before.get(timed, 0) + 1
    simulator.fault("getCase", "status", status=500)
    robin.get("/cases/X000002/arrange/type/")
    assert scrape()[failed] == before.get(failed, 0) + 1


def test_an_open_circuit_is_told_of_and_every_request_that_was_not_sent_is_counted(
    robin: Client, scrape: Scrape
) -> None:
    not_sent = labelled("rarbooking_upstream_requests_not_sent_total", operation="getCases")
    before = scrape()
    open_circuits(Service.DELIUS)
    assert robin.get("/").status_code == 503
    found = scrape()
    assert found[not_sent] == before.get(not_sent, 0) + 1
    assert found[labelled("rarbooking_circuit_state", service="hmpps-auth")] == 0
    assert found[labelled("rarbooking_circuit_state", service="delius")] == 1


def test_a_scrape_has_a_service_that_may_be_back_tried_though_nobody_opens_a_page(
    scrape: Scrape, simulator: Simulator
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        open_circuits(Service.DELIUS)
        clock.shift(15)
        scrape()
        background.drain()
        assert scrape()[labelled("rarbooking_circuit_state", service="delius")] == 0


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (200, "success"),
        (201, "success"),
        (302, "server_error"),
        (404, "client_error"),
        (429, "client_error"),
        (503, "server_error"),
        (None, "no_answer"),
    ],
)
def test_an_answer_counts_as(status: int | None, result: str) -> None:
    assert result_label(status) == result


def test_bookings_are_counted_by_state_and_those_unsettled_have_the_age_of_the_oldest(
    scrape: Scrape, django_user_model: Any
) -> None:
    user = django_user_model.objects.create(username="ROBIN.SAMPLE")
    booking_in(BookingState.SUBMITTED, user, age=timedelta(hours=1))
    booking_in(BookingState.SUBMITTED, user, age=timedelta(hours=3))
    booking_in(BookingState.BOOKED, user, age=timedelta(days=9))
    found = scrape()
    assert found[labelled("rarbooking_bookings", state="submitted")] == 2
    assert found[labelled("rarbooking_bookings", state="booked")] == 1
    assert found[labelled("rarbooking_bookings", state="needs_attention")] == 0
    age = "rarbooking_oldest_unsettled_booking_age_seconds"
    assert found[labelled(age, state="submitted")] == pytest.approx(3 * 3600, abs=60)
    assert found[labelled(age, state="needs_attention")] == 0
    assert labelled(age, state="booked") not in found


def test_bookings_that_are_settled_are_counted_anew_after_five_minutes_and_others_at_once(
    scrape: Scrape, django_user_model: Any
) -> None:
    user = django_user_model.objects.create(username="ROBIN.SAMPLE")
    booked = labelled("rarbooking_bookings", state="booked")
    waiting = labelled("rarbooking_bookings", state="submitted")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert scrape()[booked] == 0
        booking_in(BookingState.BOOKED, user, age=timedelta(0))
        booking_in(BookingState.SUBMITTED, user, age=timedelta(0))
        found = scrape()
        assert (found[booked], found[waiting]) == (0, 1)
        clock.shift(timedelta(minutes=5, seconds=1))
        assert scrape()[booked] == 1


def test_the_queue_tells_how_much_is_due_and_since_when_and_leaves_out_what_is_for_later(scrape: Scrape) -> None:
    enqueue_resume(at=timezone.now() - timedelta(minutes=10))
    enqueue_resume(at=timezone.now() + timedelta(minutes=10))
    found = scrape()
    assert found[labelled("rarbooking_task_queue_depth")] == 1
    assert found[labelled("rarbooking_oldest_due_task_age_seconds")] == pytest.approx(600, abs=60)


def test_a_task_that_failed_is_counted(scrape: Scrape) -> None:
    enqueue_resume(at=timezone.now())
    DBTaskResult.objects.get().set_failed(ValueError())
    found = scrape()
    assert (found[labelled("rarbooking_failed_tasks")], found[labelled("rarbooking_task_queue_depth")]) == (1, 0)


def test_findings_of_duplicate_nsis_count_until_they_are_resolved(scrape: Scrape) -> None:
    place = {"crn": "X000001", "event_id": 1, "requirement_id": 2, "chosen_nsi_id": 3, "other_nsi_ids": [4]}
    now = timezone.now()
    DuplicateNsis.objects.create(**place, nsi_type_code="TKDEV", seen_at=now)
    DuplicateNsis.objects.create(**place, nsi_type_code="TKMAP", seen_at=now, resolved_at=now)
    assert scrape()[labelled("rarbooking_duplicate_nsi_findings")] == 1


def test_journeys_are_counted_as_they_start_and_as_they_are_finished(robin: Client, scrape: Scrape) -> None:
    started, finished = (labelled("rarbooking_journeys_total", event=event) for event in ("started", "finished"))
    assert (scrape()[started], scrape()[finished]) == (0, 0)
    answer_all(robin)
    assert (scrape()[started], scrape()[finished]) == (1, 0)
    robin.post("/cases/X000001/arrange/check/", sent_by_the_page_of(Draft.objects.get()))
    assert (scrape()[started], scrape()[finished]) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_cannot_be_read_is_said_and_the_other_metrics_are_there(scrape: Scrape) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE booking_booking RENAME TO booking_booking_away")
    try:
        found = scrape()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE booking_booking_away RENAME TO booking_booking")
    assert found[labelled("rarbooking_database_up")] == 0
    assert not [name for name, _ in found if name == "rarbooking_bookings"]
    assert [name for name, _ in found if name.startswith("django_http_requests")]


def test_no_label_holds_a_crn_a_name_or_an_address(robin: Client, scrape: Scrape) -> None:
    for path in (
        "/",
        "/cases/X000001/arrange/type/",
        "/cases/X000002/schedule/",
        "/cases/X999999/arrange/",
        "/X000003",
    ):
        robin.get(path)
    # The names of templates are paths in our own code.
    values = {value for _, labels in scrape() for label, value in labels if label != "templatename"}
    assert not [value for value in values if re.search(r"[A-Za-z]\d{6}|ROBIN|SAMPLE|/", value, re.IGNORECASE)]


def test_outcomes_and_moves_that_are_not_settled_are_counted_and_have_the_age_of_the_oldest(
    scrape: Scrape, django_user_model: Any
) -> None:
    user = django_user_model.objects.create(username="ROBIN.SAMPLE")
    for state, hours in ((ChangeState.SUBMITTED, 2), (ChangeState.SUBMITTED, 1), (ChangeState.RECORDED, 9)):
        change = RecordedOutcome.objects.create(
            user=user,
            state=state,
            crn="X000029",
            contact_id=1,
            version=1,
            appointment_start=timezone.now(),
            attended=True,
        )
        RecordedOutcome.objects.filter(id=change.id).update(created_at=timezone.now() - timedelta(hours=hours))
    found = scrape()
    assert found[labelled("rarbooking_unsettled_changes", kind="outcome", state="submitted")] == 2
    assert found[labelled("rarbooking_unsettled_changes", kind="outcome", state="needs_attention")] == 0
    assert found[labelled("rarbooking_unsettled_changes", kind="move", state="submitted")] == 0
    age = labelled("rarbooking_oldest_unsettled_change_age_seconds", kind="outcome", state="submitted")
    assert found[age] == pytest.approx(2 * 3600, abs=60)
