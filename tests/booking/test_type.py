"""Types of appointment other than the four that are arranged most."""

import re

import pytest
from django.test import Client

from booking.models import Booking
from tests.booking.journeys import answer_all, answer_up_to
from tests.booking.test_bad_input import errors_in
from tests.booking.test_confirming import confirm
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


def test_a_type_that_delius_does_not_link_to_the_toolkit_is_refused_with_the_way_out(
    robin: Client, simulator: Simulator
) -> None:
    answer_all(robin)
    simulator.fault("create_appointment", "status", status=400)
    page = robin.get(confirm(robin)["Location"]).content.decode()
    assert f'href="{CASE}/type/?change=1"' in page
    assert Booking.objects.get().state == "refused"
    assert robin.get(f"{CASE}/type/?change=1").status_code == 200
