"""RAR days in words: what was ordered, how many are left, and the pace that they need."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.presenters.rar_days import RarDaysBar, budget, pace
from delius.records import CodeDescription, Event, RarDays, Requirement
from delius.selectors import RarRequirement

TODAY = date(2026, 6, 10)


def bar(*, length: int | None = 20, unit: str = "Days", **days: Any) -> RarDaysBar:
    """The bar of a requirement of 20 days, of which 5 are completed and 2 booked unless told otherwise."""
    usual = {"requirement_id": 1, "event_id": 1, "ordered": 20, "completed": 5, "booked": 2}
    requirement = Requirement(
        requirement_id=1,
        main_category=CodeDescription(code="F"),
        length=length,
        length_unit=unit,
        rar=RarDays(**usual | days),
    )
    return budget(RarRequirement(event=Event(event_id=1), requirement=requirement), today=TODAY)


def words(shown: RarDaysBar) -> list[str]:
    return [each.text for each in shown.segments]


@pytest.mark.parametrize(
    ("left", "days", "words"),
    [
        (8, 77, "8 days left and 11 weeks: about 1 session every 10 days"),
        (8, 83, "8 days left and 11 weeks: about 1 session every 10 days"),
        (1, 1, "1 day left and 1 day: about 1 session every day"),
        (1, 13, "1 day left and 13 days: about 1 session every 13 days"),
        (2, 14, "2 days left and 2 weeks: about 1 session every 7 days"),
        (9, 8, "9 days left and 8 days: more RAR days are left than there are days until the order ends"),
        (0, 77, ""),
        (None, 77, ""),
        (8, 0, ""),
        (8, -3, ""),
    ],
)
def test_the_pace_is_the_days_until_the_order_ends_for_each_rar_day_left(
    left: int | None, days: int, words: str
) -> None:
    assert pace(left, TODAY + timedelta(days=days), today=TODAY) == words


def test_no_pace_is_said_where_the_end_of_the_order_is_not_known() -> None:
    assert pace(8, None, today=TODAY) == ""
    assert bar(ends_on=None).notes == ("Delius does not say when the order ends",)


def test_days_completed_booked_and_left_are_told_with_the_end_of_the_order() -> None:
    shown = bar(ends_on=date(2026, 8, 26))
    assert words(shown) == ["5 days completed of 20 days ordered", "2 days booked", "13 days left"]
    assert shown.notes == (
        "The order ends on 26 August 2026",
        "13 days left and 11 weeks: about 1 session every 6 days",
    )
    assert (shown.total, shown.ordered, shown.warning, shown.at_risk) == (20, None, "", False)


def test_an_order_that_has_ended_is_told_without_a_pace() -> None:
    assert bar(ends_on=TODAY).notes == ("The order ended on 10 June 2026",)


def test_days_at_risk_are_those_of_which_delius_says_so() -> None:
    assert bar(at_risk=True).at_risk
    assert not bar(at_risk=None).at_risk


@pytest.mark.parametrize(
    ("completed", "booked", "warning"),
    [
        (20, 0, ""),
        (20, 1, "1 day more than the court ordered is completed or booked"),
        (19, 4, "3 days more than the court ordered are completed or booked"),
    ],
)
def test_more_days_than_were_ordered_are_told(completed: int, booked: int, warning: str) -> None:
    shown = bar(completed=completed, booked=booked)
    assert shown.warning == warning
    assert words(shown)[2] == "0 days left"
    assert shown.ordered == (20 if warning else None)


@pytest.mark.parametrize(
    ("length", "unit", "words_of_it"),
    [
        (12, "Weeks", "5 days completed. The court ordered 12 weeks, so we cannot say how many days are left"),
        (1, "Months", "5 days completed. The court ordered 1 month, so we cannot say how many days are left"),
        (None, "Weeks", "5 days completed. Delius does not say how many were ordered"),
        (12, "", "5 days completed. Delius does not say how many were ordered"),
    ],
)
def test_what_was_not_ordered_in_days_is_told_as_it_was_ordered(
    length: int | None, unit: str, words_of_it: str
) -> None:
    assert words(bar(length=length, unit=unit, ordered=None)) == [words_of_it, "2 days booked"]


@given(
    ordered=st.none() | st.integers(0, 200),
    completed=st.integers(0, 200),
    booked=st.integers(0, 200),
    ends_in=st.none() | st.integers(-400, 1200),
)
def test_the_bar_is_full_and_its_words_are_english_whatever_the_days(
    ordered: int | None, completed: int, booked: int, ends_in: int | None
) -> None:
    ends_on = None if ends_in is None else TODAY + timedelta(days=ends_in)
    shown = bar(ordered=ordered, completed=completed, booked=booked, ends_on=ends_on)
    lengths = [each.days for each in shown.segments]
    assert [each.start for each in shown.segments] == [sum(lengths[:number]) for number in range(len(lengths))]
    assert shown.total == sum(lengths)
    for text in (*words(shown), *shown.notes, shown.warning):
        assert not re.search(r"\b1 (days|weeks)\b|None", text)
