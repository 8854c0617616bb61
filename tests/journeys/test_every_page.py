"""Every page of the journey, for everybody: accessible, without JavaScript, on a phone, with the way back."""

import pytest
from django.utils import timezone
from playwright.sync_api import ViewportSize, expect
from pytest_django import Settings

from booking.models import Booking, BookingState
from booking.services.delivery.resume import resume_due
from tests.journeys.practitioner import Practitioner, in_days
from tests.simulator_process import Simulator

pytestmark = pytest.mark.browser

TRIES_OF_A_DROPPED_REQUEST = 2
PHONE: ViewportSize = {"width": 375, "height": 740}
NARROWEST: ViewportSize = {"width": 320, "height": 640}
LONG_NAME = "Abcdefghijklmnopqrstuvwxyzabcdefghi Longnamelongnamelongnamelongnamelongnamelongnamelo"


def test_axe_finds_nothing_on_any_page_of_the_journey(practitioner: Practitioner) -> None:
    practitioner.signs_in_as("Robin Sample")
    practitioner.finds_the_page_accessible()
    practitioner.arranges_an_appointment_for("Brian Example")
    for question, answer in (
        ("What type of appointment will it be?", "Office visit"),
        ("Will this be a RAR toolkit session?", "Yes, it will count towards RAR"),
        ("Which RAR toolkit will you use?", "Developing Dialogues"),
        ("Pick a location for this appointment", "Northmoor Library"),
    ):
        practitioner.is_asked(question)
        practitioner.finds_the_page_accessible()
        practitioner.continues()
        practitioner.finds_the_page_accessible()  # with the error
        practitioner.answers(question, answer)
    practitioner.finds_the_page_accessible()
    practitioner.says_when("31", "6", "2027", "3pm", "2pm")
    practitioner.sees_the_problem("Date must be a real date, like 27 3 2027")
    practitioner.sees_the_problem("End time must be after the start time")
    practitioner.finds_the_page_accessible()
    practitioner.says_when(*in_days(7), "3pm", "4pm")
    practitioner.is_asked("Will this be a repeating appointment?")
    practitioner.finds_the_page_accessible()
    practitioner.continues()
    practitioner.finds_the_page_accessible()
    practitioner.says_it_is_a_one_off()
    practitioner.is_asked("Add appointment notes")
    practitioner.finds_the_page_accessible()
    practitioner.adds_notes("n" * 4001)
    practitioner.sees_the_problem("Appointment notes must be 4,000 characters or fewer")
    practitioner.finds_the_page_accessible()
    practitioner.adds_notes("")
    practitioner.finds_the_page_accessible()
    practitioner.continues()
    practitioner.finds_the_page_accessible()
    practitioner.answers("Does this appointment include sensitive information?", "No, it is not sensitive")
    practitioner.finds_the_page_accessible()
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    practitioner.finds_the_page_accessible()


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/guidance/", "Guidance"),
        ("/cases/X000009/schedule/", "Schedule"),
        (
            "/cases/X000001/arrange/accredited-programme/",
            "Arrange an accredited programme or a session that somebody else delivers",
        ),
        ("/cases/X000014/arrange/", "Page not found"),
        ("/cases/X000011/arrange/", "This person’s record has limited access"),
        ("/sessions/", "Where you are signed in"),
        ("/signed-out/", "You have signed out"),
    ],
)
def test_axe_finds_nothing_on_pages_beside_the_journey(practitioner: Practitioner, path: str, heading: str) -> None:
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens(path)
    practitioner.is_asked(heading)
    practitioner.finds_the_page_accessible()


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("Noel Nostaff", "You do not have a staff record in Delius"),
        ("Penny Prison", "You cannot use this service with this account"),
    ],
)
def test_axe_finds_nothing_on_the_pages_for_people_who_cannot_book(
    practitioner: Practitioner, name: str, heading: str
) -> None:
    practitioner.opens("/")
    practitioner.page.get_by_role("button", name=name).click()
    practitioner.is_asked(heading)
    practitioner.finds_the_page_accessible()


def test_an_appointment_that_is_still_being_saved_shows_on_every_page_until_its_outcome_is_seen(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers_everything(days=7)
    simulator.fault("putAppointment", "drop_after", times=TRIES_OF_A_DROPPED_REQUEST)
    practitioner.confirms()
    practitioner.is_asked("We’re still saving this appointment")
    practitioner.finds_the_page_accessible()
    practitioner.opens("/")
    practitioner.finds_the_page_accessible()
    practitioner.page.get_by_role("link", name="We’re still saving the appointment for X000001").click()
    practitioner.is_asked("We’re still saving this appointment")
    # A worker settles it meanwhile, and the page says so by itself.
    Booking.objects.update(next_try_at=timezone.now())
    assert resume_due() == {"booked": 1}
    expect(practitioner.page.get_by_role("heading", name="Appointment arranged")).to_be_visible(timeout=15_000)


def test_an_appointment_that_is_still_being_saved_can_be_checked_without_javascript(
    practitioner_without_javascript: Practitioner, simulator: Simulator
) -> None:
    practitioner = practitioner_without_javascript
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers_everything(days=7)
    simulator.fault("putAppointment", "drop_after", times=TRIES_OF_A_DROPPED_REQUEST)
    practitioner.confirms()
    refresh = practitioner.page.locator("meta[http-equiv=refresh]")
    expect(refresh).to_have_count(1)
    practitioner.page.get_by_role("link", name="Stop it updating").click()
    expect(refresh).to_have_count(0)
    practitioner.page.get_by_role("button", name="Check now").click()
    practitioner.is_asked("Appointment arranged")


def test_axe_finds_nothing_when_delius_is_down_or_refuses(practitioner: Practitioner, simulator: Simulator) -> None:
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers_everything(days=7)
    simulator.fault("putNsi", "status", status=503, times=None)
    practitioner.confirms()
    practitioner.is_asked("We’re still saving this appointment")
    practitioner.finds_the_page_accessible()
    practitioner.page.get_by_role("button", name="Do not save it").click()
    practitioner.is_asked("This appointment was not arranged")
    practitioner.finds_the_page_accessible()
    simulator.clear_faults()
    simulator.fault("putAppointment", "status", status=400)
    practitioner.page.get_by_role("button", name="Go to your answers").click()
    practitioner.confirms()
    practitioner.is_asked("This appointment was not arranged")
    practitioner.finds_the_page_accessible()


@pytest.mark.parametrize(
    ("state", "heading"),
    [
        (BookingState.NEEDS_ATTENTION, "We could not save this appointment yet"),
        (BookingState.SETTLED, "This appointment was settled in Delius"),
    ],
)
def test_axe_finds_nothing_on_the_pages_of_an_appointment_that_support_settles(
    practitioner: Practitioner, state: BookingState, heading: str
) -> None:
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers_everything(days=7)
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    Booking.objects.update(state=state)
    practitioner.page.reload()
    practitioner.is_asked(heading)
    practitioner.finds_the_page_accessible()


def test_somebody_with_two_records_of_a_toolkit_can_pick_the_other_one(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Dev Duplicate")
    practitioner.answers_everything(days=40, toolkit="Choices and Changes")
    assert practitioner.answers_shown()["Toolkit record"].startswith("There are 2 Choices and Changes records")
    practitioner.finds_the_page_accessible()
    practitioner.changes("toolkit record")
    practitioner.is_asked("Which Choices and Changes record will you add this appointment to?")
    practitioner.finds_the_page_accessible()
    other = practitioner.page.locator("input[name=record]:not(:checked)")
    picked = other.get_attribute("value")
    other.check()
    practitioner.continues()
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    assert picked
    latest = max(simulator.contacts("X000003"), key=lambda each: str(each["start"]))
    assert latest["nsiId"] == int(picked)
    assert len([each for each in simulator.nsis("X000003") if each["type"] == "TKCAC"]) == 2


def test_the_whole_journey_works_without_javascript(
    practitioner_without_javascript: Practitioner, simulator: Simulator
) -> None:
    practitioner = practitioner_without_javascript
    before = simulator.contacts("X000001")
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.continues()
    practitioner.sees_the_problem("Select the type of appointment")
    practitioner.answers_everything(days=7)
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    (nsi,) = [each for each in simulator.nsis("X000001") if each["type"] == "TKDEV"]
    made = [each for each in simulator.contacts("X000001") if each not in before and each["type"] == "COAP"]
    assert [each["nsiId"] for each in made] == [nsi["nsiId"]]


@pytest.mark.parametrize("path", ["/", "/cases/X000001/arrange/type/", "/guidance/", "/cases/X000009/schedule/"])
def test_nothing_is_wider_than_a_phone(practitioner: Practitioner, path: str) -> None:
    practitioner.page.set_viewport_size(PHONE)
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens(path)
    assert practitioner.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize(("name", "familiar"), [(LONG_NAME, LONG_NAME.split()[0]), ("Mononym", "Mononym")])
def test_every_page_about_somebody_with_an_unusual_name_fits_the_narrowest_screen_and_names_them(
    practitioner: Practitioner, simulator: Simulator, settings: Settings, name: str, familiar: str
) -> None:
    settings.DELIUS_URL = "https://delius.example/"
    practitioner.page.set_viewport_size(NARROWEST)
    practitioner.signs_in_as("Robin Sample")
    fits(practitioner)
    practitioner.opens_the_schedule_of(name)
    practitioner.sees(f"{familiar} has no appointments from today on.")
    fits(practitioner)
    practitioner.follows("Risk flags")
    practitioner.sees(f"{familiar} has no current risk flags.")
    fits(practitioner)
    practitioner.opens("/")
    practitioner.arranges_an_appointment_for(name)
    fits(practitioner)
    for question, answer in (
        ("What type of appointment will it be?", "Office visit"),
        ("Will this be a RAR toolkit session?", "Yes, it will count towards RAR"),
        ("Which RAR toolkit will you use?", "Developing Dialogues"),
    ):
        practitioner.answers(question, answer)
        fits(practitioner)
    practitioner.answers("Pick a location for this appointment", "The location I’m looking for is not in this list")
    practitioner.sees(f"Open {name}’s contact log on Delius")
    fits(practitioner)
    practitioner.goes_back()
    practitioner.answers("Pick a location for this appointment", "Northmoor Library")
    practitioner.page.get_by_text(f"{familiar}’s circumstances").click()
    fits(practitioner)
    practitioner.says_when(*in_days(7), "9am", "9.30")
    fits(practitioner)
    practitioner.says_it_is_a_one_off()
    fits(practitioner)
    practitioner.adds_notes("")
    practitioner.sees(f"Some details must not be shared with {familiar}")
    fits(practitioner)
    practitioner.answers("Does this appointment include sensitive information?", "No, it is not sensitive")
    fits(practitioner)
    simulator.fault("putNsi", "drop_before", times=TRIES_OF_A_DROPPED_REQUEST)
    practitioner.confirms()
    practitioner.is_asked("We’re still saving this appointment")
    fits(practitioner)
    practitioner.page.get_by_role("button", name="Check now").click()
    practitioner.is_asked("Appointment arranged")
    practitioner.sees(f"{familiar}’s mobile number is")
    fits(practitioner)
    practitioner.follows(f"Arrange another appointment for {familiar}")
    practitioner.answers_everything(days=7)
    practitioner.sees(f"{familiar} already has an appointment at this time")
    fits(practitioner)


def fits(practitioner: Practitioner) -> None:
    """See that the page is no wider than the screen, and accessible."""
    assert practitioner.page.evaluate("document.documentElement.scrollWidth") <= NARROWEST["width"]
    practitioner.finds_the_page_accessible()


def test_back_goes_through_the_questions_that_were_asked_and_keeps_their_answers(practitioner: Practitioner) -> None:
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers("What type of appointment will it be?", "Phone call")
    practitioner.answers("Will this be a RAR toolkit session?", "No")
    practitioner.is_asked("When will the appointment be?")
    practitioner.goes_back()
    practitioner.is_asked("Will this be a RAR toolkit session?")
    expect(practitioner.page.get_by_label("No", exact=True)).to_be_checked()
    practitioner.goes_back()
    expect(practitioner.page.get_by_label("Phone call")).to_be_checked()
    practitioner.goes_back()
    practitioner.is_asked("Your cases")
    # The answers wait on the list of cases, to go on with or to forget.
    practitioner.page.get_by_role("link", name="Continue arranging for Brian Example", exact=True).click()
    practitioner.is_asked("When will the appointment be?")
    practitioner.opens("/")
    practitioner.page.get_by_role("button", name="Start again for Brian Example").click()
    practitioner.is_asked("What type of appointment will it be?")
    expect(practitioner.page.get_by_label("Phone call")).not_to_be_checked()


def test_change_asks_only_what_changed_and_returns_to_the_answers(practitioner: Practitioner) -> None:
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers_everything(days=7)
    practitioner.changes("appointment notes")
    practitioner.adds_notes("Bring the workbook.")
    assert practitioner.answers_shown()["Appointment notes"] == "Bring the workbook."
    # A phone call has no location: that answer falls away.
    practitioner.changes("type of appointment")
    practitioner.answers("What type of appointment will it be?", "Phone call")
    assert "Location" not in practitioner.answers_shown()
    # An office visit needs one again: it is asked, and nothing else is.
    practitioner.changes("type of appointment")
    practitioner.answers("What type of appointment will it be?", "Office visit")
    practitioner.answers("Pick a location for this appointment", "Wharfside Centre")
    assert practitioner.answers_shown()["Location"] == "Wharfside Centre"
    # Without RAR there is no toolkit.
    practitioner.changes("RAR toolkit session")
    practitioner.answers("Will this be a RAR toolkit session?", "No")
    assert "RAR toolkit" not in practitioner.answers_shown()
    # Change and then Back leads to the answers too.
    practitioner.changes("date")
    practitioner.goes_back()
    practitioner.is_asked("Check your answers and confirm appointment")


def test_a_team_that_moves_to_toolkits_is_asked_for_one_when_the_appointment_is_after_that(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    practitioner.signs_in_as("Sam Mockton")
    practitioner.arranges_an_appointment_for("Priya Soonmoving")
    practitioner.answers("What type of appointment will it be?", "Phone call")
    practitioner.answers("Will this be a RAR toolkit session?", "Yes, it will count towards RAR")
    practitioner.says_when(*in_days(20), "9am", "10am")
    practitioner.answers("Which RAR toolkit will you use?", "Stepping Stones")
    practitioner.says_it_is_a_one_off()
    practitioner.adds_notes("")
    practitioner.answers("Does this appointment include sensitive information?", "No, it is not sensitive")
    # A day before the move, the toolkit falls away and the placeholder is named instead.
    practitioner.changes("date")
    practitioner.says_when(*in_days(13), "9am", "10am")
    assert practitioner.answers_shown()["RAR toolkit"].startswith("Non-Approved Transition Toolkit (NAT1)")
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    assert [each["type"] for each in simulator.nsis("X000015")] == ["NAT1"]


def test_of_several_rar_requirements_the_person_chooses_which_one_it_counts_towards(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Gita Twosentence")
    practitioner.answers("What type of appointment will it be?", "Phone call")
    practitioner.answers("Will this be a RAR toolkit session?", "Yes, it will count towards RAR")
    practitioner.is_asked("Which RAR requirement does this count towards?")
    practitioner.sees("0 days completed of 10 days ordered")
    practitioner.finds_the_page_accessible()
    second = practitioner.page.get_by_role("radio").nth(1)
    chosen = second.get_attribute("value")
    second.check()
    practitioner.continues()
    practitioner.answers("Which RAR toolkit will you use?", "Maps for Change")
    practitioner.says_when(*in_days(7), "9am", "10am")
    practitioner.says_it_is_a_one_off()
    practitioner.adds_notes("")
    practitioner.answers("Does this appointment include sensitive information?", "No, it is not sensitive")
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    (nsi,) = [each for each in simulator.nsis("X000006") if each["type"] == "TKMAP"]
    assert f"{nsi['eventId']}-{nsi['requirementId']}" == chosen


def test_somebody_without_a_rar_requirement_is_not_asked_about_rar_and_the_answers_say_why(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Hal Norar")
    practitioner.answers("What type of appointment will it be?", "Home visit")
    practitioner.says_when(*in_days(7), "9am", "10am")
    practitioner.says_it_is_a_one_off()
    practitioner.adds_notes("")
    practitioner.answers("Does this appointment include sensitive information?", "No, it is not sensitive")
    assert "has no active RAR requirement" in practitioner.answers_shown()["RAR toolkit session"]
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    assert simulator.nsis("X000007") == []


def test_a_team_without_offices_is_shown_the_way_out(practitioner: Practitioner) -> None:
    practitioner.signs_in_as("Terry Twoteams")
    practitioner.arranges_an_appointment_for("Quinn Nooffice")
    practitioner.answers("What type of appointment will it be?", "Office visit")
    practitioner.answers("Will this be a RAR toolkit session?", "No")
    practitioner.is_asked("Your team has no offices to choose from")
    practitioner.finds_the_page_accessible()
    practitioner.page.get_by_role("link", name="choose another type of appointment").click()
    practitioner.answers("What type of appointment will it be?", "Phone call")
    practitioner.is_asked("When will the appointment be?")


def test_a_place_that_is_not_in_the_list_is_explained_with_the_way_back(practitioner: Practitioner) -> None:
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers("What type of appointment will it be?", "Office visit")
    practitioner.answers("Will this be a RAR toolkit session?", "No")
    practitioner.answers("Pick a location for this appointment", "The location I’m looking for is not in this list")
    practitioner.is_asked("Arrange an appointment in another location")
    practitioner.finds_the_page_accessible()
    practitioner.goes_back()
    practitioner.is_asked("Pick a location for this appointment")


def test_somebody_without_a_phone_number_gets_advice_instead(practitioner: Practitioner) -> None:
    practitioner.signs_in_as("Jo Placeholder")
    practitioner.arranges_an_appointment_for("Sue Jolegacy")
    practitioner.answers("What type of appointment will it be?", "Office visit")
    practitioner.answers("Will this be a RAR toolkit session?", "No")
    # Three of the team's offices have one name: the address tells them apart.
    practitioner.is_asked("Pick a location for this appointment")
    practitioner.finds_the_page_accessible()
    first, second, third = practitioner.choices()[:3]
    assert len({first, second, third}) == 3
    assert all(each.startswith("Mill Lane Probation Office, ") for each in (first, second, third))
    practitioner.answers("Pick a location for this appointment", second)
    practitioner.says_when(*in_days(7), "9am", "10am")
    practitioner.says_it_is_a_one_off()
    practitioner.adds_notes("")
    practitioner.answers("Does this appointment include sensitive information?", "No, it is not sensitive")
    assert practitioner.answers_shown()["Location"] == second
    practitioner.confirms()
    practitioner.sees("We do not have a phone number for Sue")


def test_another_type_of_appointment_is_found_by_typing_its_name(practitioner: Practitioner) -> None:
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.page.get_by_label("Other", exact=True).check()
    names = practitioner.page.locator("select option").all_text_contents()
    wanted = next(name.strip() for name in names if name.strip())
    practitioner.finds_the_page_accessible()
    box = practitioner.page.get_by_role("combobox")
    box.fill(wanted[:6])
    practitioner.page.get_by_role("option", name=wanted, exact=True).click()
    practitioner.continues()
    practitioner.is_asked("Will this be a RAR toolkit session?")
    practitioner.goes_back()
    expect(practitioner.page.get_by_role("combobox")).to_have_value(wanted)


def test_another_type_of_appointment_is_chosen_from_a_list_without_javascript(
    practitioner_without_javascript: Practitioner,
) -> None:
    practitioner = practitioner_without_javascript
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.page.get_by_label("Other", exact=True).check()
    practitioner.page.locator("select").select_option(index=1)
    practitioner.continues()
    practitioner.is_asked("Will this be a RAR toolkit session?")
