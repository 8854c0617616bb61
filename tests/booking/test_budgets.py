"""What each page, and a whole booking, may ask of Delius and of the database: the tables of docs/budgets.md."""

import re
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from appointments.urls import urlpatterns as appointment_urls
from booking import selectors
from booking.models import Booking, BookingState, Draft
from booking.services import drafts
from booking.urls import urlpatterns as journey_urls
from guidance.urls import urlpatterns as guidance_urls
from tests.appointments.moves import answer_all as answer_the_move
from tests.appointments.moves import move_url, press, weekly
from tests.appointments.moves import typed as what_is_typed
from tests.appointments.outcomes import OTTO, outcome_url, past
from tests.appointments.outcomes import answer as answer_the_outcome
from tests.appointments.outcomes import press as record_it
from tests.appointments.texts import coming, text_url, turn_on
from tests.booking.journeys import ORDER, answer_all, answer_up_to, hidden_inputs, sent_by_the_page_of, typed
from tests.booking.test_confirming import confirm
from tests.booking.test_repeats import arrange_weekly
from tests.guidance.pages import flag, toolkit
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db

BUDGETS = (Path(__file__).resolve().parent.parent.parent / "docs/budgets.md").read_text(encoding="utf-8")
BRIAN, CLARA, DEV, GITA = "X000001", "X000002", "X000003", "X000006"
CASE = f"/cases/{BRIAN}/arrange"
TRANSACTIONS = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")


def table(heading: str) -> dict[str, list[int]]:
    """The numbers of each row of the table under a heading of docs/budgets.md, by the row's name."""
    section = BUDGETS.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in section.splitlines() if "|" in line]
    return {name: [int(cell) for cell in cells] for name, *cells in rows[2:]}


PAGES = table("Pages")
ANSWERS = table("Answers")
BOOKINGS = table("A whole booking")


@dataclass
class Count:
    """What was asked: the operations of the integration service, and statements of SQL."""

    upstream: list[str] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)


@dataclass
class World:
    """Practitioners and Delius, to bring a page about."""

    simulator: Simulator
    robin: Client
    sign_in: Callable[[str], Client]
    settings: Settings

    @contextmanager
    def counted(self) -> Any:
        """Count what is asked in a block. A statement that begins or ends a transaction is not a query."""
        count = Count()
        self.simulator.clear_requests()
        with CaptureQueriesContext(connection) as captured:
            yield count
        asked = [each["operation"] for each in self.simulator.requests()]
        count.upstream = [operation for operation in asked if operation != "token"]
        count.queries = [each["sql"] for each in captured.captured_queries if not each["sql"].startswith(TRANSACTIONS)]


@pytest.fixture
def world(robin: Client, signed_in: Callable[[str], Client], simulator: Simulator, settings: Settings) -> World:
    return World(simulator=simulator, robin=robin, sign_in=signed_in, settings=settings)


Page = tuple[Client, str]


def other_appointment(world: World) -> Page:
    answer_up_to(world.robin, "rar")
    return world.robin, f"{CASE}/next/1/"


def question(slug: str) -> Callable[[World], Page]:
    def prepare(world: World) -> Page:
        answer_up_to(world.robin, slug)
        return world.robin, f"{CASE}/{slug}/"

    return prepare


def team_question(world: World) -> Page:
    return world.sign_in("TERRY.TWOTEAMS"), f"{CASE}/team/"


def of_two_sentences(slug: str, *, rar: str) -> Callable[[World], Page]:
    def prepare(world: World) -> Page:
        case = f"/cases/{GITA}/arrange"
        world.robin.post(f"{case}/type/", typed()["type"])
        world.robin.post(f"{case}/rar/", {"rar": rar})
        return world.robin, f"{case}/{slug}/"

    return prepare


def record_question(world: World) -> Page:
    answer_all(world.robin, crn=DEV, toolkit="choices-and-changes", days=40)
    return world.robin, f"/cases/{DEV}/arrange/record/?change=1"


def of_repeats(slug: str) -> Callable[[World], Page]:
    def prepare(world: World) -> Page:
        arrange_weekly(world.robin)
        return world.robin, f"{CASE}/{slug}/"

    return prepare


def the_answers(world: World) -> Page:
    answer_all(world.robin)
    return world.robin, f"{CASE}/check/"


def the_answers_with_repeats(world: World) -> Page:
    arrange_weekly(world.robin)
    return world.robin, f"{CASE}/check/"


def booking_in(state: BookingState) -> Callable[[World], Page]:
    def prepare(world: World) -> Page:
        answer_all(world.robin)
        confirm(world.robin)
        Booking.objects.update(state=state, outcome_seen_at=None)
        return world.robin, f"/cases/{BRIAN}/appointments/{Booking.objects.get().id}/"

    return prepare


def of_a_booking(path: str) -> Callable[[World], Page]:
    def prepare(world: World) -> Page:
        client, page = booking_in(BookingState.BOOKED)(world)
        return client, f"{page}{path}"

    return prepare


def series(world: World) -> Page:
    arrange_weekly(world.robin)
    return world.robin, str(world.robin.post(f"{CASE}/check/", sent_by_the_page_of(Draft.objects.get()))["Location"])


def guidance(path: Callable[[], str]) -> Callable[[World], Page]:
    def prepare(world: World) -> Page:
        toolkit("Maps for Change")
        toolkit("Moving On")
        flag("Weapons")
        return world.robin, path()

    return prepare


def moving(page: str, *, number: int = 1, answers: int = 0) -> Callable[[World], Page]:
    """A page of the move of the first of a number of weekly sessions, after so many of its questions are answered."""

    def prepare(world: World) -> Page:
        first, *_ = weekly(world.simulator, number)
        asked = [slug for slug in ("", "which/", "when/", "where/") if slug != "which/" or number > 1]
        for slug in asked[:answers]:
            world.robin.post(move_url(first, slug), what_is_typed(which="with-later")[slug])
        return world.robin, move_url(first, page)

    return prepare


def moved(page: str = "", *, number: int = 1) -> Callable[[World], Page]:
    """A page of a move of the first of a number of weekly sessions, and of those after it, that was made."""

    def prepare(world: World) -> Page:
        first, *_ = weekly(world.simulator, number)
        answer_the_move(world.robin, first, which="with-later")
        return world.robin, f"{press(world.robin, first)['Location']}{page}"

    return prepare


def calling_off(world: World) -> Page:
    return world.robin, f"/cases/{BRIAN}/appointments/{weekly(world.simulator, 1)[0]}/cancel/"


def texting(world: World) -> Page:
    turn_on(world.settings, world.simulator)
    return world.robin, text_url(coming(world.simulator))


def at(path: str) -> Callable[[World], Page]:
    return lambda world: (world.robin, path)


def recording(page: str, *, answered: bool = False) -> Callable[[World], Page]:
    """A page of recording the outcome of somebody's past session, after the question is answered or before."""

    def prepare(world: World) -> Page:
        contact_id = past(world.simulator)
        if answered:
            answer_the_outcome(world.robin, contact_id)
        return world.robin, outcome_url(contact_id, page)

    return prepare


def recorded(page: str = "", *, fault: str = "") -> Callable[[World], Page]:
    """A page of an outcome that was recorded, or that is under way because of a fault."""

    def prepare(world: World) -> Page:
        contact_id = past(world.simulator)
        answer_the_outcome(world.robin, contact_id)
        if fault:
            world.simulator.fault("putOutcome", "status", status=429)
        return world.robin, f"{record_it(world.robin, contact_id)['Location']}{page}"

    return prepare


def one_appointment(world: World) -> Page:
    return world.robin, f"/cases/{OTTO}/appointments/{past(world.simulator)}/"


PREPARE: dict[str, Callable[[World], Page]] = {
    "Your cases": at("/"),
    "Your cases, by next appointment": at("/?order=next-appointment"),
    "Your cases, at risk, of one's teams": at("/?show=at-risk&whose=teams"),
    "A person's page": at(f"/cases/{CLARA}/"),
    "Schedule": at(f"/cases/{BRIAN}/schedule/"),
    "Risk flags": at(f"/cases/{BRIAN}/risk-flags/"),
    "Arrange an appointment": at(f"{CASE}/"),
    "Which appointment to go on with": other_appointment,
    "Question: team": team_question,
    **{f"Question: {slug}": question(slug) for slug in ORDER},
    "Question: requirement": of_two_sentences("requirement", rar="yes"),
    "Question: sentence": of_two_sentences("sentence", rar="no"),
    "Question: record": record_question,
    "Question: dates": of_repeats("dates"),
    "Question: repeat-rar": of_repeats("repeat-rar"),
    "Location not listed": at(f"{CASE}/location-not-listed/"),
    "Accredited programme": at(f"{CASE}/accredited-programme/"),
    "Check your answers": the_answers,
    "Check your answers, repeating": the_answers_with_repeats,
    "Appointment arranged": booking_in(BookingState.BOOKED),
    "Still saving": booking_in(BookingState.SUBMITTED),
    "Not arranged": booking_in(BookingState.REFUSED),
    "Needs attention": booking_in(BookingState.NEEDS_ATTENTION),
    "Appointments arranged": series,
    "Whether it is still being saved": of_a_booking("state/"),
    "Add to calendar": of_a_booking("calendar.ics"),
    "An appointment": one_appointment,
    "Record an outcome": recording(""),
    "Record an outcome: check": recording("check/", answered=True),
    "Outcome recorded": recorded(),
    "Still recording": recorded(fault="429"),
    "Whether it is still being recorded": recorded("state/"),
    "Tell the person by text": texting,
    "Move an appointment": moving(""),
    "Move: which": moving("which/", number=3, answers=1),
    "Move: when": moving("when/", answers=1),
    "Move: where": moving("where/", answers=2),
    "Move: location not listed": moving("location-not-listed/"),
    "Move: check": moving("check/", answers=3),
    "Move: check, with repeats": moving("check/", number=3, answers=4),
    "Appointment moved": moved(),
    "Appointments moved": moved(number=3),
    "Whether it is still being moved": moved("state/"),
    "Call an appointment off": calling_off,
    "Guidance": guidance(lambda: reverse("guidance:index")),
    "Guidance on toolkits": guidance(lambda: reverse("guidance:toolkits")),
    "Guidance on a toolkit": guidance(lambda: reverse("guidance:toolkit", args=["maps-for-change"])),
    "Compare toolkits": guidance(lambda: f"{reverse('guidance:compare')}?toolkit=maps-for-change&toolkit=moving-on"),
    "Guidance on risk flags": guidance(lambda: reverse("guidance:risk-flags")),
    "Guidance on a risk flag": guidance(lambda: reverse("guidance:risk-flag", args=["weapons"])),
    "Search": guidance(lambda: f"{reverse('guidance:search')}?q=maps"),
    "Feedback given": guidance(lambda: reverse("guidance:feedback-given")),
}
# Not pages that are shown: they change something, or are for reviewers.
NO_PAGES = {"discard", "cancel", "arrange-again", "feedback", "preview", "shared-preview"}


def shown(client: Client, path: str, *, status: Iterable[int] = (200,)) -> None:
    answer = client.get(path)
    assert answer.status_code in status, (path, answer.status_code, answer.get("Location"))


def test_every_page_of_the_product_has_a_budget(world: World) -> None:
    assert PAGES.keys() == PREPARE.keys()
    names = {pattern.name for pattern in (*journey_urls, *appointment_urls, *guidance_urls)} - NO_PAGES
    covered = {
        "cases",
        "person",
        "next",
        "schedule",
        "risk-flags",
        "appointment",
        "outcome",
        "outcome-check",
        "outcome-done",
        "outcome-state",
        "move",
        "move-question",
        "move-check",
        "move-location-not-listed",
        "moved",
        "move-state",
        "start",
        "step",
        "location-not-listed",
        "accredited-programme",
        "check",
        "booking",
        "booking-state",
        "calendar",
        "text",
        "index",
        "toolkits",
        "toolkit",
        "compare",
        "risk-flag",
        "search",
        "feedback-given",
    }
    assert names == covered


@pytest.mark.parametrize("name", PREPARE)
def test_a_page_asks_no_more_than_its_budget_with_nothing_cached_and_a_moment_later(world: World, name: str) -> None:
    upstream_cold, upstream_warm, queries_cold, queries_warm = PAGES[name]
    client, path = PREPARE[name](world)
    cache.clear()
    with world.counted() as cold:
        shown(client, path, status=(200, 302))
    with world.counted() as warm:
        shown(client, path, status=(200, 302))
    assert len(cold.upstream) <= upstream_cold, cold.upstream
    assert len(warm.upstream) <= upstream_warm, warm.upstream
    assert len(cold.queries) <= queries_cold, cold.queries
    assert len(warm.queries) <= queries_warm, warm.queries


@pytest.mark.parametrize("name", PREPARE)
def test_no_page_has_a_budget_of_more_than_five_queries_even_with_nothing_cached(name: str) -> None:
    assert max(PAGES[name][2:]) <= 5


@pytest.mark.parametrize("slug", ORDER)
def test_answering_a_question_asks_no_more_than_its_budget(world: World, slug: str) -> None:
    upstream, queries = ANSWERS["A first answer" if slug == ORDER[0] else "Any other answer"]
    answer_up_to(world.robin, slug)
    shown(world.robin, f"{CASE}/{slug}/")
    # What every question needs is read once a minute by whichever page comes first.
    world.robin.get("/")
    Draft.objects.filter(answers={}).delete()
    with world.counted() as count:
        assert world.robin.post(f"{CASE}/{slug}/", typed()[slug]).status_code == 302
    assert len(count.upstream) <= upstream, count.upstream
    assert len([each for each in count.queries if "toolkits_" not in each]) <= queries, count.queries


def walk(world: World, *, crn: str = BRIAN, days: int = 7) -> tuple[Count, Count]:
    """Arrange a toolkit session from a link to the case to the page that says so, and return what it cost.

    The second count is that of pressing *Confirm* alone, which is part of the first.
    """
    with world.counted() as before:
        address = world.robin.get(f"/cases/{crn}/arrange/")["Location"]
        answers = typed(days=days)
        while not address.endswith("/check/"):
            shown(world.robin, address)
            address = world.robin.post(address, answers[address.rstrip("/").rsplit("/", 1)[-1]])["Location"]
        pressed = hidden_inputs(world.robin.get(address))
    with world.counted() as confirming:
        done = world.robin.post(address, pressed)
    with world.counted() as after:
        page = world.robin.get(done["Location"]).content.decode()
        assert "Appointment arranged" in page
    parts = (before, confirming, after)
    whole = Count([each for part in parts for each in part.upstream], [each for part in parts for each in part.queries])
    return whole, confirming


# The case with its sentences and requirements; types; offices; for the answers, the NSIs and the appointments ahead.
READS = ["getCase", "getAppointmentTypes", "getOffices", "getNsis", "getAppointments"]


def test_a_toolkit_booking_from_a_link_makes_six_calls_with_nothing_cached_where_the_record_is_there(
    world: World,
) -> None:
    world.simulator.add_nsi(BRIAN, "TKDEV")
    cache.clear()
    whole, confirming = walk(world)
    assert confirming.upstream == ["putAppointment"]
    assert sorted(whole.upstream) == sorted([*READS, *confirming.upstream])
    assert [len(whole.upstream), len(confirming.upstream)] == BOOKINGS["Nothing cached, the toolkit's record is there"]


def test_where_the_record_has_to_be_made_it_makes_seven(world: World) -> None:
    cache.clear()
    whole, confirming = walk(world)
    assert confirming.upstream == ["putNsi", "putAppointment"]
    assert sorted(whole.upstream) == sorted([*READS, *confirming.upstream])
    assert [len(whole.upstream), len(confirming.upstream)] == BOOKINGS["The same, where the record has to be made"]


def test_the_next_one_for_the_same_person_makes_three(world: World) -> None:
    walk(world)
    whole, confirming = walk(world, days=8)
    assert sorted(whole.upstream) == ["getAppointments", "getNsis", "putAppointment"]
    assert [len(whole.upstream), len(confirming.upstream)] == BOOKINGS["The next one for the same person"]


def test_the_next_session_like_the_last_keeps_to_its_budget_from_a_persons_page_to_arranged(
    world: World,
) -> None:
    cache.clear()
    with world.counted() as count:
        page = world.robin.get(f"/cases/{CLARA}/").content.decode()
        address = re.findall(rf'action="(/cases/{CLARA}/arrange/next/\d+/)"', page)[0]
        check = world.robin.post(address)["Location"]
        done = world.robin.post(check, hidden_inputs(world.robin.get(check)))
        assert "Appointment arranged" in world.robin.get(done["Location"]).content.decode()
    assert len(count.upstream) <= BOOKINGS["The next session like the last, from the person's page"][0], count.upstream


def test_the_next_one_for_another_person_reads_their_case_and_no_reference_data(world: World) -> None:
    world.simulator.add_nsi(CLARA, "TKDEV")
    walk(world)
    whole, confirming = walk(world, crn=CLARA)
    assert sorted(whole.upstream) == ["getAppointments", "getCase", "getNsis", "putAppointment"]
    assert [len(whole.upstream), len(confirming.upstream)] == BOOKINGS["The next one for another person"]


def test_confirming_asks_the_database_no_more_than_its_budget(world: World) -> None:
    budgets = table("Confirming")
    _, made = walk(world)
    _, there = walk(world, days=8)
    assert len(made.queries) <= budgets["Confirm, where the record has to be made"][0], made.queries
    assert len(there.queries) <= budgets["Confirm, where the record is there"][0], there.queries


def test_one_token_is_asked_for_that_acts_for_the_person_and_one_of_our_own(world: World) -> None:
    cache.clear()
    world.simulator.clear_requests()
    answer_all(world.robin)
    confirm(world.robin)
    assert len(world.simulator.requests("token")) == 2


@pytest.mark.parametrize("path", ["/", "/?order=next-appointment"])
def test_a_case_list_is_one_call_however_many_people_are_on_it(world: World, path: str) -> None:
    for _ in range(2):
        with world.counted() as count:
            shown(world.robin, path)
        assert count.upstream == ["getCases"]
    page = world.robin.get(path).content.decode()
    assert len(re.findall(r"X\d{6}</td>", page)) > 20


def test_two_first_answers_that_come_at_once_are_kept_in_one_draft(robin: Client, django_user_model: Any) -> None:
    user = django_user_model.objects.get()
    first, second = (selectors.draft_of(user_id=user.pk, crn=BRIAN) for _ in range(2))
    for draft, code in ((first, "COAP"), (second, "CHVS")):
        drafts.save_answers(draft=draft, journey=SimpleNamespace(raw={"type": {"type": code}}, first_unfinished=None))
    assert Draft.objects.get().answers == {"type": {"type": "CHVS"}}


def test_looking_at_a_question_keeps_no_draft(robin: Client) -> None:
    shown(robin, f"{CASE}/type/")
    assert not Draft.objects.exists()
