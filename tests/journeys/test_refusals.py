"""What Delius would not take, in the browser: said at the question where it can be mended, in words."""

import pytest
from playwright.sync_api import expect

from tests.journeys.practitioner import Practitioner
from tests.simulator_process import Simulator
from toolkits.models import Toolkit

pytestmark = pytest.mark.browser
TYPE, RAR, TOOLKIT = (
    "What type of appointment will it be?",
    "Will this be a RAR toolkit session?",
    "Which RAR toolkit will you use?",
)
GROUP_SESSION = "Group Session (NS)"
NOT_RAR = f"{GROUP_SESSION} cannot be a RAR toolkit session. Select no, or go back and change the type"


def chooses_a_group_session(practitioner: Practitioner) -> None:
    """Choose a type of appointment that Delius does not let hang from a toolkit's record."""
    practitioner.is_asked(TYPE)
    practitioner.page.get_by_label("Other", exact=True).check()
    practitioner.page.get_by_role("combobox").fill("Group Session")
    practitioner.page.get_by_role("option", name=GROUP_SESSION).click()
    practitioner.continues()


def test_a_type_that_cannot_count_towards_rar_is_refused_where_that_is_asked(practitioner: Practitioner) -> None:
    # Given a type of appointment that Delius does not let count towards RAR
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    chooses_a_group_session(practitioner)

    # When somebody says that it counts, then they are told at the question, and the message leads to the answers
    practitioner.answers(RAR, "Yes, it will count towards RAR")
    practitioner.sees_the_problem(NOT_RAR)
    practitioner.finds_the_page_accessible()
    practitioner.follows(NOT_RAR)
    expect(practitioner.page.get_by_role("radio").first).to_be_focused()

    # And the way back that it names leads to the type, after which RAR is asked anew
    practitioner.goes_back()
    practitioner.answers(TYPE, "Phone call")
    practitioner.answers(RAR, "Yes, it will count towards RAR")
    practitioner.is_asked(TOOLKIT)


def test_a_type_that_is_changed_to_one_that_cannot_count_towards_rar_has_that_asked_again(
    practitioner: Practitioner,
) -> None:
    # Given the answers of a RAR session
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers_everything(days=7)

    # When the type is changed to one that cannot be one
    practitioner.changes("type of appointment")
    chooses_a_group_session(practitioner)

    # Then RAR is asked again, and without it the appointment can be arranged
    practitioner.is_asked(RAR)
    practitioner.finds_the_page_accessible()
    practitioner.answers(RAR, "No")
    practitioner.is_asked("Check your answers and confirm appointment")
    assert "RAR toolkit" not in practitioner.answers_shown()
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")


def test_a_toolkit_that_the_type_cannot_be_used_with_is_refused_where_it_is_chosen(practitioner: Practitioner) -> None:
    # Given a toolkit whose code is not among those that the type of appointment may hang from
    toolkit = Toolkit.objects.get(slug="maps-for-change")
    toolkit.nsi_type_code = "UPW1"
    toolkit.save()
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers(TYPE, "Phone call")
    practitioner.answers(RAR, "Yes, it will count towards RAR")

    # When somebody chooses it, then they are told at the question, and the message leads to the toolkits
    practitioner.answers(TOOLKIT, "Maps for Change")
    message = (
        "Maps for Change cannot be used with this type of appointment (Phone call). "
        "Select another toolkit, or go back and change the type"
    )
    practitioner.sees_the_problem(message)
    practitioner.finds_the_page_accessible()
    practitioner.follows(message)
    expect(practitioner.page.get_by_role("radio").first).to_be_focused()

    # And another one is accepted
    practitioner.answers(TOOLKIT, "Stepping Stones")
    practitioner.answers_from_when_on()
    assert practitioner.answers_shown()["RAR toolkit"] == "Stepping Stones"


def test_a_refusal_names_the_answer_to_change_and_leads_to_it(practitioner: Practitioner, simulator: Simulator) -> None:
    # Given answers whose toolkit Delius stops accepting before they are confirmed
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers_everything(days=7)
    simulator.change_nsi_type("TKDEV", selectable=False)
    practitioner.confirms()

    # Then the page says what to change, without codes
    practitioner.is_asked("This appointment was not arranged")
    practitioner.sees("This toolkit is not set up as Delius expects it.")
    assert "TKDEV" not in practitioner.page.locator("main").inner_text()
    practitioner.finds_the_page_accessible()

    # And its link leads to that question alone: the other answers are kept
    practitioner.follows("Change the RAR toolkit")
    practitioner.answers(TOOLKIT, "Stepping Stones")
    practitioner.is_asked("Check your answers and confirm appointment")
    assert practitioner.answers_shown()["Appointment notes"] == "Bring the workbook."
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    assert [each["type"] for each in simulator.nsis("X000001") if each["endDate"] is None] == ["TKSTE"]
