"""What somebody can do with an appointment that was just arranged, in the browser."""

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from booking.models import Booking
from tests.journeys.practitioner import Practitioner

pytestmark = pytest.mark.browser


def test_an_arranged_appointment_goes_into_a_calendar_without_saying_whom_it_is_with_and_leads_on(
    practitioner: Practitioner,
) -> None:
    # Given an appointment that was just arranged
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers_everything(days=7)
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    arranged = practitioner.page.url
    practitioner.sees("Brian’s mobile number is 07700 900001.")
    practitioner.finds_the_page_accessible()

    # When they add it to their calendar
    with practitioner.page.expect_download() as download:
        practitioner.follows("Add this appointment to your calendar")

    # Then the file has when and where it is
    assert download.value.suggested_filename.endswith(".ics")
    written = download.value.path().read_text(encoding="utf-8")
    (event,) = Calendar.from_ical(written).walk("VEVENT")
    booking = Booking.objects.get()
    assert (event["dtstart"].dt, event["dtend"].dt) == (booking.start, booking.end)
    assert event["location"].startswith("Harrow End Probation Office, ")
    assert event["summary"] == "Office visit"

    # And nothing about the person, the notes or what it is for
    for private in ("Brian", "Brian Example", "X000001", "workbook", "RAR", "Dialogues"):
        assert private.casefold() not in written.casefold(), private

    # When they arrange another, then the questions begin again without the old answers
    practitioner.follows("Arrange another appointment for Brian")
    practitioner.is_asked("What type of appointment will it be?")
    assert practitioner.page.get_by_role("radio", checked=True).count() == 0

    # When they go to the schedule, then the appointment is there
    practitioner.page.goto(arranged)
    practitioner.follows("Go to Brian’s schedule")
    practitioner.is_asked("Schedule")
    expect(practitioner.page.get_by_role("row", name="Developing Dialogues")).to_contain_text("9am to 9:30am")
    practitioner.finds_the_page_accessible()

    # When they finish, then they are at their cases
    practitioner.page.goto(arranged)
    practitioner.page.get_by_role("button", name="Finish").click()
    practitioner.is_asked("Your cases")
    practitioner.finds_the_page_accessible()
