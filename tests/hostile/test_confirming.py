"""Confirming is the one thing that writes to Delius: what is sent with it changes nothing about what is written."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from booking.journey.steps import STEPS
from booking.models import Draft
from tests.booking.test_confirming import confirm, toolkit_nsis, visits
from tests.hostile.inputs import EXAMPLES, Hostile, as_often, bodies, urlencoded
from tests.hostile.reading import Form, Page, assert_harmless
from tests.hostile.world import GITA, OF_TERRY, World, rar_requirements

pytestmark = pytest.mark.django_db
# Half an hour for each booking, so that none is at the time of another.
A_DAY = 20
# So many bookings of one person at once: with thousands of appointments each next one takes seconds to read.
AT_ONCE = 200
# A request that is too long, or has a NUL in its address, is nobody's confirmation.
CANNOT_BE_READ = (400, 413)


def at_a_time_of_its_own(answers: dict[str, Any], number: int) -> dict[str, Any]:
    """The answers for another day or hour than those of any other number."""
    day, half_hours = timezone.localdate() + timedelta(days=60 + number // A_DAY), number % A_DAY
    hour, minute = 8 + half_hours // 2, 30 * (half_hours % 2)
    ends = f"{hour + minute // 30}:{30 - minute:02}"
    when = {"date_day": str(day.day), "date_month": str(day.month), "date_year": str(day.year)}
    return answers | {
        "when": {**when, "start_time": f"{hour}:{minute:02}", "end_time": ends},
        "repeat": {"repeat": "no"},
    }


def contact_ids(world: World) -> set[int]:
    return {visit["contactId"] for visit in visits(world.simulator, GITA)}


def booked_since(world: World, known: set[int]) -> list[dict[str, Any]]:
    """Gita's visits without those that were there before."""
    return [visit for visit in visits(world.simulator, GITA) if visit["contactId"] not in known]


@pytest.mark.parametrize("examples", [min(AT_ONCE, EXAMPLES)] * max(1, EXAMPLES // AT_ONCE))
def test_confirming_with_hostile_fields_books_the_answers_on_a_record_that_was_offered(
    world: World, examples: int
) -> None:
    requirement = rar_requirements(GITA)[0].requirement_id
    offered = {nsi["nsiId"] for nsi in toolkit_nsis(world.simulator, GITA)}
    others = [str(world.simulator.add_nsi("X000001", "TKDEV")["nsiId"]), "1", *map(str, offered)]
    before, known = len(visits(world.simulator)), contact_ids(world)
    answers, user_id = world.draft.answers, world.draft.user_id
    path, sent, refused = f"/cases/{GITA}/arrange/check/", [], 0
    booking_ids = [str(each.pk) for each in world.bookings.values() if each.user_id != user_id] or [str(uuid.uuid4())]
    form = Form("post", path, {"nsi": others, "booking_id": booking_ids, "csrfmiddlewaretoken": ["x"]})

    @as_often(examples)
    @given(bodies(form))
    def hold(hostile: Hostile) -> None:
        nonlocal refused
        draft, _ = Draft.objects.update_or_create(
            user_id=user_id,
            crn=GITA,
            defaults={"answers": at_a_time_of_its_own(answers, len(sent)), "booking_id": uuid.uuid4()},
        )
        sent.append(draft.booking_id)
        last = urlencoded([(b"answers", draft.fingerprint.encode())]).encode()
        kind = "application/x-www-form-urlencoded"
        body = hostile.body + b"&" + last if hostile.content_type == kind else last
        answer = world.robin.generic("POST", path, body, kind, QUERY_STRING=hostile.query)
        assert_harmless(answer, path=path)
        refused += answer.status_code in CANNOT_BE_READ

    hold()
    booked = booked_since(world, known)
    assert len(booked) == len(sent) - refused
    assert {visit["nsiId"] for visit in booked} <= offered
    assert {nsi["requirementId"] for nsi in toolkit_nsis(world.simulator, GITA)} == {requirement}
    assert {(visit["type"], visit["officeLocationCode"], visit["staff"], visit["notes"]) for visit in booked} == {
        ("COAP", "N90HAR", "N90A001", "Bring it")
    }
    assert len(visits(world.simulator)) == before


def test_after_hostile_answers_to_every_question_the_journey_goes_on_and_books_what_was_typed(world: World) -> None:
    robin, number, known = world.robin, 0, contact_ids(world)
    paths = {step.slug: f"/cases/{GITA}/arrange/{step.slug}/" for step in STEPS if step.slug not in OF_TERRY}
    pages = [Page(robin.get(path).content.decode(), path=path) for path in paths.values()]
    forms = [form for page in pages for form in page.forms if form.path == page.path]

    @as_often(max(2, EXAMPLES // 50))
    @given(st.tuples(*map(bodies, forms)))
    def hold(hostile: tuple[Hostile, ...]) -> None:
        nonlocal number
        for path, each in zip(paths.values(), hostile, strict=True):
            answer = robin.generic("POST", path, each.body, each.content_type, QUERY_STRING=each.query)
            assert_harmless(answer, path=path)
        number += 1
        typed = at_a_time_of_its_own(world.draft.answers, number) | {"notes": {"notes": f"Number {number}"}}
        for slug, path in paths.items():
            robin.post(path, typed.get(slug, {}))
        assert robin.get(f"/cases/{GITA}/arrange/")["Location"] == f"/cases/{GITA}/arrange/check/"
        confirm(robin, crn=GITA)

    hold()
    booked = booked_since(world, known)
    assert [visit["notes"] for visit in booked] == [f"Number {each + 1}" for each in range(number)]
