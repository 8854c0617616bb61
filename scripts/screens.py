"""Take a picture of every page of the service, as wide as a desk and as a phone, in the order people meet them.

What the pages show is the demo's, on the next suitable days, so that pictures taken at another time differ in little
but their dates and references. Not among them, because the demo has nobody to show them with: a caseload longer than a
page, a person without an active sentence, and a person whom somebody without an open team may see.
"""

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page

from scripts.own_demo import OwnDemo, chromium, own_demo
from tests.journeys.practitioner import Practitioner, in_days
from tests.simulator_process import Simulator

WIDTHS = (1280, 375)
HEIGHT = 800
TUESDAY, SATURDAY = 1, 5
FEWEST_DAYS_AHEAD = 7
MOST_FIELDS = 1000
ADMIN = ("demo.admin", "demo-admin-only")
# The worker has to notice first; the page asks every few seconds.
PATIENCE_MILLISECONDS = 60_000


class Album:
    """The pictures taken so far, numbered in order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = 0
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.png"):
            old.unlink()

    def take(self, name: str, page: Page) -> None:
        """Take a page in every width."""
        self.number += 1
        page.evaluate("document.fonts.ready")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            path = self.folder / f"{self.number:02}-{name}-{width}.png"
            page.screenshot(path=path, full_page=True, animations="disabled")
        page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})


@dataclass(frozen=True)
class Trip:
    """Where pictures are taken, and with what."""

    album: Album
    browser: Browser
    demo: OwnDemo
    simulator: Simulator

    def somebody(self) -> Practitioner:
        """Somebody at a browser of their own, not signed in yet."""
        return Practitioner(self.browser.new_page(), self.demo.site)

    def signed_in_as(self, name: str) -> Practitioner:
        """Somebody at a browser of their own, at *Your cases*."""
        practitioner = self.somebody()
        practitioner.signs_in_as(name)
        return practitioner

    def take(self, name: str, practitioner: Practitioner) -> None:
        """Take the page that somebody is at."""
        self.album.take(name, practitioner.page)

    def take_with_error(self, name: str, practitioner: Practitioner) -> None:
        """Take the question that somebody is at, and again after they continue without an answer."""
        self.take(name, practitioner)
        practitioner.continues()
        self.take_error(f"{name}-missing", practitioner)

    def take_error(self, name: str, practitioner: Practitioner) -> None:
        """Take a page once it shows an error."""
        practitioner.page.locator(".govuk-error-summary").wait_for()
        self.take(name, practitioner)


def main() -> int:
    """Write the pictures into the folder given on the command line."""
    album = Album(Path(sys.argv[1]))
    # With no tries, the worker hands what it cannot settle to support at once, which shows those pages too.
    with own_demo(BOOKING_MOST_TRIES="0") as demo, chromium() as browser, closing(Simulator(demo.simulator)) as delius:
        trip = Trip(album, browser, demo, delius)
        for chapter in CHAPTERS:
            chapter(trip)
            delius.clear_faults()
    return 0


def signing_in(trip: Trip) -> None:
    """Everybody who is not let in."""
    for user, heading, name in (
        ("Penny Prison", "You cannot use this service with this account", "sign-in-not-delius"),
        ("Noel Nostaff", "You do not have a staff record in Delius", "sign-in-no-staff-record"),
        ("Nia Norole", "You do not have a role for this service", "sign-in-no-role"),
    ):
        practitioner = trip.somebody()
        practitioner.opens("/")
        practitioner.page.get_by_role("button", name=user).click()
        practitioner.is_asked(heading)
        trip.take(name, practitioner)
    practitioner = trip.somebody()
    practitioner.opens("/sign-in/callback/")
    trip.take("sign-in-failed", practitioner)
    practitioner.opens("/")
    trip.simulator.fault("token", "drop_before", times=None)
    practitioner.page.get_by_role("button", name="Robin Sample").click()
    practitioner.is_asked("HMPPS Auth is not available")
    trip.take("sign-in-unavailable", practitioner)


def roles(trip: Trip) -> None:
    """What people see who may not do everything."""
    reader = trip.signed_in_as("Rea Readonly")
    trip.take("reader-cases", reader)
    reader.looks_for("X000001")
    trip.take("reader-schedule", reader)
    reader.opens("/cases/X000001/arrange/")
    trip.take("reader-may-not-arrange", reader)
    outsider = trip.signed_in_as("Oscar Outside")
    trip.take("cases-none", outsider)
    designer = trip.somebody()
    designer.opens("/guidance/")
    designer.page.get_by_role("button", name="Dana Designer").click()
    trip.take("designer-guidance", designer)


def interrupted(trip: Trip) -> None:
    """A session that ends while somebody is typing."""
    practitioner = trip.signed_in_as("Jo Placeholder")
    practitioner.opens("/cases/X000014/arrange/type/")
    practitioner.page.get_by_label("Office visit", exact=True).check()
    practitioner.page.context.clear_cookies(name="rarbooking-session")
    practitioner.continues()
    practitioner.page.get_by_role("button", name="Jo Placeholder").click()
    practitioner.is_asked("What type of appointment will it be?")
    practitioner.sees("You had to sign in again before this answer was saved")
    trip.take("interrupted", practitioner)


def your_cases(trip: Trip) -> None:
    """The list, and finding people in it."""
    practitioner = trip.signed_in_as("Robin Sample")
    trip.take("cases", practitioner)
    for typed, name in (("example", "cases-found"), ("nobody", "cases-nobody-found"), ("X000014", "cases-not-yours")):
        practitioner.looks_for(typed)
        trip.take(name, practitioner)


def questions(trip: Trip) -> None:
    """Every question of a RAR session that repeats, of somebody with two sentences, and the answers."""
    practitioner = trip.signed_in_as("Robin Sample")
    page = practitioner.page
    practitioner.arranges_an_appointment_for("Gita Twosentence")
    practitioner.is_asked("What type of appointment will it be?")
    trip.take_with_error("type", practitioner)
    page.get_by_label("Other", exact=True).check()
    practitioner.continues()
    trip.take_error("type-other-missing", practitioner)
    page.get_by_role("combobox").fill("meeting")
    page.get_by_role("option").first.wait_for()
    trip.take("type-other", practitioner)
    page.get_by_role("combobox").press("Escape")
    practitioner.answers("What type of appointment will it be?", "Office visit")
    practitioner.is_asked("Will this be a RAR toolkit session?")
    trip.take_with_error("rar", practitioner)
    page.locator("details").evaluate("each => { each.open = true }")
    trip.take("rar-details", practitioner)
    practitioner.answers("Will this be a RAR toolkit session?", "Yes, it will count towards RAR")
    practitioner.is_asked("Which RAR requirement does this count towards?")
    trip.take_with_error("requirement", practitioner)
    page.get_by_role("radio").nth(1).check()
    practitioner.continues()
    practitioner.is_asked("Which RAR toolkit will you use?")
    trip.take_with_error("toolkit", practitioner)
    practitioner.answers("Which RAR toolkit will you use?", "Maps for Change")
    practitioner.is_asked("Pick a location for this appointment")
    trip.take_with_error("where", practitioner)
    practitioner.answers("Pick a location for this appointment", "The location I’m looking for is not in this list")
    practitioner.is_asked("Arrange an appointment in another location")
    trip.take("where-not-listed", practitioner)
    practitioner.goes_back()
    practitioner.answers("Pick a location for this appointment", "Northmoor Library")
    practitioner.is_asked("When will the appointment be?")
    trip.take_with_error("when", practitioner)
    practitioner.says_when("31", "6", "2027", "3pm", "2pm")
    trip.take_error("when-wrong", practitioner)
    practitioner.says_when(*in_days(the_next(TUESDAY)), "9.30", "10.30")
    practitioner.is_asked("Will this be a repeating appointment?")
    trip.take_with_error("repeat", practitioner)
    page.get_by_label("Yes", exact=True).check()
    practitioner.continues()
    trip.take_error("repeat-how-missing", practitioner)
    practitioner.says_it_repeats("Every week", 4)
    practitioner.is_asked("Appointments you’re arranging")
    trip.take("dates", practitioner)
    for box in page.locator("input[name=dates]").all():
        box.uncheck()
    practitioner.continues()
    trip.take_error("dates-missing", practitioner)
    for box in page.locator("input[name=dates]").all():
        box.check()
    practitioner.continues()
    practitioner.is_asked("Will the repeat appointments be RAR toolkit sessions too?")
    trip.take_with_error("repeat-rar", practitioner)
    practitioner.answers("Will the repeat appointments be RAR toolkit sessions too?", "Yes, using Maps for Change")
    notes(trip, practitioner)
    practitioner.is_asked("Check your answers and confirm appointments")
    trip.take("check-repeats", practitioner)
    page.get_by_role("link", name="Change repeating appointment").click()
    practitioner.says_it_repeats("Every 2 weeks", 12)
    page.get_by_role("button", name="Continue").click()
    practitioner.is_asked("Check your answers and confirm appointments")
    trip.take("check-past-rar-days", practitioner)


def notes(trip: Trip, practitioner: Practitioner) -> None:
    """The last two questions, where the appointment repeats."""
    page = practitioner.page
    practitioner.is_asked("Add appointment notes")
    trip.take("notes", practitioner)
    practitioner.adds_notes("n" * 4001)
    trip.take_error("notes-too-long", practitioner)
    practitioner.adds_notes("Bring the workbook.")
    trip.take_error("notes-repeats-missing", practitioner)
    page.get_by_label("Yes", exact=True).check()
    practitioner.continues()
    practitioner.is_asked("Does this appointment include sensitive information?")
    trip.take_with_error("sensitive", practitioner)
    page.locator("details").evaluate("each => { each.open = true }")
    trip.take("sensitive-details", practitioner)
    page.get_by_label("Yes, it includes sensitive information").check()
    practitioner.continues()
    trip.take_error("sensitive-repeats-missing", practitioner)
    page.get_by_label("No, only this appointment").check()
    practitioner.continues()


def rarer_questions(trip: Trip) -> None:
    """The questions that only some people are asked."""
    terry = trip.signed_in_as("Terry Twoteams")
    terry.opens("/cases/X000001/arrange/")
    terry.is_asked("Which team is this appointment for?")
    trip.take_with_error("team", terry)
    terry.opens("/cases/X000016/arrange/")
    terry.answers("What type of appointment will it be?", "Office visit")
    terry.answers("Will this be a RAR toolkit session?", "No")
    terry.is_asked("Your team has no offices to choose from")
    trip.take("where-no-offices", terry)
    robin = trip.signed_in_as("Robin Sample")
    robin.opens("/cases/X000006/arrange/check/")
    robin.changes("RAR toolkit session")
    robin.answers("Will this be a RAR toolkit session?", "No")
    robin.is_asked("Which sentence is this appointment for?")
    trip.take_with_error("sentence", robin)
    robin.opens("/cases/X000003/arrange/sensitive/")
    trip.take_error("type-answer-this-first", robin)


def answers(trip: Trip) -> None:
    """*Check your answers*, of one appointment."""
    robin = trip.signed_in_as("Robin Sample")
    robin.arranges_an_appointment_for("Nia Riskflags")
    robin.answers_everything(days=the_next(TUESDAY))
    trip.take("check", robin)
    robin.page.locator("input[name=answers]").evaluate("input => { input.value = 'as they were before' }")
    robin.confirms()
    trip.take_error("check-changed-in-another-tab", robin)
    robin.changes("date")
    robin.says_when(*in_days(the_next(SATURDAY)), "9am", "9.30")
    robin.is_asked("Check your answers and confirm appointment")
    trip.take("check-warnings", robin)
    robin.changes("RAR toolkit session")
    robin.answers("Will this be a RAR toolkit session?", "No")
    robin.is_asked("Check your answers and confirm appointment")
    trip.take("check-not-rar", robin)
    robin.opens("/")
    robin.arranges_an_appointment_for("Dev Duplicate")
    robin.answers_everything(days=the_next(TUESDAY), toolkit="Choices and Changes")
    trip.take("check-several-records", robin)
    robin.changes("toolkit record")
    robin.is_asked("Which Choices and Changes record will you add this appointment to?")
    trip.take("record", robin)
    jo = trip.signed_in_as("Jo Placeholder")
    jo.arranges_an_appointment_for("Omar Otherteam")
    jo.answers("What type of appointment will it be?", "Phone call")
    jo.answers("Will this be a RAR toolkit session?", "Yes, it will count towards RAR")
    jo.says_when(*in_days(the_next(TUESDAY)), "1pm", "2pm")
    jo.says_it_is_a_one_off()
    jo.adds_notes("")
    jo.answers("Does this appointment include sensitive information?", "No, it is not sensitive")
    jo.is_asked("Check your answers and confirm appointment")
    trip.take("check-not-on-toolkits", jo)


def arranged(trip: Trip) -> None:
    """What is arranged, alone and with repeats, and what clashes."""
    robin = trip.signed_in_as("Robin Sample")
    days = the_next(TUESDAY)
    robin.arranges_an_appointment_for("Brian Example")
    robin.answers_everything(days=days)
    robin.confirms()
    robin.is_asked("Appointment arranged")
    trip.take("confirmation", robin)
    robin.page.get_by_role("link", name="Arrange another appointment for Brian").click()
    robin.answers_everything(days=days)
    trip.take("check-overlap", robin)
    robin.opens("/cases/X000013/arrange/")
    trip.simulator.add_contact("X000013", **nine_to_ten(the_next(SATURDAY)))
    robin.confirms()
    trip.take_error("check-overlap-since", robin)
    robin.opens("/cases/X000002/arrange/")
    answers_with_repeats(robin, days=days)
    robin.confirms_all()
    robin.is_asked("Appointments arranged")
    trip.take("series-confirmation", robin)
    robin.opens("/cases/X000005/arrange/")
    answers_with_repeats(robin, days=days)
    trip.simulator.add_contact("X000005", **nine_to_ten(days + 7))
    robin.confirms_all()
    robin.is_asked("3 of 4 appointments arranged")
    trip.take("series-confirmation-some-refused", robin)


def nine_to_ten(days: int) -> dict[str, str]:
    """Return when a contact starts and ends that is an hour long, in some days."""
    day = date.today() + timedelta(days=days)
    return {"start": f"{day}T09:00", "end": f"{day}T10:00"}


def answers_with_repeats(practitioner: Practitioner, *, days: int, rar: bool = True) -> None:
    """Answer every question about a phone call that repeats, until *Check your answers*."""
    practitioner.answers("What type of appointment will it be?", "Phone call")
    if rar:
        practitioner.answers("Will this be a RAR toolkit session?", "Yes, it will count towards RAR")
        practitioner.answers("Which RAR toolkit will you use?", "Developing Dialogues")
    practitioner.says_when(*in_days(days), "9am", "9.30")
    practitioner.says_it_repeats("Every week", 3)
    practitioner.is_asked("Appointments you’re arranging")
    practitioner.continues()
    if rar:
        practitioner.answers(
            "Will the repeat appointments be RAR toolkit sessions too?", "Yes, using Developing Dialogues"
        )
    practitioner.adds_notes("")
    practitioner.answers("Does this appointment include sensitive information?", "No, it is not sensitive")
    practitioner.is_asked("Check your answers and confirm appointments")


def not_arranged(trip: Trip) -> None:
    """What Delius refuses, what it does not answer, and what support makes of that."""
    robin = trip.signed_in_as("Robin Sample")
    robin.arranges_an_appointment_for("Edie Erased")
    robin.answers_everything(days=the_next(TUESDAY))
    trip.simulator.fault("putNsi", "status", status=503, times=None)
    robin.confirms()
    robin.is_asked("We’re still saving this appointment")
    trip.take("under-way", robin)
    robin.page.get_by_role("button", name="Do not save it").click()
    robin.is_asked("This appointment was not arranged")
    trip.take("not-booked-taken-back", robin)
    trip.simulator.clear_faults()
    robin.page.get_by_role("button", name="Go to your answers").click()
    trip.simulator.change_nsi_type("TKDEV", selectable=False)
    robin.confirms()
    robin.is_asked("This appointment was not arranged")
    trip.take("not-booked-refused", robin)
    trip.simulator.change_nsi_type("TKDEV", selectable=True)
    robin.page.get_by_role("button", name="Go to your answers").click()
    trip.simulator.fault("putAppointment", "drop_after", times=2)
    robin.confirms()
    robin.is_asked("We’re still saving this appointment")
    trip.take("under-way-outcome-unknown", robin)
    robin.page.get_by_role("heading", name="We could not save this appointment yet").wait_for(
        timeout=PATIENCE_MILLISECONDS
    )
    trip.take("needs-attention", robin)
    waiting = robin.page.url
    robin.opens("/cases/X000007/arrange/")
    answers_with_repeats(robin, days=the_next(TUESDAY), rar=False)
    trip.simulator.fault("putAppointment", "status", status=429, times=None)
    robin.confirms_all()
    robin.is_asked("We’re still saving these appointments")
    trip.take("series-under-way", robin)
    robin.opens("/")
    trip.take("cases-with-news", robin)
    administration(trip)
    robin.page.goto(waiting)
    robin.is_asked("This appointment was settled in Delius")
    trip.take("settled", robin)


def in_the_admin(trip: Trip) -> Practitioner:
    """Return somebody who has signed in to the admin."""
    admin = trip.somebody()
    admin.opens("/admin/login/?next=/admin/")
    name, password = ADMIN
    admin.page.get_by_label("Username").fill(name)
    admin.page.get_by_label("Password").fill(password)
    admin.page.get_by_role("button", name="Log in").click()
    return admin


def administration(trip: Trip) -> None:
    """What the service adds to the admin."""
    admin = in_the_admin(trip)
    page = admin.page
    trip.simulator.change_nsi_type("TKMAP", selectable=False)
    admin.opens("/admin/toolkits/toolkit/check/")
    trip.take("admin-check-toolkits", admin)
    admin.follows("Maps for Change")
    trip.take("admin-toolkit", admin)
    trip.simulator.change_nsi_type("TKMAP", selectable=True)
    admin.opens("/admin/toolkits/rollout/preview/?provider_code=N90&team_code=N90AAA&on=" + date.today().isoformat())
    trip.take("admin-rollout-preview", admin)
    admin.opens("/admin/toolkits/rollout/")
    acts_on_all(admin, "set_dates")
    trip.take("admin-rollout-set-dates", admin)
    admin.opens("/admin/toolkits/toolkitlist/add/")
    trip.take("admin-order-of-toolkits", admin)
    admin.opens("/admin/toolkits/toolkit/1/delete/")
    admin.is_asked("You do not have access to this page")
    trip.take("no-access", admin)
    admin.opens("/admin/booking/journeycount/")
    trip.take("admin-journeys-in-numbers", admin)
    admin.opens("/admin/booking/booking/?state__exact=needs_attention")
    trip.take("admin-bookings", admin)
    acts_on_all(admin, "mark_as_settled")
    trip.take("admin-mark-as-settled", admin)
    page.get_by_label("What did you find in Delius").fill("It is in the contact log.")
    page.get_by_role("button", name="Mark as settled").click()


def acts_on_all(admin: Practitioner, action: str) -> None:
    """Do something with every row of a list in the admin."""
    admin.page.locator("#action-toggle").check()
    admin.page.locator("select[name=action]").select_option(action)
    admin.page.locator("button[name=index]").click()


def schedules(trip: Trip) -> None:
    """What is coming and what has been."""
    robin = trip.signed_in_as("Robin Sample")
    for days in range(1, 46):
        day = date.today() - timedelta(days=days)
        trip.simulator.add_contact("X000005", start=f"{day}T09:00", end=f"{day}T09:30")
    for path, name in (
        ("X000002/schedule/", "schedule"),
        ("X000009/schedule/", "schedule-past-rar-categories"),
        ("X000005/schedule/", "schedule-pages"),
        ("X000005/schedule/?page=2", "schedule-second-page"),
        ("X000007/schedule/", "schedule-empty"),
    ):
        robin.opens(f"/cases/{path}")
        robin.is_asked("Schedule")
        trip.take(name, robin)


def beside_the_journey(trip: Trip) -> None:
    """Explanations, and pages for what cannot be shown."""
    robin = trip.signed_in_as("Robin Sample")
    for path, name in (
        ("/cases/X000001/arrange/accredited-programme/", "accredited-programme"),
        ("/cases/X000011/arrange/", "limited-access-restricted"),
        ("/cases/X000012/arrange/", "limited-access-excluded"),
        ("/cases/X000014/arrange/", "not-found"),
    ):
        robin.opens(path)
        trip.take(name, robin)
    robin.opens("/cases/X000001/arrange/type/")
    robin.page.locator("input[name=csrfmiddlewaretoken]").last.evaluate("input => { input.value = 'too old' }")
    robin.continues()
    robin.is_asked("This page is out of date")
    trip.take("out-of-date", robin)
    robin.opens("/cases/X000001/arrange/type/")
    robin.page.locator("main form").evaluate(
        """(form, fields) => {
            for (let number = 0; number <= fields; number += 1) {
                const input = document.createElement("input");
                input.name = `field-${number}`;
                form.append(input);
            }
            HTMLFormElement.prototype.submit.call(form);
        }""",
        MOST_FIELDS,
    )
    robin.is_asked("What you sent is too long")
    trip.take("too-long", robin)
    trip.simulator.fault("getAppointments", "status", status=503, times=None)
    robin.opens("/cases/X000001/schedule/")
    robin.is_asked("Delius is not available")
    trip.take("delius-not-available", robin)
    robin.page.get_by_role("button", name="Sign out").click()
    robin.is_asked("You have signed out")
    trip.take("signed-out", robin)
    robin.opens("/signed-out/?ended=yes&next=/cases/X000001/arrange/notes/")
    robin.is_asked("You have been signed out")
    trip.take("session-over", robin)


def guidance(trip: Trip) -> None:
    """The guidance section, and where guidance is shown elsewhere."""
    robin = trip.signed_in_as("Robin Sample")
    for name, path in (
        ("guidance", ""),
        ("guidance-toolkits", "toolkits/"),
        ("guidance-toolkits-filtered", "toolkits/?gender=women&age=25"),
        ("guidance-toolkits-filter-wrong", "toolkits/?age=x"),
        ("guidance-compare-choose", "toolkits/compare/?toolkits=maps-for-change"),
        ("guidance-compare", "toolkits/compare/?toolkits=maps-for-change&toolkits=stepping-stones"),
        ("guidance-toolkit", "toolkits/maps-for-change/"),
        ("guidance-toolkit-not-approved-yet", "toolkits/connection-and-community/"),
        ("guidance-risk-flags", "risk-flags/"),
        ("guidance-risk-flags-of-a-category", "risk-flags/?category=Safeguarding"),
        ("guidance-search", "search/?words=steping+stone"),
        ("guidance-search-nothing", "search/?words=xylophone"),
    ):
        robin.opens(f"/guidance/{path}")
        trip.take(name, robin)
    robin.opens("/guidance/risk-flags/weapons/")
    trip.take("guidance-risk-flag", robin)
    robin.opens("/guidance/toolkits/maps-for-change/")
    robin.page.get_by_role("button", name="Send feedback").click()
    trip.take("guidance-feedback-missing", robin)
    robin.opens("/cases/X000009/risk-flags/")
    trip.take("risk-flags", robin)
    robin.opens("/cases/X000009/arrange/type/")
    robin.answers("What type of appointment will it be?", "Office visit")
    robin.answers("Will this be a RAR toolkit session?", "Yes, it will count towards RAR")
    robin.page.get_by_text("About Maps for Change").click()
    trip.take("toolkit-about", robin)


def writing_guidance(trip: Trip) -> None:
    """What content designers work with."""
    designer = in_the_admin(trip)
    page = designer.page
    designer.opens("/admin/")
    trip.take("admin", designer)
    designer.opens("/admin/guidance/toolkitguidance/")
    trip.take("admin-guidance", designer)
    designer.follows("Maps for Change")
    page.locator(".rar-cheat-sheet summary").click()
    trip.take("admin-guidance-page", designer)
    page.get_by_label("Contact:", exact=True).fill("Ask the toolkits team.")
    page.get_by_role("button", name="Save draft", exact=True).click()
    trip.take("admin-guidance-note-missing", designer)
    page.get_by_label("What changed:", exact=True).fill("Whom to ask")
    page.get_by_role("button", name="Save draft and preview").click()
    trip.take("guidance-preview", designer)
    designer.follows("Go back to editing")
    for step in ("Publish", "Publish later", "Unpublish", "Archive"):
        designer.follows(step)
        trip.take(f"admin-guidance-{step.lower().replace(' ', '-')}", designer)
        page.go_back()
    designer.follows("Versions")
    trip.take("admin-guidance-versions", designer)
    page.get_by_role("button", name="Compare the two chosen versions").click()
    trip.take("admin-guidance-compare", designer)


def no_database(trip: Trip) -> None:
    """The page for a database that does not answer: last, because it takes a table away."""
    robin = trip.signed_in_as("Robin Sample")
    with closing(sqlite3.connect(trip.demo.database)) as connection:
        connection.execute("ALTER TABLE booking_draft RENAME TO elsewhere")
        connection.commit()
    robin.opens("/")
    robin.is_asked("Sorry, the service is unavailable")
    trip.take("service-unavailable", robin)


CHAPTERS: tuple[Callable[[Trip], None], ...] = (
    signing_in,
    roles,
    interrupted,
    your_cases,
    questions,
    rarer_questions,
    answers,
    arranged,
    not_arranged,
    schedules,
    beside_the_journey,
    guidance,
    writing_guidance,
    no_database,
)


def the_next(weekday: int) -> int:
    """Return in how many days such a day of the week is, at least a week away."""
    earliest = date.today() + timedelta(days=FEWEST_DAYS_AHEAD)
    return FEWEST_DAYS_AHEAD + (weekday - earliest.weekday()) % 7


if __name__ == "__main__":
    sys.exit(main())
