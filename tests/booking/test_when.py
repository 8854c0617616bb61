"""What people may type as the day and times of an appointment, and what they are told when it cannot be."""

from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.forms import WhenForm
from govuk.formats import LONDON, clock

NOW = datetime(2027, 5, 20, 10, 30, tzinfo=LONDON)
# Times as people may type them, sensible or not.
TYPED = st.from_regex(r"[0-9]{1,2}([:.-][0-5][0-9])?( ?[ap]\.?m\.?)?", fullmatch=True)


def when(**typed: str) -> WhenForm:
    usual = {"date_day": "21", "date_month": "5", "date_year": "2027", "start_time": "9am", "end_time": "9:30am"}
    return WhenForm(usual | typed, now=NOW)


def test_a_day_and_two_times_are_read() -> None:
    form = when()
    assert form.is_valid()
    assert form.cleaned_data == {"date": date(2027, 5, 21), "start_time": time(9), "end_time": time(9, 30)}


@pytest.mark.parametrize("month", ["6", "06", "June", "jun", "JUNE", "jun.", "6\u200b"])
def test_a_month_may_be_typed_as_a_number_or_a_word(month: str) -> None:
    form = when(date_month=month)
    assert form.is_valid()
    assert form.cleaned_data["date"] == date(2027, 6, 21)


@pytest.mark.parametrize("day", ["3", "03", "3rd", "3RD", "3\u200b", "\u00a03"])
def test_a_day_may_be_typed_as_people_say_it(day: str) -> None:
    form = when(date_day=day, date_month="jun.")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["date"] == date(2027, 6, 3)


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


@pytest.mark.parametrize(
    ("start", "end", "meant"),
    [
        ("2", "3", (time(14), time(15))),
        ("2.30", "3.15", (time(14, 30), time(15, 15))),
        ("9", "5", (time(9), time(17))),
        ("11.30", "1", (time(11, 30), time(13))),
        ("12", "1", (time(12), time(13))),
        ("2pm", "9", (time(14), time(21))),
        ("7", "8pm", (time(19), time(20))),
        ("9-30", "10.30 a.m.", (time(9, 30), time(10, 30))),
        ("7", "8", (time(7), time(8))),
    ],
)
def test_a_time_without_am_or_pm_is_the_one_within_the_usual_hours(
    start: str, end: str, meant: tuple[time, time]
) -> None:
    form = when(start_time=start, end_time=end)
    assert form.is_valid(), form.errors
    assert (form.cleaned_data["start_time"], form.cleaned_data["end_time"]) == meant


@pytest.mark.parametrize(
    ("start", "end", "meant", "answer"),
    [
        ("2am", "3", "2am to 3am", "02:00-03:00"),
        ("02:00", "03:00", "2am to 3am", "02:00-03:00"),
        ("6", "8am", "6am to 8am", "06:00-08:00"),
        ("6.59am", "8", "6:59am to 8am", "06:59-08:00"),
        ("8pm", "21:01", "8pm to 9:01pm", "20:00-21:01"),
        ("midnight", "noon", "midnight to midday", "00:00-12:00"),
    ],
)
def test_times_outside_the_usual_hours_are_asked_about_and_may_be_meant(
    start: str, end: str, meant: str, answer: str
) -> None:
    asked = when(start_time=start, end_time=end)
    assert asked.errors == {"unusual_times": [f"Select yes if you mean {meant}, or enter other times"]}
    assert asked["unusual_times"].label == f"Do you mean {meant}?"
    confirmed = when(start_time=start, end_time=end, unusual_times=answer)
    assert confirmed.is_valid(), confirmed.errors
    assert confirmed.accepted()["unusual_times"] == answer


def test_what_was_meant_for_other_times_is_asked_again() -> None:
    assert "unusual_times" in when(start_time="3am", end_time="4am", unusual_times="02:00-03:00").errors


@pytest.mark.parametrize(
    ("start", "end", "field", "message"),
    [
        ("2am", "3am", "start_time", "Enter a start time between 7am and 9pm, or select that you mean 2am to 3am"),
        ("8pm", "10pm", "end_time", "Enter an end time between 7am and 9pm, or select that you mean 8pm to 10pm"),
    ],
)
def test_who_did_not_mean_the_times_is_told_which_to_change(start: str, end: str, field: str, message: str) -> None:
    form = when(start_time=start, end_time=end, unusual_times="no")
    assert form.errors == {field: [message]}


def test_the_usual_hours_are_a_setting(settings: Any) -> None:
    settings.APPOINTMENT_HOURS = (time(2), time(12))
    form = when(start_time="2", end_time="3")
    assert form.is_valid()
    assert form.cleaned_data["start_time"] == time(2)


@given(start=st.text(max_size=8) | TYPED, end=st.text(max_size=8) | TYPED, said=st.sampled_from(["", "no", "yes"]))
def test_no_time_outside_the_usual_hours_is_taken_unless_somebody_says_that_they_mean_it(
    start: str, end: str, said: str
) -> None:
    form = when(start_time=start, end_time=end, unusual_times=said)
    if form.is_valid():
        assert time(7) <= form.cleaned_data["start_time"] < form.cleaned_data["end_time"] <= time(21)


@given(begins=st.integers(12 * 4, 20 * 4), lasts=st.integers(1, 4))
def test_an_appointment_of_the_afternoon_is_understood_without_pm(begins: int, lasts: int) -> None:
    start, end = (time(quarters // 4, quarters % 4 * 15) for quarters in (begins, begins + lasts))
    face = [clock(at).replace("midday", "12").removesuffix("pm") for at in (start, end)]
    form = when(start_time=face[0], end_time=face[1])
    assert form.is_valid(), form.errors
    read = (form.cleaned_data["start_time"], form.cleaned_data["end_time"])
    # From 7 to 9 on a clock's face the morning is as usual as the evening.
    assert read == (start, end) or (time(7) <= read[0] and start >= time(19) and read[1].hour + 12 == end.hour)


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
    form = when(start_time="9.15", csrfmiddlewaretoken="x", is_staff="1")
    assert form.accepted() == {
        "date_day": "21",
        "date_month": "5",
        "date_year": "2027",
        "start_time": "9.15",
        "end_time": "9:30am",
    }
