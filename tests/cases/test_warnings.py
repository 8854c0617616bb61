"""What is said of a day before somebody books on it, and never stops them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from govuk.formats import LONDON, long_date
from tests.booking.journeys import answer_all
from tests.booking.test_confirming import confirm, visits
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db
CHECK = "/cases/X000001/arrange/check/"


@pytest.fixture
def in_october(simulator: Simulator) -> Iterator[None]:
    """A Monday morning in October 2026, here and in Delius."""
    moment = datetime(2026, 10, 19, 9, 0, tzinfo=LONDON)
    simulator.reset(now=moment.isoformat())
    with time_machine.travel(moment, tick=True):
        yield


def shown(client: Client, *, days: int) -> str:
    answer_all(client, days=days)
    return str(client.get(CHECK).content.decode())


def days_until(day: date) -> int:
    return (day - date(2026, 10, 19)).days


@pytest.mark.usefixtures("in_october")
class TestDays:
    @pytest.mark.parametrize(
        ("day", "warning"),
        [
            (date(2026, 10, 24), "Saturday 24 October 2026 is at the weekend"),
            (date(2026, 12, 25), "Friday 25 December 2026 is a bank holiday: Christmas Day"),
            (date(2026, 10, 25), "The clocks go back on Sunday 25 October 2026"),
            (date(2027, 3, 28), "The clocks go forward on Sunday 28 March 2027"),
        ],
    )
    def test_an_unusual_day_is_warned_about_and_can_be_booked(
        self, robin: Client, simulator: Simulator, day: date, warning: str
    ) -> None:
        assert warning in shown(robin, days=days_until(day))
        confirm(robin)
        assert [each["start"] for each in visits(simulator)] == [f"{day}T09:00"]

    def test_a_working_day_is_not_warned_about(self, robin: Client) -> None:
        assert "Before you confirm" not in shown(robin, days=days_until(date(2026, 10, 27)))


def test_another_appointment_that_day_is_named(robin: Client, simulator: Simulator) -> None:
    day = date.today() + timedelta(days=7)
    simulator.add_contact("X000001", start=f"{day}T14:00", end=f"{day}T15:00", type="CHVS")
    page = shown(robin, days=7)
    assert f"Brian already has an appointment on {long_date(day)} at 2pm: Home visit" in page


def test_where_other_appointments_cannot_be_seen_the_answers_say_so(robin: Client, simulator: Simulator) -> None:
    answer_all(robin)
    simulator.fault("getAppointments", "status", status=429, times=None)
    page = robin.get(CHECK).content.decode()
    assert "We cannot see whether Brian has another appointment then" in page
    assert "Confirm this appointment" in page
