"""The next session like the last one: what is taken over, which day, and what is asked all the same."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from booking.journey.next_session import next_day
from booking.models import Booking, Draft
from delius.records import Appointment
from govuk.formats import long_date
from tests.booking.journeys import answer_all, answer_up_to, press
from tests.booking.test_bad_input import errors_in
from tests.booking.test_confirming import confirm
from tests.simulator_process import Simulator
from toolkits.models import Toolkit

BRIAN, GITA, HAL, OTTO = "X000001", "X000006", "X000007", "X000029"


def visit(contact_id: int, day: date, *, kind: str = "COAP", nsi: str = "", moved_to: int | None = None) -> Appointment:
    """An appointment at 10am, of a toolkit where its NSI type is given."""
    fields: dict[str, Any] = {"nsi": {"nsiId": 1, "type": {"code": nsi}}} if nsi else {}
    start = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
    return Appointment.model_validate(
        {
            "contactId": contact_id,
            "version": 1,
            "type": {"code": kind},
            "start": start.isoformat(),
            "end": (start + timedelta(hours=1)).isoformat(),
            "rescheduledTo": moved_to,
            **fields,
        }
    )


class TestDay:
    """The day of the next session."""

    LAST = date(2026, 3, 16)

    @pytest.mark.parametrize(
        ("days_before", "weeks"), [(7, 1), (14, 2), (28, 4), (1, 1), (0, 1), (10, 1), (11, 2), (13, 2), (90, 13)]
    )
    def test_it_is_as_many_weeks_on_as_the_last_was_after_the_one_before(self, days_before: int, weeks: int) -> None:
        last, before = visit(2, self.LAST), visit(1, self.LAST - timedelta(days=days_before))
        assert next_day(last, [last, before]) == (self.LAST + timedelta(weeks=weeks), weeks)

    def test_it_is_a_week_on_where_there_was_one(self) -> None:
        last = visit(1, self.LAST)
        assert next_day(last, [last]) == (date(2026, 3, 23), 1)

    @pytest.mark.parametrize("other", [{"kind": "COPT"}, {"nsi": "TKDEV"}, {"moved_to": 9}])
    def test_other_types_and_toolkits_and_what_was_moved_do_not_count(self, other: dict[str, Any]) -> None:
        last = visit(2, self.LAST)
        before = [visit(1, self.LAST - timedelta(weeks=3)), visit(3, self.LAST - timedelta(weeks=1), **other)]
        assert next_day(last, [last, *before]) == (date(2026, 4, 6), 3)

    def test_what_is_later_than_the_one_it_follows_does_not_count(self) -> None:
        followed, later = visit(1, self.LAST), visit(2, self.LAST + timedelta(weeks=4))
        assert next_day(followed, [later, followed]) == (date(2026, 3, 23), 1)

    def test_the_day_of_the_week_stays_over_a_change_of_the_clocks(self) -> None:
        last, before = visit(2, date(2026, 3, 23)), visit(1, date(2026, 3, 16))
        assert next_day(last, [last, before])[0].strftime("%A") == "Monday"


def add_visit(simulator: Simulator, crn: str = BRIAN, *, days: int, at: str = "09:00", **fields: Any) -> int:
    """Put an office visit of an hour into the record, some days from now; return its contact id."""
    day = date.today() + timedelta(days=days)
    hour = int(at[:2])
    start, end = f"{day}T{at}", f"{day}T{hour + 1:02}{at[2:]}"
    usual = {"type": "COAP", "officeLocationCode": "N90HAR"}
    return int(simulator.add_contact(crn, start=start, end=end, **usual | fields)["contactId"])


def arrange_next(client: Client, contact_id: int, crn: str = BRIAN, **data: str) -> Any:
    return client.post(f"/cases/{crn}/arrange/next/{contact_id}/", data)


def check(client: Client, crn: str = BRIAN) -> str:
    answer = client.get(f"/cases/{crn}/arrange/check/")
    assert answer.status_code == 200, answer["Location"]
    return " ".join(answer.content.decode().split())


@pytest.mark.django_db
class TestNextSession:
    def test_the_next_session_is_like_the_last_one_the_same_number_of_weeks_on(
        self, robin: Client, simulator: Simulator
    ) -> None:
        nsi = simulator.add_nsi(BRIAN, "TKDEV")
        add_visit(simulator, days=-9, nsiId=nsi["nsiId"], rarActivity=True)
        last = add_visit(simulator, days=5, at="14:00", nsiId=nsi["nsiId"], rarActivity=True, sensitive=True)
        assert arrange_next(robin, last)["Location"] == f"/cases/{BRIAN}/arrange/check/"
        page = check(robin)
        follows, day = (long_date(date.today() + timedelta(days=days)) for days in (5, 19))
        assert day in page
        assert f"2 weeks after the last one, on {follows}." in page
        assert "Check this date" in page
        for answer in ("Office visit", "2pm to 3pm", "Developing Dialogues", "Harrow End Probation Office"):
            assert answer in page
        press(robin)
        booking = Booking.objects.get()
        assert (booking.state, booking.nsi_id, booking.toolkit_slug) == ("booked", nsi["nsiId"], "developing-dialogues")
        assert (booking.sensitive, booking.notes) == (True, "")

    def test_a_date_that_was_typed_is_not_marked_any_more(self, robin: Client, simulator: Simulator) -> None:
        last = add_visit(simulator, days=5)
        arrange_next(robin, last)
        day = date.today() + timedelta(days=20)
        typed = {"date_day": day.day, "date_month": day.month, "date_year": day.year}
        robin.post(f"/cases/{BRIAN}/arrange/when/", {**typed, "start_time": "9am", "end_time": "10am"})
        assert "Check this date" not in check(robin)

    def test_after_a_session_long_ago_the_day_is_the_next_of_its_rhythm_that_is_still_to_come(
        self, robin: Client, simulator: Simulator
    ) -> None:
        add_visit(simulator, days=-46)
        last = add_visit(simulator, days=-32)
        arrange_next(robin, last)
        page = check(robin)
        assert long_date(date.today() + timedelta(days=10)) in page
        assert "6 weeks after the last one" in page

    def test_an_absence_is_followed_by_a_session_of_the_same_toolkit(self, robin: Client, simulator: Simulator) -> None:
        nsi = simulator.add_nsi(BRIAN, "TKDEV")
        last = add_visit(simulator, days=-3, nsiId=nsi["nsiId"], rarActivity=False, outcome="AFTA")
        arrange_next(robin, last)
        assert "Developing Dialogues" in check(robin)

    def test_an_appointment_without_rar_is_followed_by_one_without(self, robin: Client, simulator: Simulator) -> None:
        last = add_visit(simulator, days=3, type="COPT", officeLocationCode=None)
        arrange_next(robin, last)
        page = check(robin)
        assert "Phone call" in page
        assert "RAR toolkit" not in page.replace("RAR toolkit session", "")

    def test_of_several_requirements_the_one_of_the_last_session_is_taken(
        self, robin: Client, simulator: Simulator
    ) -> None:
        last = max(simulator.contacts(GITA), key=lambda each: each["start"])
        arrange_next(robin, last["contactId"], GITA)
        page = check(robin, GITA)
        assert "5 days completed of 20 days ordered" in page
        assert "Stepping Stones" in page

    def test_after_one_that_was_moved_comes_what_follows_the_one_in_its_place(
        self, robin: Client, simulator: Simulator
    ) -> None:
        new = add_visit(simulator, days=9, at="15:00")
        old = add_visit(simulator, days=7, outcome="RSOF", rescheduledTo=new)
        arrange_next(robin, old)
        assert "3pm to 4pm" in check(robin)

    def test_what_is_not_offered_any_more_is_asked_and_the_rest_is_kept(
        self, robin: Client, simulator: Simulator
    ) -> None:
        nsi = simulator.add_nsi(BRIAN, "TKDEV")
        last = add_visit(simulator, days=-3, nsiId=nsi["nsiId"], rarActivity=True)
        Toolkit.objects.filter(slug="developing-dialogues").update(active_to=date.today() - timedelta(days=1))
        answer = arrange_next(robin, last)
        assert answer["Location"] == f"/cases/{BRIAN}/arrange/"
        assert robin.get(answer["Location"])["Location"] == f"/cases/{BRIAN}/arrange/toolkit/"
        question = robin.get(f"/cases/{BRIAN}/arrange/toolkit/")
        assert errors_in(question) == []
        done = robin.post(f"/cases/{BRIAN}/arrange/toolkit/", {"toolkit": "maps-for-change"})
        assert done["Location"] == f"/cases/{BRIAN}/arrange/check/"
        assert "Check this date" in check(robin)

    def test_an_office_that_has_closed_is_asked_for(self, robin: Client, simulator: Simulator) -> None:
        last = add_visit(simulator, days=-3, officeLocationCode="N90OLD")
        arrange_next(robin, last)
        assert robin.get(f"/cases/{BRIAN}/arrange/")["Location"] == f"/cases/{BRIAN}/arrange/where/"

    def test_a_session_on_a_requirement_that_has_ended_is_asked_about(
        self, robin: Client, simulator: Simulator
    ) -> None:
        last = max(simulator.contacts("X000008"), key=lambda each: each["start"])
        arrange_next(robin, last["contactId"], "X000008")
        page = check(robin, "X000008")
        assert "has no active RAR requirement" in page

    def test_a_weekend_is_warned_about_as_ever(self, robin: Client, simulator: Simulator) -> None:
        days = next(days for days in range(1, 8) if (date.today() + timedelta(days=days)).weekday() == 5)
        arrange_next(robin, add_visit(simulator, days=days))
        assert "is at the weekend" in check(robin)

    def test_an_appointment_without_an_end_asks_when(self, robin: Client, simulator: Simulator) -> None:
        day = date.today() - timedelta(days=3)
        last = simulator.add_contact(BRIAN, start=f"{day}T09:00", end=None, type="COAP", officeLocationCode="N90HAR")
        arrange_next(robin, last["contactId"])
        assert robin.get(f"/cases/{BRIAN}/arrange/")["Location"] == f"/cases/{BRIAN}/arrange/when/"

    def test_answers_that_were_given_are_not_lost_without_asking(self, robin: Client, simulator: Simulator) -> None:
        last = add_visit(simulator, days=5)
        answer_up_to(robin, "toolkit")
        before = Draft.objects.get().answers
        asked = arrange_next(robin, last)
        assert asked["Location"] == f"/cases/{BRIAN}/arrange/next/{last}/"
        assert "Which appointment do you want to go on with?" in robin.get(asked["Location"]).content.decode()
        nothing = arrange_next(robin, last, asked="yes")
        assert errors_in(nothing) == ["Select which appointment you want to go on with"]
        assert arrange_next(robin, last, asked="yes", draft="keep")["Location"] == f"/cases/{BRIAN}/arrange/"
        assert Draft.objects.get().answers == before
        replaced = arrange_next(robin, last, asked="yes", draft="replace")
        assert replaced["Location"] == f"/cases/{BRIAN}/arrange/check/"
        assert Draft.objects.get().answers["rar"] == {"rar": "no"}

    def test_pressing_twice_begins_one(self, robin: Client, simulator: Simulator) -> None:
        last = add_visit(simulator, days=5)
        for _ in range(2):
            assert arrange_next(robin, last)["Location"] == f"/cases/{BRIAN}/arrange/check/"
        assert Draft.objects.count() == 1

    def test_looking_at_the_address_begins_nothing(self, robin: Client, simulator: Simulator) -> None:
        last = add_visit(simulator, days=5)
        assert robin.get(f"/cases/{BRIAN}/arrange/next/{last}/")["Location"] == f"/cases/{BRIAN}/"
        assert not Draft.objects.exists()

    def test_an_appointment_of_somebody_else_cannot_be_followed(self, robin: Client, simulator: Simulator) -> None:
        other = add_visit(simulator, OTTO, days=5)
        assert arrange_next(robin, other).status_code == 404
        assert arrange_next(robin, 999).status_code == 404
        assert not Draft.objects.exists()

    def test_what_is_arranged_can_be_followed_from_the_page_that_says_so(self, robin: Client) -> None:
        answer_all(robin, days=7)
        page = robin.get(confirm(robin)["Location"]).content.decode()
        booking = Booking.objects.get()
        assert f"/cases/{BRIAN}/arrange/next/{booking.appointment_id}/" in page
        assert booking.appointment_id
        arrange_next(robin, booking.appointment_id)
        assert long_date(date.today() + timedelta(days=14)) in check(robin)

    def test_where_the_toolkits_records_cannot_be_read_the_session_is_still_like_the_last(
        self, robin: Client, simulator: Simulator
    ) -> None:
        nsi = simulator.add_nsi(BRIAN, "TKDEV")
        last = add_visit(simulator, days=5, nsiId=nsi["nsiId"], rarActivity=True)
        simulator.fault("getNsis", "status", status=429, times=None)
        assert arrange_next(robin, last)["Location"] == f"/cases/{BRIAN}/arrange/check/"
        assert "Developing Dialogues" in check(robin)

    def test_where_the_appointments_cannot_be_read_the_page_says_so(self, robin: Client, simulator: Simulator) -> None:
        last = add_visit(simulator, days=5)
        robin.get(f"/cases/{BRIAN}/arrange/")
        simulator.fault("getAppointments", "status", status=503, times=None)
        answer = arrange_next(robin, last)
        assert answer.status_code == 503
        assert "Delius is not available" in answer.content.decode()

    def test_whoever_may_only_look_can_begin_nothing(
        self, signed_in: Callable[[str], Client], simulator: Simulator
    ) -> None:
        last = add_visit(simulator, days=5)
        assert arrange_next(signed_in("REA.READONLY"), last).status_code == 403
