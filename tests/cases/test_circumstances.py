"""What is known of a person when a time is chosen for them."""

from typing import Any

import pytest
from django.test import Client

from cases.presenters.circumstances import circumstances
from delius.records import Case
from tests.booking.journeys import answer_up_to

WHEN = "/cases/X000001/arrange/when/"


def lines(**fields: Any) -> dict[str, list[str]]:
    case = Case.model_validate({"crn": "X000001", "access": {"limited": False}, "relation": "USER", **fields})
    return {fact.label: fact.lines for fact in circumstances(case)}


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


class TestWords:
    def test_nothing_recorded_is_said_to_be_so(self) -> None:
        assert lines() == {
            "Language": ["Not recorded"],
            "Disabilities and adjustments": ["None recorded"],
            "Employment": ["None recorded"],
        }

    def test_an_interpreter_and_notes_stand_on_lines_of_their_own(self) -> None:
        language = {"preferred": "Welsh", "interpreterRequired": True, "notes": "Reads English."}
        assert lines(language=language)["Language"] == ["Welsh", "Interpreter required", "Reads English."]
        assert lines(language={"interpreterRequired": True})["Language"] == ["Not recorded", "Interpreter required"]

    def test_a_disability_is_told_with_its_notes_and_adjustments(self) -> None:
        hearing = {"description": "Hearing loss", "notes": "Left ear.", "adjustments": ["Hearing loop", "Note taker"]}
        assert lines(disabilities=[hearing, {"description": "Broken leg"}])["Disabilities and adjustments"] == [
            "Hearing loss (Left ear). Adjustments: Hearing loop, Note taker",
            "Broken leg. No adjustments recorded",
        ]

    def test_work_is_told_and_other_circumstances_are_not(self) -> None:
        work = {"type": {"code": "B", "description": "Employment"}, "description": "Shifts", "startDate": "2026-01-02"}
        home = {"type": {"code": "A", "description": "Accommodation"}, "description": "Settled"}
        assert lines(circumstances=[home, work])["Employment"] == ["Shifts, since 2 January 2026"]
