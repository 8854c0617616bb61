"""Nothing that can be typed or tampered with breaks a page."""

from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.models import Draft
from tests.booking.journeys import ORDER, answer_all, answer_up_to
from tests.hostile.inputs import TRICKS, urlencoded
from tests.hostile.reading import assert_harmless
from tests.simulator_process import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.database]
CASE = "/cases/X000001/arrange"


@pytest.mark.parametrize("step", ORDER)
def test_hostile_text_in_any_input_is_answered_with_a_page(robin: Client, step: str) -> None:
    answer_up_to(robin, step)
    names = ("type", "rar", "toolkit", "office", "date_day", "date_month", "date_year", "start_time", "end_time")
    path = f"{CASE}/{step}/"
    for typed in TRICKS:
        sent = urlencoded([(name.encode(), typed) for name in (*names, "notes", "sensitive")])
        answer = robin.post(path, sent, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in {200, 302}
        assert_harmless(answer, path=path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["date_day", "date_month", "date_year", "start_time", "end_time"]),
        st.text(st.characters(codec="utf-8"), max_size=20),
    )
)
def test_whatever_is_typed_as_date_and_times_is_answered_with_a_page(robin: Client, typed: dict[str, str]) -> None:
    if not Draft.objects.filter(answers__has_key="where").exists():
        answer_up_to(robin, "when")
    assert robin.post(f"{CASE}/when/", typed).status_code in {200, 302}


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
@pytest.mark.parametrize("path", ["/", f"{CASE}/", f"{CASE}/type/", f"{CASE}/check/", f"{CASE}/discard/", "/guidance/"])
def test_other_methods_are_refused(robin: Client, method: str, path: str) -> None:
    assert getattr(robin, method)(path).status_code == 405


@pytest.mark.parametrize("path", ["/sign-in/", "/signed-out/", "/guidance/", f"{CASE}/location-not-listed/"])
def test_pages_answer_a_head_request_as_they_answer_a_get(robin: Client, path: str) -> None:
    assert robin.head(path).status_code == robin.get(path).status_code


@pytest.mark.parametrize("booking_id", ["", "x", "0" * 500, "\x00", "00000000-0000-0000-0000-000000000000"])
def test_a_tampered_booking_id_books_what_the_draft_says_and_only_once(
    robin: Client, simulator: Simulator, booking_id: str
) -> None:
    answer_all(robin)
    fingerprint = Draft.objects.get().fingerprint
    for _ in range(2):
        robin.post(f"{CASE}/check/", {"booking_id": booking_id, "answers": fingerprint})
    booked = [
        each for each in simulator.contacts("X000001") if each["createdBy"] == "ROBIN.SAMPLE" and each["rarActivity"]
    ]
    assert len(booked) == 1


@pytest.mark.parametrize(
    "answers",
    [{"type": {"type": ["COAP"]}}, {"type": {}}, {"no-longer-a-question": {"a": "b"}}, {"type": {"type": None}}],
)
def test_a_draft_with_answers_that_make_no_sense_starts_the_journey_again(robin: Client, answers: Any) -> None:
    robin.get(f"{CASE}/")
    Draft.objects.update(answers=answers)
    assert robin.get(f"{CASE}/", follow=True).status_code == 200
