"""Take a picture of every page of the service, as wide as a desk and as a phone, in the order people meet them.

`python -m scripts.screens FOLDER [CHAPTER …]` does what scripts/screens.txt says: all of it, or some chapters.

What the pages show is the demo's, on the next suitable days, so that pictures taken at another time differ in little
but their dates and references. Not among them, because the demo has nobody to show them with: a caseload longer than a
page, a person without an active sentence, and a person whom somebody without an open team may see.
"""

import sqlite3
import sys
from ast import literal_eval
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from string import Template
from typing import Any

from playwright.sync_api import Browser

from scripts.own_demo import OwnDemo, chromium, own_demo
from tests.journeys.practitioner import Practitioner, in_days
from tests.simulator_process import Simulator

SCRIPT = Path(__file__).with_suffix(".txt")
WIDTHS = (1280, 375)
HEIGHT = 800
TUESDAY, SATURDAY = 1, 5
FEWEST_DAYS_AHEAD = 7
PAST_APPOINTMENTS = 45
# The worker has to notice first; the page asks every few seconds.
PATIENCE_MILLISECONDS = 60_000
FIRST = "first"


@dataclass(frozen=True)
class Line:
    """A line of the script; `picture` counts those that take pictures, from the start of the script."""

    number: int
    chapter: str
    deed: str
    needs: tuple[str, ...]
    picture: int


class Visitor(Practitioner):
    """A practitioner, and the deeds that only pictures need."""

    def presses(self, button: str) -> None:
        """Press a button, by some of its words."""
        self.page.get_by_role("button", name=button).click()

    def chooses(self, answer: str) -> None:
        """Check a radio or a checkbox."""
        self.page.get_by_label(answer, exact=True).check()

    def at(self, selector: str, method: str, *needs: Any) -> None:
        """Do anything that Playwright can do with an element."""
        getattr(self.page.locator(selector), method)(*needs)

    def at_each(self, selector: str, method: str) -> None:
        """Do so with every such element."""
        for each in self.page.locator(selector).all():
            getattr(each, method)()

    def browser_does(self, method: str) -> None:
        """Do anything that Playwright can do with a page: go_back, reload."""
        getattr(self.page, method)()

    def fills(self, label: str, words: str) -> None:
        """Type into an input."""
        self.page.get_by_label(label, exact=label.endswith(":")).fill(words)

    def answers_everything_with_repeats(self, *, rar: bool = True) -> None:
        """Answer every question about a phone call that repeats, until *Check your answers*."""
        self.answers("What type of appointment will it be?", "Phone call")
        if rar:
            self.answers("Will this be a RAR toolkit session?", "Yes, it will count towards RAR")
            self.answers("Which RAR toolkit will you use?", "Developing Dialogues")
        self.says_when(*in_days(days_to(TUESDAY)), "9am", "9.30")
        self.says_it_repeats("Every week", 3)
        self.is_asked("Appointments you’re arranging")
        self.continues()
        if rar:
            repeats = "Will the repeat appointments be RAR toolkit sessions too?"
            self.answers(repeats, "Yes, using Developing Dialogues")
        self.adds_notes("")
        self.answers("Does this appointment include sensitive information?", "No, it is not sensitive")
        self.is_asked("Check your answers and confirm appointments")

    def has_no_session(self) -> None:
        """Lose the session, as somebody does who waits too long."""
        self.page.context.clear_cookies(name="rarbooking-session")


@dataclass
class Stage:
    """Where the script is played, with the deeds that are not a visitor's own."""

    folder: Path
    browser: Browser
    demo: OwnDemo
    delius: Simulator
    visitors: dict[str, Visitor] = field(default_factory=dict)
    visitor: Visitor = field(init=False)
    picture: int = 0

    def begin(self) -> None:
        """Begin a chapter: nobody is at a browser, and Delius works."""
        for visitor in self.visitors.values():
            visitor.page.context.close()
        self.visitors.clear()
        self.delius.clear_faults()
        self.at_browser(FIRST)

    def play(self, line: Line) -> None:
        """Do what a line says: a deed of the stage, of the simulator or of whoever is at the browser."""
        self.picture = line.picture
        positional, named = arguments(line.needs)
        if line.deed.startswith("delius "):
            deed = getattr(self.delius, line.deed.removeprefix("delius ").replace(" ", "_"))
        else:
            deed = DEEDS.get(line.deed) or getattr(Visitor, line.deed.replace(" ", "_"))
            positional = [self if line.deed in DEEDS else self.visitor, *positional]
        deed(*positional, **named)

    def at_browser(self, name: str) -> None:
        """Go to a browser of that name; it is a new one, with nobody signed in, where there was none."""
        if name not in self.visitors:
            self.visitors[name] = Visitor(self.browser.new_page(), self.demo.site)
            self.visitors[name].page.set_default_timeout(PATIENCE_MILLISECONDS)
        self.visitor = self.visitors[name]

    def take(self, name: str) -> None:
        """Take the page in every width."""
        page = self.visitor.page
        page.wait_for_load_state()
        page.evaluate("document.fonts.ready")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            path = self.folder / f"{self.picture:03}-{name}-{width}.png"
            page.screenshot(path=path, full_page=True, animations="disabled")
        page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})

    def page(self, name: str, address: str) -> None:
        """Open an address and take it."""
        self.visitor.opens(address)
        self.take(name)

    def error(self, name: str) -> None:
        """Take a page once it shows an error."""
        self.visitor.page.locator(".govuk-error-summary").wait_for()
        self.take(name)

    def question(self, name: str, heading: str) -> None:
        """Take a question, and again after continuing without an answer."""
        self.visitor.is_asked(heading)
        self.take(name)
        self.visitor.continues()
        self.error(f"{name}-missing")

    def past_appointments(self, crn: str) -> None:
        """Have one appointment in the record for each of the last days."""
        for days in range(1, PAST_APPOINTMENTS + 1):
            day = date.today() - timedelta(days=days)
            self.delius.add_contact(crn, start=f"{day}T09:00", end=f"{day}T09:30")

    def no_drafts(self) -> None:
        """Take away a table that every page of the journey reads."""
        with closing(sqlite3.connect(self.demo.database)) as connection:
            connection.execute("ALTER TABLE booking_draft RENAME TO elsewhere")
            connection.commit()


DEEDS = {
    "browser": Stage.at_browser,
    "take": Stage.take,
    "page": Stage.page,
    "error": Stage.error,
    "question": Stage.question,
    "has 45 past appointments": Stage.past_appointments,
    "has no table of drafts": Stage.no_drafts,
}
PICTURES = {"take", "page", "error", "question"}


def lines(script: str) -> Iterator[Line]:
    """Return what a script says; raise ValueError for a deed that nobody knows."""
    chapter, picture = "", 0
    for number, text in enumerate(Template(script).substitute(words()).splitlines(), start=1):
        if text.startswith("== "):
            chapter = text.removeprefix("== ")
        elif text and not text.startswith("#"):
            deed, _, needs = text.partition(": ")
            known = Simulator if deed.startswith("delius ") else Visitor
            if deed not in DEEDS and not hasattr(known, deed.removeprefix("delius ").replace(" ", "_")):
                raise ValueError(f"line {number}: nobody knows how to do {deed!r}")
            picture += deed in PICTURES
            yield Line(number, chapter, deed, tuple(needs.split("; ")) if needs else (), picture)


def arguments(needs: tuple[str, ...]) -> tuple[list[Any], dict[str, Any]]:
    """Return what a deed needs, by place, as words, and by name, where a number, True, False and None are so."""
    positional, named = [], {}
    for need in needs:
        name, equals, value = need.partition("=")
        if equals and name.isidentifier():
            named[name] = plain(value)
        else:
            positional.append(need)
    return positional, named


def plain(value: str) -> Any:
    """Return a value as Python writes it, or else the words."""
    try:
        return literal_eval(value)
    except (SyntaxError, ValueError):
        return value


def words() -> dict[str, str]:
    """Return what the script names by $."""
    tuesday, saturday = days_to(TUESDAY), days_to(SATURDAY)
    today = date.today()
    return {
        "today": today.isoformat(),
        "days_to_tuesday": str(tuesday),
        "tuesday": "; ".join(in_days(tuesday)),
        "saturday": "; ".join(in_days(saturday)),
        "too_long": "n" * 4001,
        "saturday_iso": (today + timedelta(days=saturday)).isoformat(),
        "tuesday_after_iso": (today + timedelta(days=tuesday + 7)).isoformat(),
    }


def days_to(weekday: int) -> int:
    """Return in how many days such a day of the week is, at least a week away."""
    earliest = date.today() + timedelta(days=FEWEST_DAYS_AHEAD)
    return FEWEST_DAYS_AHEAD + (weekday - earliest.weekday()) % 7


def main(folder: Path, *chapters: str) -> None:
    """Write the pictures of some chapters, or of all, into a folder."""
    script = [line for line in lines(SCRIPT.read_text(encoding="utf-8")) if not chapters or line.chapter in chapters]
    folder.mkdir(parents=True, exist_ok=True)
    if not chapters:
        for old in folder.glob("*.png"):
            old.unlink()
    # With no tries, the worker hands what it cannot settle to support at once, which shows those pages too.
    with own_demo(DELIVERY_MAX_TRIES="0") as demo, chromium() as browser, closing(Simulator(demo.simulator)) as delius:
        stage, chapter = Stage(folder, browser, demo, delius), ""
        for line in script:
            if line.chapter != chapter:
                chapter = line.chapter
                stage.begin()
            try:
                stage.play(line)
            except Exception as error:
                error.add_note(f"{SCRIPT.name}, line {line.number}: {line.deed}")
                raise


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
