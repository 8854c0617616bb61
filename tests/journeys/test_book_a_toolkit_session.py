"""The product's spine: from *Your cases* to records in Delius."""

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.journeys.practitioner import Practitioner, in_days
from tests.simulator_process import Simulator

pytestmark = pytest.mark.browser


@pytest.fixture
def practitioner(page: Page, live_server: LiveServer) -> Practitioner:
    """Somebody who signs in on HMPPS Auth's page."""
    return Practitioner(page, live_server.url)


def books_a_toolkit_session(practitioner: Practitioner, *, days: int) -> None:
    practitioner.answers_everything(days=days)
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")


def test_a_practitioner_books_a_toolkit_session_and_delius_holds_one_nsi_and_one_appointment(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given a practitioner whose team is on toolkits, and a person without a toolkit NSI
    practitioner.signs_in_as("Robin Sample")
    before = {nsi["nsiId"] for nsi in simulator.nsis("X000001")}

    # When they book a first session of Developing Dialogues
    practitioner.arranges_an_appointment_for("Brian Example")
    books_a_toolkit_session(practitioner, days=7)

    # Then Delius holds one new NSI on the RAR requirement, and one appointment that hangs from it
    created = [nsi for nsi in simulator.nsis("X000001") if nsi["nsiId"] not in before]
    assert [nsi["type"] for nsi in created] == ["TKDEV"]
    assert created[0]["requirementId"] is not None
    booked = [
        each
        for each in simulator.contacts("X000001")
        if each["nsiId"] == created[0]["nsiId"] and each["type"] == "COAP"
    ]
    assert len(booked) == 1
    assert booked[0]["rarActivity"] is True
    assert booked[0]["requirementId"] is None
    assert booked[0]["notes"] == "Bring the workbook."

    # When they book a second session of the same toolkit
    practitioner.page.get_by_role("link", name="Arrange another appointment for Brian").click()
    books_a_toolkit_session(practitioner, days=14)

    # Then the same NSI carries both
    assert len([nsi for nsi in simulator.nsis("X000001") if nsi["nsiId"] not in before]) == 1
    booked = [
        each
        for each in simulator.contacts("X000001")
        if each["nsiId"] == created[0]["nsiId"] and each["type"] == "COAP"
    ]
    assert len(booked) == 2


def test_a_team_that_is_not_on_toolkits_is_not_asked_for_one_and_nat1_is_recorded(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given a practitioner whose team has not moved to toolkits
    practitioner.signs_in_as("Jo Placeholder")

    # When they book a RAR session
    practitioner.arranges_an_appointment_for("Omar Otherteam")
    practitioner.answers("What type of appointment will it be?", "Phone call")
    practitioner.answers("Will this be a RAR toolkit session?", "Yes, it will count towards RAR")

    # Then no toolkit page comes, and the check page says which toolkit is recorded and why
    practitioner.says_when(*in_days(3), "1pm", "2pm")
    practitioner.says_it_is_a_one_off()
    practitioner.adds_notes("")
    practitioner.answers(
        "Does this appointment include sensitive information?", "Yes, it includes sensitive information"
    )
    shown = practitioner.answers_shown()["RAR toolkit"]
    assert shown.startswith("Non-Approved Transition Toolkit (NAT1)")
    assert "your team has not moved to RAR toolkits yet" in shown

    # When they confirm, Delius holds a NAT1 NSI and a sensitive phone call on it
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    (nsi,) = [nsi for nsi in simulator.nsis("X000014") if nsi["type"] == "NAT1"]
    (call,) = [
        each for each in simulator.contacts("X000014") if each["nsiId"] == nsi["nsiId"] and each["type"] == "COPT"
    ]
    assert call["sensitive"] is True
