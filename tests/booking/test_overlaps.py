"""Another appointment of the person at the same time: shown before confirming, and arranged all the same by choice."""

from datetime import date, timedelta

import pytest
from django.test import Client

from booking.models import Booking, BookingState
from govuk.formats import long_date
from tests.booking.journeys import ANYWAY, answer_all, day_in, press
from tests.booking.test_confirming import confirm, toolkit_nsis, visits
from tests.booking.test_repeats import arrange_weekly, in_a_week
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db
CASE = "/cases/X000001/arrange"
CHECK = f"{CASE}/check/"
DAY = date.today() + timedelta(days=7)


def another(simulator: Simulator, start: str = "09:15", end: str = "10:00", *, day: str = "") -> None:
    """Put another appointment of the person into Delius, a home visit; ours is from 9am to 9:30am."""
    on = day or DAY.isoformat()
    simulator.add_contact("X000001", start=f"{on}T{start}", end=f"{on}T{end}", type="CHVS")


def sent(simulator: Simulator) -> list[bool]:
    """Whether each appointment that was sent was to be made although there is another one."""
    return [each["body"]["allowOverlap"] for each in simulator.requests("putAppointment")]


class TestKnown:
    def test_it_is_shown_before_confirming_with_its_time_and_type(self, robin: Client, simulator: Simulator) -> None:
        another(simulator)
        answer_all(robin)
        page = robin.get(CHECK).content.decode()
        assert "Brian already has an appointment at this time" in page
        assert f"{long_date(DAY)} from 9:15am to 10am: Home visit" in page
        assert f'href="{CASE}/when/?change=1">Change the date or time</a>' in page
        assert "Confirm this appointment" not in page

    @pytest.mark.parametrize(
        ("start", "end"), [("08:00", "09:00"), ("09:30", "10:00"), ("07:00", "08:00")], ids=["abuts", "abuts", "apart"]
    )
    def test_what_only_abuts_does_not_overlap(self, robin: Client, simulator: Simulator, start: str, end: str) -> None:
        another(simulator, start, end)
        answer_all(robin)
        assert "at this time" not in robin.get(CHECK).content.decode()
        press(robin)
        assert Booking.objects.get().state == BookingState.BOOKED

    def test_it_can_be_arranged_anyway(self, robin: Client, simulator: Simulator) -> None:
        another(simulator)
        answer_all(robin)
        press(robin, anyway=True)
        assert sent(simulator) == [True]
        assert Booking.objects.get().state == BookingState.BOOKED
        assert len(visits(simulator)) == 1

    def test_nothing_is_arranged_over_another_without_being_told_to(self, robin: Client, simulator: Simulator) -> None:
        answer_all(robin)
        press(robin)
        assert sent(simulator) == [False]


class TestNotSeen:
    def test_one_that_nobody_could_see_comes_back_as_a_choice_and_every_answer_is_kept(
        self, robin: Client, simulator: Simulator
    ) -> None:
        answer_all(robin, notes="Keep me.")
        robin.get(CHECK)
        another(simulator)
        answer = confirm(robin)
        assert answer["Location"] == f"{CHECK}?problem=clash"
        page = robin.get(answer["Location"]).content.decode()
        assert "<title>Error: Check your answers" in page
        assert "Brian already has an appointment at this time. Change the date or time, or arrange it anyway" in page
        assert f"{long_date(DAY)} from 9:15am to 10am: Home visit" in page
        assert "Keep me." in page
        assert visits(simulator) == []

    def test_the_choice_is_offered_also_where_it_still_cannot_be_seen(
        self, robin: Client, simulator: Simulator
    ) -> None:
        answer_all(robin)
        another(simulator)
        address = confirm(robin)["Location"]
        simulator.fault("getAppointments", "status", status=500)
        page = robin.get(address).content.decode()
        assert "Arrange it anyway" in page

    def test_it_can_be_arranged_anyway_then(self, robin: Client, simulator: Simulator) -> None:
        answer_all(robin)
        another(simulator)
        confirm(robin)
        press(robin, anyway=True)
        assert sent(simulator) == [False, True]
        assert sorted(Booking.objects.values_list("state", flat=True)) == ["booked", "refused"]
        assert len(visits(simulator)) == 1
        assert len(toolkit_nsis(simulator)) == 1

    def test_another_time_is_all_it_takes(self, robin: Client, simulator: Simulator) -> None:
        answer_all(robin, notes="Keep me.")
        another(simulator)
        confirm(robin)
        when = day_in(7) | {"start_time": "2pm", "end_time": "3pm"}
        assert robin.post(f"{CASE}/when/?change=1", when)["Location"] == CHECK
        press(robin)
        (visit,) = visits(simulator)
        assert (visit["start"], visit["notes"]) == (f"{DAY}T14:00", "Keep me.")
        assert len(toolkit_nsis(simulator)) == 1

    def test_two_at_once_at_one_time_are_one_appointment_and_one_choice(
        self, robin: Client, simulator: Simulator
    ) -> None:
        answer_all(robin)
        confirm(robin)
        answer_all(robin)
        confirm(robin)
        assert sorted(Booking.objects.values_list("state", flat=True)) == ["booked", "refused"]
        assert len(visits(simulator)) == 1


class TestRepeats:
    def test_every_repeat_is_arranged_anyway_where_one_of_them_overlaps(
        self, robin: Client, simulator: Simulator
    ) -> None:
        another(simulator, day=in_a_week(2))
        arrange_weekly(robin)
        page = robin.get(CHECK).content.decode()
        assert "Arrange them anyway" in page
        assert f"{long_date(date.fromisoformat(in_a_week(2)))} from 9:15am to 10am: Home visit" in page
        press(robin, anyway=True)
        assert sent(simulator) == [True] * 4
        assert {each.state for each in Booking.objects.all()} == {"booked"}

    def test_of_repeats_that_nobody_was_asked_about_only_the_one_that_overlaps_is_not_arranged(
        self, robin: Client, simulator: Simulator
    ) -> None:
        arrange_weekly(robin)
        another(simulator, day=in_a_week(1))
        confirm(robin)
        assert [each.state for each in Booking.objects.order_by("start")] == ["booked", "refused", "booked", "booked"]


def test_the_choice_is_kept_with_the_booking_for_whoever_sends_it(robin: Client, simulator: Simulator) -> None:
    another(simulator)
    answer_all(robin)
    simulator.fault("putAppointment", "status", status=429)
    address = confirm(robin, **ANYWAY)["Location"]
    assert Booking.objects.get().allow_overlap
    robin.post(address)
    assert sent(simulator) == [True, True]
