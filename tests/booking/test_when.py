"""What people may type as the day and times of an appointment, and what they are told when it cannot be."""

from datetime import date, datetime, time

import pytest

from booking.formats import LONDON
from booking.forms.steps import WhenForm

NOW = datetime(2027, 5, 20, 10, 30, tzinfo=LONDON)


def when(**typed: str) -> WhenForm:
    usual = {"date_day": "21", "date_month": "5", "date_year": "2027", "start_time": "9am", "end_time": "9:30am"}
    return WhenForm(usual | typed, now=NOW)


def test_a_day_and_two_times_are_read() -> None:
    form = when()
    assert form.is_valid()
    assert form.cleaned_data == {"date": date(2027, 5, 21), "start_time": time(9), "end_time": time(9, 30)}


@pytest.mark.parametrize("month", ["6", "06", "June", "jun", "JUNE"])
def test_a_month_may_be_typed_as_a_number_or_a_word(month: str) -> None:
    form = when(date_month=month)
    assert form.is_valid()
    assert form.cleaned_data["date"] == date(2027, 6, 21)


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"date_day": "", "date_month": "", "date_year": ""}, "date", "Enter the date of the appointment"),
        ({"date_day": ""}, "date", "Date must include a day"),
        ({"date_month": "", "date_year": ""}, "date", "Date must include a month and year"),
        ({"date_day": "31", "date_month": "6"}, "date", "Date must be a real date, like 27 3 2027"),
        ({"date_year": "27"}, "date", "Date must be a real date, like 27 3 2027"),
        ({"date_month": "ju"}, "date", "Date must be a real date, like 27 3 2027"),
        ({"date_day": "first"}, "date", "Date must be a real date, like 27 3 2027"),
        ({"date_day": "9" * 5000}, "date", "Date must be a real date, like 27 3 2027"),
        ({"date_day": "19"}, "date", "Date must be today or in the future"),
        ({"date_year": "2038"}, "date", "Date must be in the next 10 years"),
        ({"start_time": ""}, "start_time", "Enter a start time, like 9am or 1:30pm"),
        ({"end_time": "late"}, "end_time", "End time must be a real time, like 9am or 1:30pm"),
        ({"end_time": "9am"}, "end_time", "End time must be after the start time"),
        ({"end_time": "8am"}, "end_time", "End time must be after the start time"),
        ({"date_day": "20", "start_time": "10am", "end_time": "1pm"}, "start_time", "Start time must be in the future"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(typed: dict[str, str], field: str, message: str) -> None:
    form = when(**typed)
    assert not form.is_valid()
    assert form.errors[field] == [message]


@pytest.mark.parametrize(
    ("start", "end", "field"), [("1:15am", "2:05am", "start_time"), ("12:30am", "1:30am", "end_time")]
)
def test_a_time_that_the_clocks_leave_out_is_refused(start: str, end: str, field: str) -> None:
    form = when(date_day="26", date_month="3", date_year="2028", start_time=start, end_time=end)
    assert form.errors[field] == ["The clocks go forward then, so this time does not exist. Enter another time"]


def test_only_the_missing_parts_of_a_date_are_marked_and_the_summary_links_to_the_first() -> None:
    form = when(date_month="")
    form.is_valid()
    widget = form.fields["date"].widget
    assert widget.error_target(form["date"]) == "id_date_month"
    marked = [item["name"] for item in widget.items(form["date"]) if "error" in item["classes"]]
    assert marked == ["date_month"]


def test_today_is_allowed_while_the_start_is_still_to_come() -> None:
    assert when(date_day="20", start_time="10:31am", end_time="11am").is_valid()


def test_what_is_kept_in_the_draft_is_what_was_typed_and_nothing_else() -> None:
    form = when(start_time="9.15")
    data = dict(form.data) | {"csrfmiddlewaretoken": "x", "is_staff": "1"}
    assert form.accepted(data) == {
        "date_day": "21",
        "date_month": "5",
        "date_year": "2027",
        "start_time": "9.15",
        "end_time": "9:30am",
    }
