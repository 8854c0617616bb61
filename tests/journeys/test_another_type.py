"""A type of appointment that is not among those arranged most, in the browser."""

import pytest
from playwright.sync_api import Route, expect

from tests.journeys.practitioner import Practitioner
from tests.simulator_process import Simulator

pytestmark = pytest.mark.browser


def test_another_type_is_found_and_arranged_with_the_keyboard_alone(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given a practitioner at the question, who does not use a mouse
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Hal Norar")
    practitioner.is_asked("What type of appointment will it be?")
    keyboard = practitioner.page.keyboard
    practitioner.page.get_by_label("Phone call", exact=True).focus()

    # When they move to Other, on to the box, and type a part of the name
    keyboard.press("Space")
    keyboard.press("ArrowDown")
    expect(practitioner.page.get_by_label("Other", exact=True)).to_be_checked()
    keyboard.press("Tab")
    keyboard.type("way meeting")
    expect(practitioner.page.get_by_role("option")).to_have_text(["Three Way Meeting (NS)"])
    practitioner.finds_the_page_accessible()
    keyboard.press("Enter")
    expect(practitioner.page.get_by_role("combobox")).to_have_value("Three Way Meeting (NS)")
    keyboard.press("Tab")
    keyboard.press("Enter")

    # Then they are asked what that type needs, and Delius has it under its own code
    practitioner.answers("Pick a location for this appointment", "I do not need to pick a location")
    practitioner.answers_from_when_on()
    assert practitioner.answers_shown()["Type of appointment"] == "Three Way Meeting (NS)"
    practitioner.finds_the_page_accessible()
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    assert [each["type"] for each in simulator.contacts("X000007")] == ["COTW"]


def test_one_click_on_continue_is_enough_while_the_list_is_open(practitioner: Practitioner) -> None:
    # Given a practitioner who types a part of a name and sees the list
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Hal Norar")
    practitioner.is_asked("What type of appointment will it be?")
    practitioner.page.get_by_label("Other", exact=True).check()
    practitioner.page.get_by_role("combobox").press_sequentially("way meeting")
    expect(practitioner.page.get_by_role("option")).to_have_text(["Three Way Meeting (NS)"])

    # When they press Continue once, as a hand does: the button goes down and comes up in one place
    practitioner.presses_once("Continue")

    # Then the journey goes on with the only type that has those words
    practitioner.answers("Pick a location for this appointment", "I do not need to pick a location")
    practitioner.answers_from_when_on()
    assert practitioner.answers_shown()["Type of appointment"] == "Three Way Meeting (NS)"


def test_words_that_several_types_have_choose_none_of_them(practitioner: Practitioner) -> None:
    # Given a practitioner who chose a type, and then types words that many have
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Hal Norar")
    practitioner.is_asked("What type of appointment will it be?")
    practitioner.page.get_by_label("Other", exact=True).check()
    box = practitioner.page.get_by_role("combobox")
    box.fill("way meeting")
    box.press("Enter")
    expect(box).to_have_value("Three Way Meeting (NS)")
    box.fill("visit")
    expect(practitioner.page.get_by_role("option").nth(1)).to_be_visible()

    # When they continue, then they are asked to select one
    practitioner.presses_once("Continue")
    practitioner.sees_the_problem("Select another type of appointment from the list")
    practitioner.finds_the_page_accessible()


def test_an_empty_box_stays_empty_however_it_is_left(practitioner: Practitioner) -> None:
    # Given a practitioner who clicked into the box, so that the list is open
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Hal Norar")
    practitioner.is_asked("What type of appointment will it be?")
    practitioner.page.get_by_label("Other", exact=True).check()
    box = practitioner.page.get_by_role("combobox")
    box.click()
    expect(practitioner.page.get_by_role("option").first).to_be_visible()

    # When they leave it with the tab key, then it is empty, and nothing was chosen
    practitioner.page.keyboard.press("Tab")
    expect(box).to_have_value("")
    practitioner.continues()
    practitioner.sees_the_problem("Select another type of appointment from the list")


def test_the_box_and_its_list_are_in_the_font_of_the_page(practitioner: Practitioner) -> None:
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Hal Norar")
    practitioner.is_asked("What type of appointment will it be?")
    practitioner.page.get_by_label("Other", exact=True).check()
    box = practitioner.page.get_by_role("combobox")
    box.click()
    font = "element => getComputedStyle(element).fontFamily"
    fonts = {each.evaluate(font) for each in (box, practitioner.page.get_by_role("option").first)}
    assert fonts == {practitioner.page.get_by_text("Start to type its name").evaluate(font)}


def test_another_type_is_picked_from_a_plain_list_without_javascript(
    practitioner_without_javascript: Practitioner, simulator: Simulator
) -> None:
    # Given a browser that runs no JavaScript
    practitioner = practitioner_without_javascript
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Hal Norar")
    practitioner.is_asked("What type of appointment will it be?")

    # When Other is chosen without saying which, then with a type from the list
    practitioner.page.get_by_label("Other", exact=True).check()
    practitioner.continues()
    practitioner.sees_the_problem("Select another type of appointment from the list")
    practitioner.page.get_by_label("Select the type of appointment").select_option("Hospital Visit (Non NS)")
    practitioner.continues()

    # Then the journey goes on, and Delius has it
    practitioner.answers_from_when_on()
    assert practitioner.answers_shown()["Type of appointment"] == "Hospital Visit (Non NS)"
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    assert [each["type"] for each in simulator.contacts("X000007")] == ["CHOS"]


def test_a_name_from_delius_is_never_taken_for_html(practitioner: Practitioner) -> None:
    # Given a type of appointment whose name in Delius holds markup
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Hal Norar")
    practitioner.is_asked("What type of appointment will it be?")
    practitioner.page.route("**/arrange/type/", with_markup_in_a_name)
    practitioner.page.reload()
    practitioner.page.get_by_label("Other", exact=True).check()

    # When somebody types a part of the name
    practitioner.page.get_by_role("combobox").press_sequentially("way meeting")

    # Then the list shows the name as it is, and picking it fills in the box with it
    name = "<img id=marked>Three Way Meeting (NS)"
    expect(practitioner.page.get_by_role("option")).to_have_text([name])
    expect(practitioner.page.locator("#marked")).to_have_count(0)
    practitioner.page.get_by_role("option").click()
    expect(practitioner.page.get_by_role("combobox")).to_have_value(name)


def with_markup_in_a_name(route: Route) -> None:
    answer = route.fetch()
    body = answer.text().replace(">Three Way Meeting", ">&lt;img id=marked&gt;Three Way Meeting")
    route.fulfill(response=answer, body=body)
