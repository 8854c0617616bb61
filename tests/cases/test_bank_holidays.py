"""Bank holidays are known for ever, and somebody is told before the list of them ends."""

from datetime import date
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from cases.bank_holidays import _computed, _listed, bank_holiday
from tests.people import account, client_of

# Moved or added for one year by proclamation.
PROCLAIMED = {2012, 2020, 2022, 2023}


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 12, 28), "Boxing Day"),
        (date(2029, 12, 25), "Christmas Day"),
        (date(2029, 12, 26), "Boxing Day"),
        (date(2030, 1, 1), "New Year’s Day"),
        (date(2030, 4, 19), "Good Friday"),
        (date(2030, 4, 22), "Easter Monday"),
        (date(2030, 5, 6), "Early May bank holiday"),
        (date(2030, 5, 27), "Spring bank holiday"),
        (date(2030, 8, 26), "Summer bank holiday"),
        (date(2033, 1, 3), "New Year’s Day"),
        (date(2033, 12, 26), "Boxing Day"),
        (date(2033, 12, 27), "Christmas Day"),
        (date(2032, 12, 27), "Christmas Day"),
        (date(2032, 12, 28), "Boxing Day"),
        (date(2029, 12, 24), ""),
    ],
)
def test_a_bank_holiday_is_known_also_after_the_list_ends(day: date, name: str) -> None:
    assert bank_holiday(day) == name


def test_the_rules_give_what_the_list_has() -> None:
    years = {day.year for day in _listed()} - PROCLAIMED
    assert len(years) > 10
    for year in years:
        listed = {day: name for day, name in _listed().items() if day.year == year}
        assert dict(_computed(year)) == listed


@given(st.integers(2012, 2199))
def test_a_year_has_eight_bank_holidays_and_none_at_the_weekend(year: int) -> None:
    days = [day for day, _ in _computed(year)]
    assert len(set(days)) == 8
    assert all(day.weekday() < 5 and day.year == year for day in days)


class TestBeforeTheListEnds:
    """Support and whoever deploys are told three months before."""

    def said(self) -> tuple[bool, bool]:
        """Whether `check` and the front page of the administration say so."""
        printed = StringIO()
        call_command("check", stdout=printed, stderr=printed)
        page = client_of(account("SUE.SUPPORT")).get(reverse("admin:index")).content.decode()
        return "The list of bank holidays ends on" in printed.getvalue(), "The list of bank holidays ends on" in page

    @pytest.mark.parametrize(("today", "is_said"), [("2028-09-29", False), ("2028-10-01", True), ("2031-01-01", True)])
    def test_the_check_and_the_front_page_for_support_say_so(self, db: Any, today: str, is_said: bool) -> None:
        with time_machine.travel(f"{today}T12:00:00+00:00", tick=False):
            assert self.said() == (is_said, is_said)

    def test_nobody_else_is_told(self, db: Any) -> None:
        with time_machine.travel("2028-12-01T12:00:00+00:00", tick=False):
            designer: Client = client_of(account("DANA.DESIGNER"))
            assert "bank holidays" not in designer.get(reverse("admin:index")).content.decode()
