"""Journeys are counted once each, whatever becomes of them, and the counts outlive what was counted."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking.journey.steps import STEPS
from booking.models import Booking, BookingState, Draft, JourneyCount, JourneyEvent
from booking.presenters.journey_counts import QUESTIONS
from booking.selectors import journeys_between, journeys_ever, journeys_under_way
from booking.services import journey_counts
from rarbooking.models import User
from tests.booking.journeys import answer_all, answer_up_to, day_in, sent_by_the_page_of, typed
from tests.booking.test_confirming import confirm
from tests.booking.test_repeats import arrange_weekly
from tests.booking.test_repeats import confirm as confirm_series
from tests.booking.test_resuming import left_under_way
from tests.simulator_process import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.database]
CASE = "/cases/X000001/arrange"
Later = Callable[..., AbstractContextManager[None]]


def counted() -> dict[str, dict[str, int]]:
    """Everything that was ever counted, by event and detail."""
    today = timezone.localdate()
    found = journeys_between(today - timedelta(days=400), today + timedelta(days=1))
    return {event.value: +details for event, details in found.items() if +details}


def touched(*, days_ago: float) -> None:
    Draft.objects.update(updated_at=timezone.now() - timedelta(days=days_ago))


def test_looking_at_a_question_starts_no_journey_and_its_first_answer_does(robin: Client) -> None:
    robin.get(f"{CASE}/", follow=True)
    assert (counted(), journeys_under_way()) == ({}, 0)
    answer_up_to(robin, "rar")
    assert (counted(), journeys_under_way()) == ({"started": {"": 1}}, 1)
    answer_up_to(robin, "when")
    assert (counted(), journeys_under_way()) == ({"started": {"": 1}}, 1)


def test_a_journey_that_was_booked_is_finished_with_its_toolkit_and_its_provider(robin: Client) -> None:
    answer_all(robin)
    confirm(robin)
    assert counted() == {
        "started": {"": 1},
        "finished": {"": 1},
        "toolkit": {"developing-dialogues": 1},
        "with_toolkit": {"N90": 1},
    }
    assert journeys_under_way() == 0


def test_a_team_that_is_not_on_toolkits_counts_with_nat1(jo: Client) -> None:
    answer_all(jo, crn="X000014", office="N90MIL")
    confirm(jo, crn="X000014")
    assert counted() == {"started": {"": 1}, "finished": {"": 1}, "with_nat1": {"N90": 1}}


def test_an_appointment_that_does_not_count_towards_rar_has_neither_toolkit_nor_nat1(robin: Client) -> None:
    answer_all(robin, rar="no")
    confirm(robin)
    assert counted() == {"started": {"": 1}, "finished": {"": 1}}


def test_confirming_twice_finishes_one_journey(robin: Client) -> None:
    answer_all(robin)
    sent = sent_by_the_page_of(Draft.objects.get())
    for _ in range(2):
        robin.post(f"{CASE}/check/", sent)
    assert counted()["finished"] == {"": 1}


def test_an_appointment_and_its_repeats_are_one_journey(robin: Client) -> None:
    arrange_weekly(robin)
    confirm_series(robin)
    assert Booking.objects.filter(state=BookingState.BOOKED).count() == 4
    assert counted()["finished"] == {"": 1}
    assert counted()["toolkit"] == {"developing-dialogues": 1}


def test_one_that_delius_refused_goes_on_and_is_finished_when_another_time_is_booked(
    robin: Client, simulator: Simulator
) -> None:
    answer_all(robin)
    day = (date.today() + timedelta(days=7)).isoformat()
    simulator.add_contact("X000001", start=f"{day}T09:15", end=f"{day}T09:45")
    confirm(robin)
    assert Booking.objects.get().state == BookingState.REFUSED
    assert (counted(), journeys_under_way()) == ({"started": {"": 1}}, 1)
    robin.post(f"{CASE}/when/", {**day_in(8), "start_time": "9am", "end_time": "9:30am"})
    confirm(robin)
    assert (counted()["started"], counted()["finished"]) == ({"": 1}, {"": 1})


def test_what_a_worker_books_finishes_its_journey(robin: Client, simulator: Simulator, later: Later) -> None:
    left_under_way(robin, simulator)
    assert "finished" not in counted()
    with later(seconds=16):
        call_command("resume_bookings", verbosity=0)
        assert counted()["finished"] == {"": 1}


def test_starting_again_leaves_the_journey_at_the_question_it_stood_at(robin: Client) -> None:
    answer_up_to(robin, "when")
    robin.post(f"{CASE}/discard/")
    assert counted() == {"started": {"": 1}, "left": {"when": 1}}
    answer_all(robin)
    robin.post(f"{CASE}/discard/")
    assert counted() == {"started": {"": 2}, "left": {"when": 1, "check": 1}}


def test_a_series_that_is_taken_back_was_left_at_its_answers(robin: Client, simulator: Simulator) -> None:
    arrange_weekly(robin)
    simulator.fault("putNsi", "status", status=429, times=None)
    confirm_series(robin)
    booking = Booking.objects.earliest("start")
    robin.post(f"/cases/X000001/appointments/{booking.id}/cancel/")
    assert Booking.objects.earliest("start").state == BookingState.CANCELLED
    assert counted() == {"started": {"": 1}, "left": {"check": 1}}


def test_a_series_of_which_the_first_was_refused_is_finished(robin: Client, simulator: Simulator) -> None:
    arrange_weekly(robin)
    simulator.fault("putAppointment", "status", status=400)
    confirm_series(robin)
    assert Booking.objects.earliest("start").state == BookingState.REFUSED
    assert counted()["finished"] == {"": 1}
    assert "left" not in counted()


def test_a_series_that_a_process_took_back_and_died_was_left_at_its_answers(
    robin: Client, simulator: Simulator
) -> None:
    arrange_weekly(robin)
    simulator.fault("putNsi", "status", status=429, times=None)
    confirm_series(robin)
    Booking.objects.update(state=BookingState.CANCELLED)
    robin.post(f"{CASE}/notes/", {"notes": "Another one", "notes_repeat": "yes"})
    assert counted() == {"started": {"": 2}, "left": {"check": 1}}


def test_a_journey_that_stands_still_for_a_week_is_left_until_it_moves_again(robin: Client) -> None:
    answer_up_to(robin, "where")
    touched(days_ago=6.9)
    assert (counted(), journeys_under_way()) == ({"started": {"": 1}}, 1)
    touched(days_ago=7.1)
    assert (counted(), journeys_under_way()) == ({"started": {"": 1}, "left": {"where": 1}}, 0)
    robin.post(f"{CASE}/where/", typed()["where"])
    assert (counted(), journeys_under_way()) == ({"started": {"": 1}}, 1)


def test_the_numbers_are_the_same_before_and_after_drafts_and_bookings_are_deleted(
    robin: Client, settings: Any
) -> None:
    answer_all(robin, crn="X000002")
    confirm(robin, crn="X000002")
    answer_up_to(robin, "where")
    Draft.objects.update(started_on=timezone.localdate() - timedelta(days=settings.DRAFT_DAYS + 3))
    touched(days_ago=settings.DRAFT_DAYS + 1)
    answer_up_to(robin, "rar", crn="X000003")
    by_day = {day: journeys_between(day, day) for day in (timezone.localdate() - timedelta(each) for each in range(40))}
    before, ever = counted(), journeys_ever()
    assert before["left"] == {"where": 1}
    call_command("purge_drafts", verbosity=0)
    Booking.objects.all().delete()
    assert Draft.objects.count() == 1
    assert (counted(), journeys_ever()) == (before, ever)
    assert {day: journeys_between(day, day) for day in by_day} == by_day


def test_a_journey_counts_on_the_day_it_began_and_on_the_day_it_ended(robin: Client, later: Later) -> None:
    answer_all(robin)
    today = timezone.localdate()
    with later(days=2):
        robin.force_login(User.objects.get())
        confirm(robin)
    first, third = (journeys_between(day, day) for day in (today, today + timedelta(days=2)))
    assert (first[JourneyEvent.STARTED].total(), first[JourneyEvent.FINISHED].total()) == (1, 0)
    assert (third[JourneyEvent.STARTED].total(), third[JourneyEvent.FINISHED].total()) == (0, 1)


def test_changing_an_answer_before_anything_was_sent_goes_on_with_the_journey_of_the_day_it_began(
    robin: Client, simulator: Simulator
) -> None:
    left_under_way(robin, simulator)
    began = timezone.localdate() - timedelta(days=2)
    Draft.objects.update(started_on=began)
    robin.post(f"{CASE}/notes/", {"notes": "Another one"})
    assert Draft.objects.get().started_on == began


def test_answering_again_after_a_booking_whose_draft_was_never_let_go_begins_another_journey(
    robin: Client, simulator: Simulator
) -> None:
    left_under_way(robin, simulator)
    Booking.objects.update(state=BookingState.BOOKED)
    robin.post(f"{CASE}/notes/", {"notes": "Another one"})
    assert (counted()["started"], counted()["finished"]) == ({"": 2}, {"": 1})
    assert journeys_under_way() == 1


def test_a_draft_of_the_release_before_counts_from_its_next_answer(robin: Client) -> None:
    answer_up_to(robin, "where")
    Draft.objects.update(step="", started_on=None)
    assert counted() == {}
    robin.post(f"{CASE}/where/", typed()["where"])
    assert counted() == {"started": {"": 1}}


def test_a_draft_of_the_release_before_that_is_deleted_as_it_is_counts_nowhere(robin: Client) -> None:
    answer_up_to(robin, "where")
    Draft.objects.update(step="", started_on=None)
    robin.post(f"{CASE}/discard/")
    assert (counted(), Draft.objects.count()) == ({}, 0)


@pytest.mark.django_db(transaction=True)
def test_additions_that_meet_are_all_kept() -> None:
    day = date(2026, 11, 25)
    keys = [
        (day, JourneyEvent.FINISHED, ""),
        (day, JourneyEvent.TOOLKIT, "maps"),
        (day, JourneyEvent.ABANDONED, "when"),
    ]

    def add_often(number: int) -> None:
        try:
            # Each in another order, which would have them wait for each other if it were kept.
            for key in [*keys[number % 3 :], *keys[: number % 3]] * 5:
                journey_counts._add({key: 1, keys[0]: 1})
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_often, range(8)))
    numbers = {(each.event, each.detail): each.number for each in JourneyCount.objects.all()}
    assert numbers == {("finished", ""): 120, ("toolkit", "maps"): 40, ("left", "when"): 40}


def test_an_answer_costs_no_statement_for_counting_and_an_end_costs_one(robin: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        answer_all(robin)
    assert [each for each in asked if "journeycount" in each["sql"]] == []
    with CaptureQueriesContext(connection) as asked:
        confirm(robin)
    assert len([each for each in asked if "journeycount" in each["sql"]]) == 1


def test_every_journey_that_is_let_go_is_counted_however_many_they_are(robin: Client) -> None:
    user, today, many = User.objects.get(), timezone.localdate(), 1100
    Draft.objects.bulk_create(
        Draft(user=user, crn=f"Y{each:06}", step="when", started_on=today - timedelta(days=each % 250))
        for each in range(many)
    )
    assert journey_counts.end(Draft.objects.all(), on=today) == many
    assert not Draft.objects.exists()
    kept = JourneyCount.objects.filter(event=JourneyEvent.STARTED)
    assert (kept.count(), sum(each.number for each in kept)) == (250, many)
    assert JourneyCount.objects.get(event=JourneyEvent.ABANDONED).number == many


@pytest.mark.parametrize(
    ("code", "counted_as"), [("AAA", "with_toolkit"), ("NAT1", "with_nat1"), ("TKDEV", "with_toolkit")]
)
def test_whatever_the_code_of_a_toolkit_only_nat1_counts_as_nat1(robin: Client, code: str, counted_as: str) -> None:
    answer_up_to(robin, "when")
    made = Booking(requirement_id=1, nsi_type_code=code, toolkit_slug="a-toolkit", provider_code="N90")
    journey_counts.end(Draft.objects.all(), made=made)
    assert counted()[counted_as] == {"N90": 1}


def test_a_count_has_no_room_for_anybody() -> None:
    columns = {field.name for field in JourneyCount._meta.get_fields()}
    assert columns == {"id", "day", "event", "detail", "number"}


def test_every_question_of_the_journey_has_a_name_in_its_place() -> None:
    assert list(QUESTIONS) == [*(step.slug for step in STEPS if step.prompted), "check"]
