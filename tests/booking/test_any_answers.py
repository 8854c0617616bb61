"""Whatever is answered, changed and gone back to, in whatever order."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.journey.journey import Journey
from booking.journey.request import appointment_requests
from booking.journey.situation import Situation
from booking.journey.steps import STEPS
from booking.presenters.check import check_rows, repeat_rows
from delius import selectors as delius
from tests.booking.journeys import day_in

pytestmark = pytest.mark.django_db
STEPS_BY_SLUG = {step.slug: step for step in STEPS}
# Two sentences with a RAR requirement each, of a team on toolkits.
GITA = "X000006"
YES_OR_NO = st.sampled_from(["yes", "no"])
DAYS = [(date.today() + timedelta(days=each)).isoformat() for each in range(200)]

ANSWERS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "type": st.fixed_dictionaries({"type": st.sampled_from(["COAP", "CHVS", "COPT", "NONE"])}),
    "rar": st.fixed_dictionaries({"rar": YES_OR_NO}),
    "toolkit": st.fixed_dictionaries({"toolkit": st.sampled_from(["maps-for-change", "stepping-stones", "nat1"])}),
    "where": st.fixed_dictionaries({"office": st.sampled_from(["N90HAR", "N90LIB", "N90MIL"])}),
    "when": st.builds(
        lambda days, start, end: day_in(days) | {"start_time": start, "end_time": end},
        st.integers(0, 60),
        st.sampled_from(["9am", "noon", "9.30"]),
        st.sampled_from(["10am", "1pm"]),
    ),
    "repeat": st.fixed_dictionaries(
        {
            "repeat": YES_OR_NO,
            "frequency": st.sampled_from(["week", "month"]),
            "number": st.sampled_from(["1", "3", "0"]),
        }
    ),
    "repeat-rar": st.fixed_dictionaries({"repeat_rar": YES_OR_NO}),
    "notes": st.fixed_dictionaries({"notes": st.sampled_from(["", "Some"]), "notes_repeat": YES_OR_NO}),
    "sensitive": st.fixed_dictionaries({"sensitive": YES_OR_NO, "sensitive_repeat": YES_OR_NO}),
}
PICKS = ["requirement", "sentence", "dates"]
# What would be answered to whatever is asked, and which question is answered: mostly the one that comes next.
MOVES = st.lists(
    st.tuples(
        st.one_of(st.none(), st.none(), st.sampled_from([*ANSWERS, *PICKS])),
        st.fixed_dictionaries(ANSWERS),
        st.lists(st.booleans(), min_size=3, max_size=3),
    ),
    min_size=5,
    max_size=30,
)


@pytest.fixture
def situation(simulator: Any, rollout: None) -> Situation:
    """Gita's case, as Robin has it."""
    case = delius.case(GITA, username="ROBIN.SAMPLE")
    return Situation(case=case, username="ROBIN.SAMPLE", now=timezone.now())


def sent(journey: Journey, slug: str, answers: dict[str, Any], picks: list[bool]) -> QueryDict:
    """What a browser sends: an answer, or a choice among what the page offers."""
    data = QueryDict(mutable=True)
    if slug in answers:
        data.update(answers[slug])
        return data
    field = journey.form(STEPS_BY_SLUG[slug]).fields[{"dates": "dates"}.get(slug, slug)]
    offered = [value for value, _ in field.choices]  # type: ignore[attr-defined]
    picked = [value for value, wanted in zip(offered, picks, strict=False) if wanted]
    data.setlist(slug, picked if slug == "dates" else picked[:1])
    return data


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MOVES)
def test_only_answers_that_apply_are_kept_and_nothing_that_still_holds_is_asked_again(
    situation: Situation, moves: list[tuple[str | None, dict[str, Any], list[bool]]]
) -> None:
    journey = Journey(raw={}, situation=situation)
    for chosen, answers, picks in moves:
        step = STEPS_BY_SLUG[chosen] if chosen else journey.first_unfinished
        if step is None or not journey.may_visit(step):
            continue
        slug = step.slug
        form = journey.form(step, sent(journey, slug, answers, picks))
        if not form.is_valid():
            continue
        before, journey = journey, journey.with_answer(step, form)
        asked = {each.slug for each in journey.asked}
        assert set(journey.raw) == journey.answered <= asked
        assert slug in journey.answered
        for other in (before.answered & asked) - journey.answered:
            assert not journey.form(STEPS_BY_SLUG[other], before.raw[other]).is_valid()
        unfinished = journey.first_unfinished
        for each in journey.asked:
            if each is unfinished:
                break
            assert each.slug in journey.answered
        if unfinished is None:
            assert_the_answers_are_those_of_what_was_asked(journey)


def assert_the_answers_are_those_of_what_was_asked(journey: Journey) -> None:
    """Hold *Check your answers*, and what is booked, against the questions that apply."""
    asked = {each.slug for each in journey.asked}
    linked = {row.change_url.split("?")[0].rstrip("/").rsplit("/", 1)[-1] for row in check_rows(journey)} - {""}
    linked |= {row.change_url.split("?")[0].rstrip("/").rsplit("/", 1)[-1] for row in repeat_rows(journey)}
    assert linked == asked
    first, *repeats = appointment_requests(journey)
    assert [each.start.date() for each in repeats] == list(journey.answers.repeat_days)
    assert bool(first.toolkit) == bool(first.requirement_id) == bool(journey.answers.rar)
    assert bool(first.office_code) == ("where" in asked)
