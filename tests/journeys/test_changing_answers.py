"""*Change*, in the browser: every link leads to its question and back."""

import pytest

from tests.journeys.practitioner import Practitioner, in_days

pytestmark = pytest.mark.browser
CHECK = "Check your answers and confirm appointments"
QUESTIONS = {
    "Change type of appointment": "What type of appointment will it be?",
    "Change location": "Pick a location for this appointment",
    "Change date": "When will the appointment be?",
    "Change time": "When will the appointment be?",
    "Change repeating appointment": "Will this be a repeating appointment?",
    "Change RAR toolkit session": "Will this be a RAR toolkit session?",
    "Change RAR requirement": "Which RAR requirement does this count towards?",
    "Change RAR toolkit": "Which RAR toolkit will you use?",
    "Change appointment notes": "Add appointment notes",
    "Change sensitive": "Does this appointment include sensitive information?",
}
QUESTIONS_ABOUT_REPEATS = {
    "Change dates": "Appointments you’re arranging",
    "Change RAR toolkit": "Will the repeat appointments be RAR toolkit sessions too?",
    "Change appointment notes": "Add appointment notes",
    "Change sensitive": "Does this appointment include sensitive information?",
}


def test_every_change_link_leads_to_its_question_and_back_with_the_answers_as_they_were(
    practitioner: Practitioner,
) -> None:
    # Given somebody at the answers of an appointment that repeats, with every question answered
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Gita Twosentence")
    practitioner.answers("What type of appointment will it be?", "Office visit")
    practitioner.answers("Will this be a RAR toolkit session?", "Yes, it will count towards RAR")
    practitioner.is_asked("Which RAR requirement does this count towards?")
    practitioner.page.get_by_role("radio").nth(1).check()
    practitioner.continues()
    practitioner.answers("Which RAR toolkit will you use?", "Maps for Change")
    practitioner.answers("Pick a location for this appointment", "Northmoor Library")
    practitioner.says_when(*in_days(7), "9am", "9.30")
    practitioner.says_it_repeats("Every 2 weeks", 3)
    practitioner.is_asked("Appointments you’re arranging")
    practitioner.page.locator("input[name=dates]").nth(1).uncheck()
    practitioner.continues()
    practitioner.answers("Will the repeat appointments be RAR toolkit sessions too?", "Yes, using Maps for Change")
    practitioner.page.get_by_label("Add appointment notes").fill("Bring the workbook.")
    practitioner.page.get_by_label("Yes", exact=True).check()
    practitioner.continues()
    practitioner.is_asked("Does this appointment include sensitive information?")
    practitioner.page.get_by_label("Yes, it includes sensitive information").check()
    practitioner.page.get_by_label("No, only this appointment").check()
    practitioner.continues()
    practitioner.is_asked(CHECK)
    practitioner.finds_the_page_accessible()
    lists = practitioner.page.locator(".govuk-summary-list")
    answers = lists.all_inner_texts()
    expected = [*QUESTIONS.items(), *QUESTIONS_ABOUT_REPEATS.items()]
    links = lists.get_by_role("link")
    assert [" ".join(each.split()) for each in links.all_inner_texts()] == [link for link, _ in expected]

    # When they follow each link and continue, then they are at their answers again, unchanged
    for position, (_, question) in enumerate(expected):
        links.nth(position).click()
        practitioner.is_asked(question)
        practitioner.continues()
        practitioner.is_asked(CHECK)
        assert lists.all_inner_texts() == answers, question
