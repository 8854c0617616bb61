"""Dates and times as GOV.UK writes them and as people type them."""

from datetime import UTC, date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govuk.formats import clock, from_to, in_london, long_date, parse_time, pm_reading, short_date


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("9", time(9)),
        ("09", time(9)),
        ("9am", time(9)),
        ("9 AM", time(9)),
        ("9.30", time(9, 30)),
        ("9:30am", time(9, 30)),
        ("09:30", time(9, 30)),
        ("0930", time(9, 30)),
        ("9 30 pm", time(21, 30)),
        ("1pm", time(13)),
        ("13", time(13)),
        ("12pm", time(12)),
        ("12am", time(0)),
        ("12.15am", time(0, 15)),
        ("noon", time(12)),
        ("Midday", time(12)),
        ("23:59", time(23, 59)),
        ("9.30 a.m.", time(9, 30)),
        ("1.30p.m", time(13, 30)),
        ("9-30", time(9, 30)),
        ("9,30", time(9, 30)),
        ("9h30", time(9, 30)),
        ("9\u200b", time(9)),
        ("12 noon", time(12)),
        ("12 midnight", time(0)),
    ],
)
def test_a_time_is_read_as_people_type_it(typed: str, meant: time) -> None:
    assert parse_time(typed) == meant


@pytest.mark.parametrize("typed", ["", "soon", "25", "24:00", "9:60", "13pm", "0am", "9:3", "-9", "9-", "9am9", "９"])
def test_what_is_not_a_time_is_not_read_as_one(typed: str) -> None:
    assert parse_time(typed) is None


@pytest.mark.parametrize(("typed", "later"), [("2", 14), ("2.00", 14), ("11", 23), ("0200", None), ("02:00", None)])
def test_a_time_as_on_a_clocks_face_may_be_in_the_afternoon(typed: str, later: int | None) -> None:
    assert pm_reading(typed) == (time(later) if later else None)


@pytest.mark.parametrize("typed", ["2am", "2 p.m.", "0:30", "12", "12.30", "14", "noon", "soon", ""])
def test_a_time_that_says_which_half_of_the_day_is_read_in_one_way(typed: str) -> None:
    assert pm_reading(typed) is None


@given(st.times().map(lambda at: at.replace(second=0, microsecond=0)))
def test_every_time_we_print_is_read_back_as_the_same_time(at: time) -> None:
    assert parse_time(clock(at)) == at


@given(st.text(max_size=30))
def test_nothing_typed_as_a_time_breaks_the_page(typed: str) -> None:
    assert parse_time(typed) is None or isinstance(parse_time(typed), time)


def test_dates_and_times_are_printed_in_govuk_style() -> None:
    assert long_date(date(2022, 10, 4)) == "Tuesday 4 October 2022"
    assert short_date(date(2021, 10, 4)) == "4 October 2021"
    assert from_to(time(9), time(9, 30)) == "9am to 9:30am"
    assert from_to(time(12), time(13, 5)) == "midday to 1:05pm"


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [(date(2027, 3, 27), 9), (date(2027, 3, 28), 8), (date(2027, 10, 30), 8), (date(2027, 10, 31), 9)],
)
def test_nine_in_the_morning_is_nine_on_londons_clock_on_both_sides_of_a_clock_change(day: date, utc_hour: int) -> None:
    moment = in_london(day, time(9)).astimezone(UTC)
    assert (moment.date(), moment.hour) == (day, utc_hour)
