"""Types of appointment other than the four that are arranged most."""

import re
from dataclasses import replace

import pytest
from django.test import Client
from django.utils import timezone

from booking.journey.journey import Journey
from booking.journey.situation import Situation
from booking.journey.steps import STEPS
from booking.models import Booking, Draft
from delius import selectors as delius
from tests.booking.journeys import answer_all, answer_up_to
from tests.booking.test_bad_input import errors_in
from tests.booking.test_confirming import asked, confirm
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db
CASE = "/cases/X000001/arrange"
MISSING = "Select another type of appointment from the list"


def offered(client: Client, crn: str = "X000001") -> dict[str, str]:
    """The other types that are offered, by code."""
    page = client.get(f"/cases/{crn}/arrange/type/").content.decode()
    select = re.search(r"<select.*?</select>", page, re.DOTALL)
    assert select
    return {code: name.strip() for code, name in re.findall(r'<option value="(\w+)"[^>]*>([^<]+)', select[0])}


def test_other_types_are_offered_by_name_without_those_arranged_most(robin: Client) -> None:
    types = offered(robin)
    assert types
    assert list(types.values()) == sorted(types.values(), key=str.casefold)
    assert not {"COAP", "CHVS", "COVC", "COPT"} & types.keys()


def test_only_types_that_match_the_sentence_are_offered(robin: Client) -> None:
    assert offered(robin).keys() != offered(robin, "X000010").keys()


def test_a_type_that_hangs_from_the_person_and_not_from_a_sentence_is_not_offered(robin: Client) -> None:
    assert "CPER" not in offered(robin)
    assert errors_in(robin.post(f"{CASE}/type/", {"type": "other", "other": "CPER"})) == [MISSING]


def test_another_type_is_arranged_under_its_name_in_delius(robin: Client, simulator: Simulator) -> None:
    code, name = next(iter(offered(robin).items()))
    robin.post(f"{CASE}/type/", {"type": "other", "other": code})
    answer_all(robin, rar="no")
    assert name in robin.get(f"{CASE}/check/").content.decode()
    confirm(robin)
    booked = Booking.objects.get()
    assert (booked.state, booked.type_code) == ("booked", code)
    (made,) = [each for each in simulator.contacts("X000001") if each["contactId"] == booked.appointment_id]
    assert made["type"] == code


@pytest.mark.parametrize("other", [{}, {"other": "COAP"}, {"other": "X"}])
def test_other_without_a_type_from_the_list_is_an_error(robin: Client, other: dict[str, str]) -> None:
    assert errors_in(robin.post(f"{CASE}/type/", {"type": "other"} | other)) == [MISSING]


def test_what_was_begun_under_other_is_forgotten_where_a_usual_type_is_chosen(robin: Client) -> None:
    answer = robin.post(f"{CASE}/type/", {"type": "COAP", "other": "nonsense"})
    assert answer["Location"] == f"{CASE}/rar/"


@pytest.mark.parametrize("kind", ["CHVS", "COVC", "COPT"])
def test_a_home_visit_video_call_or_phone_call_is_not_asked_where(robin: Client, kind: str) -> None:
    answer_up_to(robin, "where", type=kind)
    assert robin.get(f"{CASE}/")["Location"] == f"{CASE}/when/"


# Delius links no toolkit to a group session.
GROUP = {"type": "other", "other": "CGRP"}
NO_TOOLKIT = "Group Session (NS) cannot be a RAR toolkit session. Select no, or go back and change the type"


def test_a_type_that_no_toolkit_is_linked_to_cannot_count_towards_rar_and_the_question_says_so(
    robin: Client, simulator: Simulator
) -> None:
    robin.post(f"{CASE}/type/", GROUP)
    assert errors_in(robin.post(f"{CASE}/rar/", {"rar": "yes"})) == [NO_TOOLKIT]
    assert robin.post(f"{CASE}/rar/", {"rar": "no"}).status_code == 302
    assert [each for each in asked(simulator) if each.startswith("put")] == []


def test_a_type_that_is_changed_to_one_without_toolkits_asks_again_whether_it_counts(robin: Client) -> None:
    answer_all(robin)
    assert robin.post(f"{CASE}/type/?change=1", GROUP)["Location"].startswith(f"{CASE}/rar/")
    assert "rar" not in Draft.objects.get().answers


def test_a_toolkit_that_the_type_is_not_linked_to_is_refused_on_the_question(
    simulator: Simulator, rollout: None
) -> None:
    case = delius.case("X000001", username="ROBIN.SAMPLE")
    situation = Situation(case=case, username="ROBIN.SAMPLE", now=timezone.now())
    kind = situation.appointment_types["COAP"].model_copy(update={"nsi_type_codes": frozenset({"TKMAP"})})
    situation._types = replace(situation._types, featured={"COAP": kind})
    journey = Journey(raw={"type": {"type": "COAP"}, "rar": {"rar": "yes"}}, situation=situation)
    (step,) = [step for step in STEPS if step.slug == "toolkit"]
    refused = journey.form(step, {"toolkit": "developing-dialogues"})
    assert refused.errors["toolkit"] == [
        "Developing Dialogues cannot be used with this type of appointment (Office visit). "
        "Select another toolkit, or go back and change the type"
    ]
    assert journey.form(step, {"toolkit": "maps-for-change"}).is_valid()
