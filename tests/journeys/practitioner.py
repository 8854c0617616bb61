"""What a practitioner does and sees, in the words of the service."""

from datetime import date, timedelta

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect


def in_days(days: int) -> tuple[str, str, str]:
    """A day from now, as typed into the three inputs."""
    day = date.today() + timedelta(days=days)
    return str(day.day), str(day.month), str(day.year)


class Practitioner:
    """Somebody arranging appointments in a browser."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def signs_in_as(self, name: str) -> None:
        """Open the service and choose a user on HMPPS Auth's page."""
        self.page.goto(self.address)
        self.page.get_by_role("button", name=name).click()
        expect(self.page.get_by_role("heading", name="Your cases")).to_be_visible()
        # A page that is still loading may move under the pointer, and a click is lost.
        self.page.wait_for_load_state()

    def signs_in_to_the_administration_as(self, name: str) -> None:
        """Open the administration and choose a user on HMPPS Auth's page."""
        self.opens("/admin/")
        self.page.get_by_role("button", name=name).click()
        expect(self.page.get_by_role("heading", name="Administration", exact=True)).to_be_visible()

    def arranges_an_appointment_for(self, name: str) -> None:
        """Follow the person's link on *Your cases*."""
        self.page.get_by_role("link", name=f"Arrange an appointment for {name}").click()

    def opens_the_page_of(self, name: str) -> None:
        """Follow the person's name on *Your cases*."""
        self.page.get_by_role("link", name=name, exact=True).click()
        self.is_asked("Overview")

    def opens_the_schedule_of(self, name: str) -> None:
        """Follow the person's name on *Your cases*, and the tab of their page."""
        self.opens_the_page_of(name)
        self.follows("Schedule")

    def opens(self, path: str) -> None:
        """Type an address of the service."""
        self.page.goto(f"{self.address}{path}")

    def answers(self, question: str, answer: str) -> None:
        """Choose a radio and continue."""
        self.is_asked(question)
        self.page.get_by_label(answer, exact=True).check()
        self.continues()

    def says_when(self, day: str, month: str, year: str, start: str, end: str) -> None:
        """Fill in the date and times and continue."""
        self.is_asked("When will the appointment be?")
        self.types_when(day, month, year, start, end)
        self.continues()

    def says_it_is_a_one_off(self) -> None:
        """Answer that the appointment does not repeat."""
        self.answers("Will this be a repeating appointment?", "No, it’s a one-off appointment")

    def says_it_repeats(self, frequency: str, times: int) -> None:
        """Answer how often the appointment repeats, and continue."""
        self.is_asked("Will this be a repeating appointment?")
        self.page.get_by_label("Yes", exact=True).check()
        self.page.get_by_label(frequency, exact=True).check()
        self.page.get_by_label("Number of repeat appointments").fill(str(times))
        self.continues()

    def types_when(self, day: str, month: str, year: str, start: str, end: str) -> None:
        """Fill in the date and times."""
        for label, value in (
            ("Day", day),
            ("Month", month),
            ("Year", year),
            ("Start time", start),
            ("End time", end),
        ):
            self.page.get_by_label(label, exact=True).fill(value)

    def adds_notes(self, notes: str) -> None:
        """Write notes and continue."""
        self.is_asked("Add appointment notes")
        self.page.get_by_label("Add appointment notes").fill(notes)
        self.continues()

    def answers_everything(self, *, days: int, toolkit: str = "Developing Dialogues") -> None:
        """Answer every question about an office visit that uses a toolkit, until *Check your answers*."""
        self.answers("What type of appointment will it be?", "Office visit")
        self.answers("Will this be a RAR toolkit session?", "Yes, it will count towards RAR")
        self.answers("Which RAR toolkit will you use?", toolkit)
        self.answers("Pick a location for this appointment", "Harrow End Probation Office")
        self.says_when(*in_days(days), "9am", "9.30")
        self.says_it_is_a_one_off()
        self.adds_notes("Bring the workbook.")
        self.answers("Does this appointment include sensitive information?", "No, it is not sensitive")
        self.is_asked("Check your answers and confirm appointment")

    def answers_from_when_on(self, *, days: int = 7, start: str = "9am", end: str = "9.30") -> None:
        """Answer the last questions of an appointment that is neither repeated nor sensitive and has no notes."""
        self.says_when(*in_days(days), start, end)
        self.says_it_is_a_one_off()
        self.adds_notes("")
        self.answers("Does this appointment include sensitive information?", "No, it is not sensitive")
        self.is_asked("Check your answers and confirm appointment")

    def continues(self) -> None:
        """Press *Continue*."""
        self.page.get_by_role("button", name="Continue").click()

    def presses_once(self, button: str) -> None:
        """Press and let go of a button where it is, as a hand does: if it moves away meanwhile, nothing happens."""
        place = self.page.get_by_role("button", name=button)
        place.scroll_into_view_if_needed()
        box = place.bounding_box()
        assert box
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.page.mouse.down()
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        self.page.mouse.up()

    def confirms(self) -> None:
        """Press *Confirm this appointment*."""
        self.page.get_by_role("button", name="Confirm this appointment").click()

    def arranges_it_anyway(self) -> None:
        """Press *Arrange it anyway*."""
        self.page.get_by_role("button", name="Arrange it anyway").click()

    def confirms_all(self) -> None:
        """Press *Confirm appointments*."""
        self.page.get_by_role("button", name="Confirm appointments").click()

    def changes(self, row: str) -> None:
        """Follow *Change* of a row of *Check your answers*."""
        self.page.get_by_role("link", name=f"Change {row}", exact=True).click()

    def looks_for(self, words: str) -> None:
        """Look for somebody on *Your cases*."""
        self.opens("/")
        self.page.get_by_label("Find a person by name or CRN").fill(words)
        self.page.get_by_role("button", name="Show", exact=True).click()

    def follows(self, link: str) -> None:
        """Follow a link by all of its words."""
        self.page.get_by_role("link", name=link, exact=True).click()

    def goes_back(self) -> None:
        """Follow the *Back* link."""
        self.page.get_by_role("link", name="Back", exact=True).click()

    def is_asked(self, heading: str) -> None:
        """See that the page's heading is this one, on a page whose scripts have run."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        self.page.wait_for_load_state()

    def sees(self, text: str) -> None:
        """See a text on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def sees_the_problem(self, message: str) -> None:
        """See an error in the summary, linked to the input that mends it."""
        link = self.page.locator(".govuk-error-summary a", has_text=message)
        expect(link).to_have_count(1)
        target = (link.get_attribute("href") or "")[1:]
        expect(self.page.locator(f"[id='{target}']")).to_have_count(1)
        assert self.page.title().startswith("Error: ")

    def answers_shown(self) -> dict[str, str]:
        """Return what *Check your answers* shows, by row."""
        rows = self.page.locator(".govuk-summary-list__row").all()
        return {
            row.locator("dt").inner_text(): " ".join(row.locator("dd").first.inner_text().split("\n")) for row in rows
        }

    def choices(self) -> list[str]:
        """Return the words of the question's radios, from the top."""
        return [words.strip() for words in self.page.locator(".govuk-radios__label").all_inner_texts()]

    def finds_the_page_accessible(self) -> None:
        """Run axe, best practices included: there is nothing to report. Nor is any markup shown as text."""
        shown = self.page.locator("main").inner_text()
        assert "</" not in shown, shown
        results = Axe().run(self.page)
        assert results.violations_count == 0, results.generate_report()
