"""RAR requirements and their days, in the browser: shown, chosen where there are several, and never a lock."""

from datetime import date, timedelta

import pytest

from tests.journeys.practitioner import Practitioner
from tests.simulator_process import Simulator

pytestmark = pytest.mark.browser


def test_of_several_rar_requirements_each_says_its_days_and_the_bar_shows_those_of_the_chosen_one(
    practitioner: Practitioner,
) -> None:
    # Given somebody with two sentences, each with a RAR requirement
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Gita Twosentence")
    practitioner.answers("What type of appointment will it be?", "Phone call")

    # When the appointment is to count towards RAR
    practitioner.answers("Will this be a RAR toolkit session?", "Yes, it will count towards RAR")

    # Then they choose the requirement by its sentence and its days
    practitioner.is_asked("Which RAR requirement does this count towards?")
    first, second = practitioner.choices()
    assert first.startswith("ORA Community Order, started ")
    assert second.startswith("ORA Suspended Sentence Order, started ")
    practitioner.sees("5 days completed of 20 days ordered")
    practitioner.sees("0 days completed of 10 days ordered")
    practitioner.finds_the_page_accessible()
    practitioner.answers("Which RAR requirement does this count towards?", first)
    practitioner.answers("Which RAR toolkit will you use?", "Maps for Change")
    practitioner.answers_from_when_on()
    assert practitioner.answers_shown()["RAR requirement"] == f"{first}. 5 days completed of 20 days ordered"
    practitioner.sees("5 days completed of 20 days ordered")
    practitioner.finds_the_page_accessible()

    # And the other one can still be taken instead
    practitioner.changes("RAR requirement")
    practitioner.answers("Which RAR requirement does this count towards?", second)
    practitioner.is_asked("Check your answers and confirm appointment")
    practitioner.sees("0 days completed of 10 days ordered")


def test_where_the_rar_requirement_has_ended_the_answers_say_why_rar_was_not_asked(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given somebody whose RAR requirement was completed
    before = simulator.contacts("X000008"), simulator.nsis("X000008")
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Ines Ended")

    # When an appointment is arranged
    practitioner.answers("What type of appointment will it be?", "Video call")
    practitioner.answers_from_when_on()

    # Then RAR was not asked, the answers say why, and it is arranged without
    shown = practitioner.answers_shown()["RAR toolkit session"]
    assert shown == "No Ines has no active RAR requirement for this to count towards"
    practitioner.finds_the_page_accessible()
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    (call,) = [each for each in simulator.contacts("X000008") if each not in before[0]]
    assert (call["type"], call["nsiId"]) == ("COVC", None)
    assert simulator.nsis("X000008") == before[1]


def test_a_session_past_the_days_ordered_is_warned_about_and_can_still_be_arranged(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given somebody with 4 of 15 days completed and sessions booked on the other 11
    nsi = simulator.add_nsi("X000003", "TKSTE")
    for ahead in range(11):
        day = date.today() + timedelta(days=30 + ahead)
        simulator.add_contact("X000003", start=f"{day}T09:00", end=f"{day}T10:00", nsiId=nsi["nsiId"], rarActivity=True)
    practitioner.signs_in_as("Robin Sample")

    # When one more is arranged
    practitioner.arranges_an_appointment_for("Dev Duplicate")
    practitioner.answers_everything(days=7, toolkit="Stepping Stones")

    # Then the days are shown, with a warning
    days = practitioner.page.get_by_role("region", name="RAR days")
    assert days.get_by_role("listitem").all_inner_texts() == [
        "4 days completed of 15 days ordered",
        "11 days already booked ahead",
        "1 day added by this booking",
    ]
    practitioner.sees("This goes 1 day past what the court ordered. You can still confirm it")
    practitioner.finds_the_page_accessible()

    # And it can be arranged all the same
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    assert len([each for each in simulator.contacts("X000003") if each["nsiId"] == nsi["nsiId"]]) == 12


def test_an_accredited_programme_is_explained_beside_the_rar_question(practitioner: Practitioner) -> None:
    # Given a practitioner at the RAR question
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers("What type of appointment will it be?", "Office visit")
    practitioner.is_asked("Will this be a RAR toolkit session?")
    link = "How to arrange an accredited programme or a session that somebody else delivers"
    assert not practitioner.page.get_by_role("link", name=link).is_visible()

    # When they open the panel for what is not arranged here, and follow its link
    practitioner.page.get_by_text("It is an accredited programme or a third party delivers it").click()
    practitioner.finds_the_page_accessible()
    practitioner.follows(link)

    # Then a page says where it is arranged, and leads back to the question
    practitioner.is_asked("Arrange an accredited programme or a session that somebody else delivers")
    practitioner.sees("in Delius as you do now")
    practitioner.finds_the_page_accessible()
    practitioner.follows("Go back to the question")
    practitioner.is_asked("Will this be a RAR toolkit session?")
