"""Which requirement a session counts towards, and when it cannot count towards any."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.cache import cache as django_cache
from django.test import Client

from booking.journey.steps import REFERRED_IN_FUTURE
from booking.models import Booking, BookingState
from delius import selectors as delius
from delius.reads import cache
from delius.records import Event
from tests.booking.journeys import answer_all, press, typed
from tests.booking.test_bad_input import errors_in
from tests.booking.test_confirming import asked, toolkit_nsis
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db
BRIAN, GITA, TWIN = "X000001", "X000006", "X000024"
ROBIN = "ROBIN.SAMPLE"


def as_delius_has_it(crn: str, change: Callable[[int, Event], Event]) -> None:
    """Have the events of a case be as they are changed, for as long as a case is cached."""
    case = delius.case(crn, username=ROBIN)
    events = tuple(change(number, event) for number, event in enumerate(case.events))
    django_cache.set(cache.key("case", crn, ROBIN), case.model_copy(update={"events": events}), 60)


def referred_tomorrow(event: Event) -> Event:
    return event.model_copy(update={"referral_date": date.today() + timedelta(days=1)})


def test_on_a_sentence_that_is_referred_in_the_future_no_toolkit_is_recorded_and_the_question_says_why(
    robin: Client, simulator: Simulator
) -> None:
    as_delius_has_it(BRIAN, lambda number, event: referred_tomorrow(event))
    robin.post(f"/cases/{BRIAN}/arrange/type/", typed()["type"])
    assert errors_in(robin.post(f"/cases/{BRIAN}/arrange/rar/", {"rar": "yes"})) == [REFERRED_IN_FUTURE]
    assert robin.post(f"/cases/{BRIAN}/arrange/rar/", {"rar": "no"}).status_code == 302
    answer_all(robin, rar="no")
    press(robin)
    assert Booking.objects.get().state == BookingState.BOOKED
    assert "putNsi" not in asked(simulator)


def test_of_two_sentences_the_one_that_is_referred_in_the_future_is_refused(robin: Client) -> None:
    as_delius_has_it(GITA, lambda number, event: referred_tomorrow(event) if number else event)
    robin.post(f"/cases/{GITA}/arrange/type/", typed()["type"])
    assert robin.post(f"/cases/{GITA}/arrange/rar/", {"rar": "yes"}).status_code == 302
    first, second = delius.rar_requirements(delius.case(GITA, username=ROBIN), on=date.today())
    page = f"/cases/{GITA}/arrange/requirement/"
    later = {"requirement": f"{second.event.event_id}-{second.requirement_id}"}
    assert errors_in(robin.post(page, later)) == [REFERRED_IN_FUTURE]
    now = {"requirement": f"{first.event.event_id}-{first.requirement_id}"}
    assert robin.post(page, now).status_code == 302


def test_a_sentence_that_was_referred_today_can_have_a_toolkit(robin: Client, simulator: Simulator) -> None:
    as_delius_has_it(BRIAN, lambda number, event: event.model_copy(update={"referral_date": date.today()}))
    answer_all(robin)
    press(robin)
    assert len(toolkit_nsis(simulator)) == 1


@pytest.mark.parametrize("crn", [GITA, TWIN], ids=["on two sentences", "on one sentence"])
def test_of_two_requirements_the_session_is_recorded_on_the_one_that_was_chosen(
    robin: Client, simulator: Simulator, crn: str
) -> None:
    chosen = delius.rar_requirements(delius.case(crn, username=ROBIN), on=date.today())[1]
    robin.post(f"/cases/{crn}/arrange/type/", typed()["type"])
    robin.post(f"/cases/{crn}/arrange/rar/", {"rar": "yes"})
    sent = {"requirement": f"{chosen.event.event_id}-{chosen.requirement_id}"}
    assert robin.post(f"/cases/{crn}/arrange/requirement/", sent).status_code == 302
    answer_all(robin, crn=crn)
    press(robin, crn=crn)
    (nsi,) = toolkit_nsis(simulator, crn)
    assert (nsi["eventId"], nsi["requirementId"]) == (chosen.event.event_id, chosen.requirement_id)
    assert Booking.objects.get().requirement_id == chosen.requirement_id


@pytest.mark.parametrize("crn", ["X000007", "X000008"], ids=["never had one", "its has ended"])
def test_where_there_is_no_requirement_in_force_nothing_is_asked_about_rar(robin: Client, crn: str) -> None:
    robin.post(f"/cases/{crn}/arrange/type/", typed()["type"])
    assert robin.get(f"/cases/{crn}/arrange/rar/").status_code == 302
    answer_all(robin, crn=crn)
    assert "has no active RAR requirement" in robin.get(f"/cases/{crn}/arrange/check/").content.decode()
