"""An appointment that repeats: each repeat is a booking of its own, on the same NSI."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from booking.models import Booking, Draft
from booking.repeats import FREQUENCIES, MAX_REPEATS, repeat_dates
from booking.services import series
from booking.services.delivery.resume import resume_due
from tests.booking.journeys import answer_all, answer_up_to, day_in, sent_by_the_page_of
from tests.booking.test_bad_input import errors_in
from tests.booking.test_confirming import asked, lose, toolkit_nsis, visits
from tests.simulator_process import Simulator

pytestmark = pytest.mark.database

CASE = "/cases/X000001/arrange"
WEEKLY = {"repeat": "yes", "frequency": "week", "number": "3"}


def in_a_week(weeks: int = 0) -> str:
    return (date.today() + timedelta(days=7 + 7 * weeks)).isoformat()


def arrange_weekly(client: Client, *, leave_out: tuple[str, ...] = (), **changed: str) -> None:
    """Answer everything about an appointment with three weekly repeats that share all there is to share."""
    answers = {"repeat_rar": "yes", "notes_repeat": "yes", "sensitive": "no", "notes": "Bring it."} | changed
    answer_up_to(client, "repeat")
    assert client.post(f"{CASE}/repeat/", WEEKLY)["Location"] == f"{CASE}/dates/"
    dates = [in_a_week(week) for week in (1, 2, 3) if in_a_week(week) not in leave_out]
    assert client.post(f"{CASE}/dates/", {"dates": dates})["Location"] == f"{CASE}/repeat-rar/"
    for slug in ("repeat-rar", "notes", "sensitive"):
        answer = client.post(f"{CASE}/{slug}/", answers)
        assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == f"{CASE}/check/"


def confirm(client: Client) -> str:
    return str(client.post(f"{CASE}/check/", sent_by_the_page_of(Draft.objects.get()))["Location"])


class TestDates:
    @given(
        st.dates(date(2026, 1, 1), date(2036, 12, 31)),
        st.sampled_from([name for name, _ in FREQUENCIES]),
        st.integers(1, MAX_REPEATS),
    )
    def test_repeats_are_days_that_exist_each_later_than_the_one_before(
        self, first: date, frequency: str, number: int
    ) -> None:
        days = repeat_dates(first, frequency=frequency, number=number)
        assert len(days) == number
        assert list(days) == sorted(set(days))
        assert days[0] > first
        if frequency == "month":
            assert all(day.day == first.day or (day + timedelta(days=1)).day == 1 for day in days)
        else:
            assert all(day.weekday() == first.weekday() for day in days)

    def test_the_last_day_of_a_long_month_repeats_on_the_last_day_of_shorter_ones(self) -> None:
        assert repeat_dates(date(2027, 1, 31), frequency="month", number=3) == (
            date(2027, 2, 28),
            date(2027, 3, 31),
            date(2027, 4, 30),
        )


@pytest.mark.django_db
class TestAsking:
    @pytest.mark.parametrize(
        ("typed", "errors"),
        [
            ({}, ["Select yes if this will be a repeating appointment"]),
            ({"repeat": "yes"}, ["Select how frequently it will repeat", "Enter the number of repeat appointments"]),
            (WEEKLY | {"number": "27"}, ["Number of repeat appointments must be a number between 1 and 26"]),
            (WEEKLY | {"number": "0"}, ["Number of repeat appointments must be a number between 1 and 26"]),
            (WEEKLY | {"number": "lots"}, ["Number of repeat appointments must be a number between 1 and 26"]),
            (WEEKLY | {"frequency": "day"}, ["Select how frequently it will repeat"]),
        ],
    )
    def test_what_is_missing_or_wrong_is_said(self, robin: Client, typed: dict[str, str], errors: list[str]) -> None:
        answer_up_to(robin, "repeat")
        assert errors_in(robin.post(f"{CASE}/repeat/", typed)) == errors

    def test_the_dates_are_shown_and_one_can_be_left_out(self, robin: Client) -> None:
        arrange_weekly(robin, leave_out=(in_a_week(2),))
        page = robin.get(f"{CASE}/check/").content.decode()
        assert "2 repeat appointments" in page
        assert robin.get(f"{CASE}/dates/").content.decode().count(" checked") == 2

    def test_at_least_one_repeat_must_be_left(self, robin: Client) -> None:
        answer_up_to(robin, "repeat")
        robin.post(f"{CASE}/repeat/", WEEKLY)
        (error,) = errors_in(robin.post(f"{CASE}/dates/", {}))
        assert error.startswith("Select at least one repeat appointment")

    def test_a_day_that_is_not_offered_is_not_taken(self, robin: Client) -> None:
        answer_up_to(robin, "repeat")
        robin.post(f"{CASE}/repeat/", WEEKLY)
        assert errors_in(robin.post(f"{CASE}/dates/", {"dates": ["2030-01-01"]}))

    def test_another_date_asks_for_the_repeats_again(self, robin: Client) -> None:
        arrange_weekly(robin)
        when = day_in(9) | {"start_time": "9am", "end_time": "9:30am"}
        assert robin.post(f"{CASE}/when/?change=1", when)["Location"] == f"{CASE}/dates/"

    def test_a_one_off_appointment_forgets_its_repeats(self, robin: Client) -> None:
        arrange_weekly(robin)
        assert robin.post(f"{CASE}/repeat/?change=1", {"repeat": "no"})["Location"] == f"{CASE}/check/"
        assert "repeat appointments" not in robin.get(f"{CASE}/check/").content.decode()


@pytest.mark.django_db
class TestBooking:
    def test_each_repeat_is_an_appointment_on_the_same_nsi(self, robin: Client, simulator: Simulator) -> None:
        arrange_weekly(robin)
        simulator.clear_requests()
        page = robin.get(confirm(robin)).content.decode()
        assert "Appointments arranged" in page
        (nsi,) = toolkit_nsis(simulator)
        made = visits(simulator)
        assert sorted(each["start"] for each in made) == [f"{in_a_week(week)}T09:00" for week in range(4)]
        assert {(each["nsiId"], each["notes"], each["sensitive"]) for each in made} == {
            (nsi["nsiId"], "Bring it.", False)
        }
        assert [each for each in asked(simulator) if each.startswith("put")] == ["putNsi", *["putAppointment"] * 4]
        assert not Draft.objects.exists()

    def test_an_appointment_with_one_repeat_is_a_series_too(self, robin: Client, simulator: Simulator) -> None:
        arrange_weekly(robin, leave_out=(in_a_week(2), in_a_week(3)))
        page = robin.get(confirm(robin)).content.decode()
        assert "Appointments arranged" in page
        assert sorted(each["start"][:10] for each in visits(simulator)) == [in_a_week(), in_a_week(1)]

    def test_notes_sensitivity_and_rar_can_be_kept_to_this_appointment(
        self, robin: Client, simulator: Simulator
    ) -> None:
        arrange_weekly(robin, repeat_rar="no", notes_repeat="no", sensitive="yes", sensitive_repeat="no")
        confirm(robin)
        first, *repeats = sorted(visits(simulator), key=lambda each: str(each["start"]))
        assert (first["notes"], first["sensitive"], bool(first["nsiId"])) == ("Bring it.", True, True)
        assert {(each["notes"], each["sensitive"], each["nsiId"]) for each in repeats} == {(None, False, None)}

    def test_where_one_is_refused_the_others_are_booked_and_it_can_be_put_right(
        self, robin: Client, simulator: Simulator
    ) -> None:
        simulator.add_contact("X000001", start=f"{in_a_week(2)}T09:15", end=f"{in_a_week(2)}T10:00")
        arrange_weekly(robin)
        page = robin.get(confirm(robin)).content.decode()
        assert "3 of 4 appointments arranged" in page
        refused = Booking.objects.get(state="refused")
        assert f"{refused.id}/again/" in page
        answer = robin.post(f"/cases/X000001/appointments/{refused.id}/again/")
        assert answer["Location"] == f"{CASE}/when/?change=1&problem=clash"
        assert errors_in(robin.get(answer["Location"]))
        another = {
            "date_day": str(date.fromisoformat(in_a_week(2)).day),
            "date_month": str(date.fromisoformat(in_a_week(2)).month),
            "date_year": str(date.fromisoformat(in_a_week(2)).year),
            "start_time": "2pm",
            "end_time": "3pm",
        }
        assert robin.post(answer["Location"], another)["Location"] == f"{CASE}/check/"
        confirm(robin)
        [again] = [each for each in visits(simulator) if each["start"] == f"{in_a_week(2)}T14:00"]
        first = next(each for each in visits(simulator) if each["start"] == f"{in_a_week()}T09:00")
        alike = ("type", "nsiId", "team", "officeLocationCode", "notes", "sensitive", "rarActivity")
        assert [again[name] for name in alike] == [first[name] for name in alike]
        assert len(toolkit_nsis(simulator)) == 1

    def test_where_the_first_is_refused_its_repeats_are_still_booked(self, robin: Client, simulator: Simulator) -> None:
        simulator.add_contact("X000001", start=f"{in_a_week()}T09:15", end=f"{in_a_week()}T10:00")
        arrange_weekly(robin)
        assert "3 of 4 appointments arranged" in robin.get(confirm(robin)).content.decode()
        assert not Draft.objects.exists()

    def test_what_delius_did_not_answer_is_finished_by_a_worker(
        self, robin: Client, simulator: Simulator, later: Callable[..., Any]
    ) -> None:
        arrange_weekly(robin)
        simulator.fault("putAppointment", "status", status=429)
        page = robin.get(confirm(robin)).content.decode()
        assert "We’re still saving these appointments" in page
        assert "We’re still saving 4 appointments for X000001" in robin.get("/").content.decode()
        with later(seconds=121):
            assert resume_due() == {"booked": 4}
        assert len(visits(simulator)) == 4
        assert len(toolkit_nsis(simulator)) == 1

    def test_after_eight_seconds_the_rest_is_left_to_a_worker(
        self, robin: Client, simulator: Simulator, later: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        arrange_weekly(robin)
        # As the request begins, and after each appointment.
        clock = iter([100.0, 108.0, 108.1])
        monkeypatch.setattr(series, "time", SimpleNamespace(monotonic=lambda: next(clock)))
        address = confirm(robin)
        assert len(visits(simulator)) == 2
        assert "We’re still saving these appointments" in robin.get(address).content.decode()
        with later(seconds=121):
            assert resume_due() == {"booked": 2}
        assert len(visits(simulator)) == 4

    def test_where_the_person_may_not_record_the_first_it_is_refused_at_once(
        self, robin: Client, simulator: Simulator
    ) -> None:
        arrange_weekly(robin)
        simulator.fault("putAppointment", "status", status=403)
        confirm(robin)
        assert list(Booking.objects.order_by("start").values_list("state", flat=True)) == ["refused", *["booked"] * 3]

    def test_where_an_earlier_try_may_have_made_the_first_such_an_answer_is_looked_into_by_somebody(
        self, robin: Client, simulator: Simulator, settings: Any
    ) -> None:
        arrange_weekly(robin)
        lose(simulator, "putAppointment", "drop_after", settings)
        address = confirm(robin)
        simulator.clear_faults()
        simulator.fault("putAppointment", "status", status=403)
        robin.post(address)
        assert Booking.objects.earliest("start").state == "needs_attention"

    def test_confirming_twice_books_each_once(self, robin: Client, simulator: Simulator) -> None:
        arrange_weekly(robin)
        sent = sent_by_the_page_of(Draft.objects.get())
        assert len({robin.post(f"{CASE}/check/", sent)["Location"] for _ in range(2)}) == 1
        assert len(visits(simulator)) == 4

    def test_what_was_not_made_yet_can_be_taken_back(
        self, robin: Client, simulator: Simulator, later: Callable[..., Any]
    ) -> None:
        arrange_weekly(robin)
        simulator.fault("putAppointment", "status", status=429)
        address = confirm(robin)
        assert robin.post(f"{CASE}/notes/", {"notes": "Changed", "notes_repeat": "yes"})["Location"] == address
        page = robin.post(f"{address}cancel/", follow=True).content.decode()
        assert "0 of 4 appointments arranged" in page
        with later(minutes=10):
            assert resume_due() == {}
        assert visits(simulator) == []


@pytest.mark.django_db
class TestCalendar:
    def test_it_holds_start_end_and_place_and_nothing_about_the_person(self, robin: Client) -> None:
        arrange_weekly(robin)
        answer = robin.get(f"{confirm(robin)}calendar.ics")
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        events = Calendar.from_ical(answer.content).walk("VEVENT")
        assert [event.decoded("dtstart").date().isoformat() for event in events] == [in_a_week(n) for n in range(4)]
        assert len({str(event["location"]) for event in events}) == 1
        assert str(events[0]["location"]).startswith("Harrow End Probation Office, ")
        assert {str(event["summary"]) for event in events} == {"Office visit"}
        for private in ("Brian", "X000001", "Bring it", "Developing", "RAR"):
            assert private not in answer.content.decode()

    def test_there_is_none_for_what_was_not_arranged(self, robin: Client, simulator: Simulator) -> None:
        answer_all(robin)
        simulator.fault("putAppointment", "status", status=429)
        assert robin.get(f"{confirm(robin)}calendar.ics").status_code == 404
