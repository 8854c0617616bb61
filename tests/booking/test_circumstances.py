"""What is known of a person when a time is chosen for them."""

from datetime import date

import pytest
from django.test import Client

from booking.presenters.circumstances import circumstances
from delius.records import Adjustment, Disability, Languages, Person, PersonalCircumstance
from tests.booking.journeys import answer_up_to
from tests.simulator_process import Simulator

TODAY = date(2026, 11, 23)
WHEN = "/cases/X000001/arrange/when/"


def lines(person: Person, *work: PersonalCircumstance) -> dict[str, list[str]]:
    return {fact.label: fact.lines for fact in circumstances(person, work, on=TODAY)}


@pytest.mark.django_db
class TestWhen:
    def test_language_disabilities_and_work_are_shown_where_a_time_is_chosen(self, robin: Client) -> None:
        answer_up_to(robin, "when")
        page = robin.get(WHEN).content.decode()
        assert "Brian’s circumstances" in page
        assert "Part-time work, since" in page
        assert "Visual Impairment" in page

    def test_work_that_is_over_and_other_circumstances_are_left_out(self, robin: Client) -> None:
        answer_up_to(robin, "when")
        page = robin.get(WHEN).content.decode()
        assert "Unemployed" not in page
        assert "Settled accommodation" not in page

    def test_a_time_can_be_chosen_while_circumstances_cannot_be_read(self, robin: Client, simulator: Simulator) -> None:
        answer_up_to(robin, "when")
        simulator.fault("personal_circumstances", "status", status=429, times=None)
        answer = robin.get(WHEN)
        assert answer.status_code == 200
        assert "We cannot see this at the moment" in answer.content.decode()


class TestWords:
    def test_nothing_recorded_is_said_to_be_so(self) -> None:
        assert lines(Person(crn="X000001")) == {
            "Language": ["Not recorded"],
            "Disabilities and adjustments": ["None recorded"],
            "Employment": ["None recorded"],
        }

    def test_an_interpreter_stands_on_a_line_of_its_own(self) -> None:
        person = Person(crn="X000001", languages=Languages(primary="Welsh", requires_interpreter=True))
        assert lines(person)["Language"] == ["Welsh", "Interpreter required"]

    def test_disabilities_and_adjustments_that_are_over_are_left_out(self) -> None:
        past, future = date(2026, 11, 22), date(2026, 11, 23)
        person = Person(
            crn="X000001",
            disabilities=(
                Disability(description="Broken leg", end_date=past),
                Disability(
                    description="Hearing loss",
                    notes="Left ear",
                    end_date=future,
                    adjustments=(
                        Adjustment(description="Hearing loop"),
                        Adjustment(description="Note taker", end_date=past),
                    ),
                ),
            ),
        )
        assert lines(person)["Disabilities and adjustments"] == ["Hearing loss (Left ear). Adjustments: Hearing loop"]
