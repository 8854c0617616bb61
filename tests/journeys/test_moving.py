"""Moving an appointment and calling one off, in the browser."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import ViewportSize, expect

from appointments.services.delivery.resume import resume_due
from govuk.formats import long_date
from tests.appointments.moves import BRIAN, contact, day, move_url, session, weekly
from tests.journeys.practitioner import Practitioner, in_days
from tests.simulator_process import Simulator

pytestmark = pytest.mark.browser

CHECK_ONE = "Check the changes and move the appointment"
SIZES: tuple[ViewportSize, ...] = (
    {"width": 1280, "height": 900},
    {"width": 375, "height": 740},
    {"width": 320, "height": 640},
)


def says_why(practitioner: Practitioner, *, asked_by: str = "Brian") -> None:
    practitioner.is_asked("Move this appointment")
    practitioner.page.get_by_label(asked_by, exact=True).check()
    practitioner.page.get_by_label("Why does it need to be moved?").fill("Asked for the afternoon.")
    practitioner.continues()


def says_when_and_where(practitioner: Practitioner, *, days: int = 9, place: str = "Wharfside Centre") -> None:
    practitioner.is_asked("When will it be instead?")
    practitioner.types_when(*in_days(days), "2pm", "3pm")
    practitioner.continues()
    practitioner.answers("Pick a location for this appointment", place)


def differences(practitioner: Practitioner) -> list[list[str]]:
    """What is now and what will be, by row of the table of changes."""
    rows = practitioner.page.get_by_role("table", name="What changes").get_by_role("row").all()[1:]
    return [[" ".join(cell.split()) for cell in row.locator("th, td").all_inner_texts()[:3]] for row in rows]


def long_day(days: int) -> str:
    return long_date(date.today() + timedelta(days=days))


def is_fit_for_every_size(practitioner: Practitioner) -> None:
    """See that the page needs no scrolling sideways on any screen, and is accessible on each."""
    for size in SIZES:
        practitioner.page.set_viewport_size(size)
        assert practitioner.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        practitioner.finds_the_page_accessible()
    practitioner.page.set_viewport_size(SIZES[0])


def test_a_session_that_somebody_cannot_make_is_moved_without_losing_its_toolkit(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given a toolkit session next week, and somebody who cannot make it
    old_id = session(simulator)
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens(move_url(old_id))

    # When a practitioner says who asked and why, and another time and place
    is_fit_for_every_size(practitioner)
    says_why(practitioner)
    is_fit_for_every_size(practitioner)
    says_when_and_where(practitioner)

    # Then what changes stands side by side, and what stays below it
    practitioner.is_asked(CHECK_ONE)
    assert differences(practitioner) == [
        ["Date", long_day(7), long_day(9)],
        ["Time", "9am to 10am", "2pm to 3pm"],
        ["Location", "Harrow End Probation Office", "Wharfside Centre"],
    ]
    stays = practitioner.answers_shown()
    assert stays["RAR toolkit"] == "Developing Dialogues Toolkit"
    assert stays["Type of appointment"] == "Office visit"
    is_fit_for_every_size(practitioner)

    # And when it is confirmed, the new one hangs from the same toolkit, and the old one says where it went
    practitioner.page.get_by_role("button", name="Move this appointment").click()
    practitioner.is_asked("Appointment moved")
    practitioner.sees(f"It was on {long_day(7)}, 9am to 10am.")
    is_fit_for_every_size(practitioner)
    old = contact(simulator, old_id)
    new = contact(simulator, old["rescheduledTo"])
    assert (new["nsiId"], new["rarActivity"]) == (old["nsiId"], True)
    practitioner.opens(move_url(old_id))
    practitioner.is_asked("This appointment cannot be moved")
    is_fit_for_every_size(practitioner)
    practitioner.follows("See the appointment that took its place")
    assert practitioner.page.url.endswith(f"/appointments/{new['contactId']}/")


def test_repeats_move_together_and_each_says_what_became_of_it(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given three sessions a week apart, of which the last cannot go where it would
    first, *_ = weekly(simulator, 3)
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens(move_url(first))
    says_why(practitioner, asked_by="The probation service")

    # When all three are moved by two days, and another appointment appears meanwhile
    practitioner.is_asked("Which appointments do you want to move?")
    is_fit_for_every_size(practitioner)
    practitioner.page.get_by_label("That one and the 2 repeats after it").check()
    practitioner.continues()
    says_when_and_where(practitioner)
    practitioner.is_asked("Check the changes and move the appointments")
    assert [row[1:] for row in differences(practitioner)][:3] == [
        [f"{long_day(days)}, 9am to 10am", f"{long_day(days + 2)}, 2pm to 3pm"] for days in (7, 14, 21)
    ]
    is_fit_for_every_size(practitioner)
    simulator.add_contact(BRIAN, start=f"{day(23)}T14:30", end=f"{day(23)}T15:30", type="CHVS")
    practitioner.page.get_by_role("button", name="Move these appointments").click()

    # Then two have moved, and the third says why not and can be moved by itself
    practitioner.is_asked("2 of 3 appointments moved")
    practitioner.sees("There is another appointment at this time.")
    is_fit_for_every_size(practitioner)
    practitioner.page.get_by_role("link", name="Move it by itself").click()
    says_why(practitioner)
    says_when_and_where(practitioner, days=24)
    practitioner.page.get_by_role("button", name="Move this appointment").click()
    practitioner.is_asked("Appointment moved")


def test_an_overlap_that_appears_while_the_answers_are_read_comes_back_as_a_choice(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given answers without an overlap
    old_id = session(simulator)
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens(move_url(old_id))
    says_why(practitioner)
    says_when_and_where(practitioner)

    # When somebody else puts an appointment there before they are confirmed
    simulator.add_contact(BRIAN, start=f"{day(9)}T14:30", end=f"{day(9)}T15:30", type="CHVS")
    practitioner.page.get_by_role("button", name="Move this appointment").click()

    # Then nothing has moved, and it can be moved all the same
    problem = "Brian already has an appointment at this time. Change the date or time, or move it anyway"
    practitioner.sees_the_problem(problem)
    is_fit_for_every_size(practitioner)
    assert contact(simulator, old_id)["outcome"] is None
    practitioner.page.get_by_role("button", name="Move it anyway").click()
    practitioner.is_asked("Appointment moved")


def test_what_was_changed_in_delius_meanwhile_is_shown_beside_what_was_entered(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given answers to be confirmed
    old_id = session(simulator)
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens(move_url(old_id))
    says_why(practitioner)
    says_when_and_where(practitioner)

    # When somebody changes the appointment in Delius
    simulator.change_contact(old_id, start=f"{day(8)}T11:00", end=f"{day(8)}T12:00")
    practitioner.page.get_by_role("button", name="Move this appointment").click()

    # Then the page shows what is there now, keeps what was typed and asks again
    practitioner.is_asked(CHECK_ONE)
    practitioner.sees_the_problem("Delius has changed this appointment since you saw it")
    assert differences(practitioner)[0] == ["Date", long_day(8), long_day(9)]
    assert practitioner.answers_shown()["Reason"] == "Asked for the afternoon."
    is_fit_for_every_size(practitioner)
    practitioner.page.get_by_role("button", name="Move this appointment").click()
    practitioner.is_asked("Appointment moved")


def test_a_move_that_is_still_under_way_says_so_and_updates_by_itself(
    practitioner: Practitioner, simulator: Simulator, later: Callable[..., Any]
) -> None:
    old_id = session(simulator)
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens(move_url(old_id))
    says_why(practitioner)
    says_when_and_where(practitioner)
    simulator.fault("reschedule", "status", status=429)
    practitioner.page.get_by_role("button", name="Move this appointment").click()
    practitioner.is_asked("We’re still moving this appointment")
    is_fit_for_every_size(practitioner)
    with later(minutes=20):
        assert resume_due() == {"recorded": 1}
    expect(practitioner.page.get_by_role("heading", name="Appointment moved")).to_be_visible(timeout=15_000)


def test_it_can_be_moved_without_javascript(
    practitioner_without_javascript: Practitioner, simulator: Simulator
) -> None:
    practitioner = practitioner_without_javascript
    old_id = session(simulator)
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens(move_url(old_id))
    says_why(practitioner)
    says_when_and_where(practitioner)
    simulator.fault("reschedule", "status", status=429)
    practitioner.page.get_by_role("button", name="Move this appointment").click()
    expect(practitioner.page.locator("meta[http-equiv=refresh]")).to_have_count(1)
    practitioner.follows("Stop it updating")
    expect(practitioner.page.locator("meta[http-equiv=refresh]")).to_have_count(0)
    practitioner.page.get_by_role("button", name="Check now").click()
    practitioner.is_asked("Appointment moved")


@pytest.mark.parametrize(
    ("days", "kind", "says"),
    [
        (7, "COAP", "You cannot call it off here yet"),
        (7, "COPT", "Delius has no outcome for calling off an appointment of this type"),
        (-1, "COPT", "Delius has no outcome for calling off an appointment of this type"),
    ],
    ids=["not begun", "no such outcome", "begun, no such outcome"],
)
def test_what_can_be_done_to_call_one_off_is_said_plainly(
    practitioner: Practitioner, simulator: Simulator, days: int, kind: str, says: str
) -> None:
    place = {} if kind == "COAP" else {"officeLocationCode": None}
    contact_id = session(simulator, days=days, type=kind, **place)
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens(f"/cases/{BRIAN}/appointments/{contact_id}/cancel/")
    practitioner.is_asked("Call this appointment off")
    practitioner.sees(says)
    is_fit_for_every_size(practitioner)
    practitioner.follows("move it to another time")
    practitioner.is_asked("Move this appointment")


@pytest.mark.parametrize("crn", ["X000020", "X000023"], ids=["one name", "names of 35 and 50 letters"])
def test_the_pages_fit_a_narrow_screen_whatever_somebody_is_called(
    practitioner: Practitioner, simulator: Simulator, crn: str
) -> None:
    old_id = session(simulator, crn=crn, nsiId=None, rarActivity=False)
    practitioner.signs_in_as("Robin Sample")
    practitioner.opens(move_url(old_id, crn=crn))
    is_fit_for_every_size(practitioner)
    says_why(practitioner, asked_by="The probation service")
    is_fit_for_every_size(practitioner)
    says_when_and_where(practitioner)
    practitioner.is_asked(CHECK_ONE)
    is_fit_for_every_size(practitioner)
    practitioner.page.get_by_role("button", name="Move this appointment").click()
    practitioner.is_asked("Appointment moved")
    is_fit_for_every_size(practitioner)


def test_the_page_that_said_it_was_arranged_says_where_it_went(
    practitioner: Practitioner, simulator: Simulator
) -> None:
    # Given an appointment that was arranged here and moved since
    practitioner.signs_in_as("Robin Sample")
    practitioner.arranges_an_appointment_for("Brian Example")
    practitioner.answers_everything(days=7)
    practitioner.confirms()
    practitioner.is_asked("Appointment arranged")
    arranged = practitioner.page.url
    [contact_id] = [each["contactId"] for each in simulator.contacts(BRIAN) if each["start"] == f"{day(7)}T09:00"]
    practitioner.opens(move_url(contact_id))
    says_why(practitioner)
    says_when_and_where(practitioner)
    practitioner.page.get_by_role("button", name="Move this appointment").click()
    practitioner.is_asked("Appointment moved")

    # When its first page is opened again, then it says where it is now and leads there
    practitioner.page.goto(arranged)
    practitioner.is_asked("This appointment has been moved")
    practitioner.sees(f"It is now on {long_day(9)}, 2pm to 3pm, at Wharfside Centre.")
    is_fit_for_every_size(practitioner)
    practitioner.follows("See the appointment that took its place")
    practitioner.is_asked("Office visit")
    practitioner.sees(f"{long_day(9)}, 2pm to 3pm")
