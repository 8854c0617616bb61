"""At which of the team's offices."""

import re
from dataclasses import replace

import pytest
from django.test import Client
from django.utils import timezone

from booking.journey.journey import Journey
from booking.journey.request import appointment_requests
from booking.journey.situation import Situation
from booking.models import Booking, Draft
from booking.services.confirm import submit
from delius import selectors as delius
from tests.booking.journeys import answer_all, answer_up_to, press
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db
OMAR = "X000014"
MILL_LANE = {
    "N90MIL": "Mill Lane Probation Office, Mill Lane House, 4 Mill Lane, Northmoor, Exampleshire, ZZ99 9ZZ",
    "N90MI2": "Mill Lane Probation Office, 61 Invented Street, Northmoor, Exampleshire, ZZ99 9ZZ",
    "N90MI3": "Mill Lane Probation Office, Weir Court, 2 Sample Square, Westmoor, Exampleshire, ZZ99 9ZZ",
}


def offered(client: Client, crn: str) -> dict[str, str]:
    """The offices of the question, by code."""
    page = client.get(f"/cases/{crn}/arrange/where/").content.decode()
    radio = r'name="office" type="radio" value="([^"]+)"[^>]*>\s*<label[^>]*>\s*([^<]+?)\s*</label>'
    return {code: name for code, name in re.findall(radio, page) if code.startswith("N90")}


def test_offices_of_one_name_are_told_apart_by_their_addresses_until_after_confirming(
    jo: Client, simulator: Simulator
) -> None:
    jo.post(f"/cases/{OMAR}/arrange/type/", {"type": "COAP"})
    jo.post(f"/cases/{OMAR}/arrange/rar/", {"rar": "no"})
    assert offered(jo, OMAR) == MILL_LANE
    answer_all(jo, crn=OMAR, office="N90MI3", rar="no")
    assert MILL_LANE["N90MI3"] in jo.get(f"/cases/{OMAR}/arrange/check/").content.decode()
    page = jo.get(press(jo, crn=OMAR)["Location"]).content.decode()
    assert MILL_LANE["N90MI3"] in page
    assert Booking.objects.get().office_code == "N90MI3"


def test_offices_whose_names_differ_are_called_by_their_names_alone(robin: Client) -> None:
    answer_up_to(robin, "where")
    assert list(offered(robin, "X000001").values()) == [
        "Harrow End Probation Office",
        "Northmoor Library",
        "Wharfside Centre",
    ]


def test_names_of_any_length_can_be_booked(robin: Client, simulator: Simulator, rollout: None) -> None:
    answer_all(robin)
    draft = Draft.objects.get()
    case = delius.case("X000001", username="ROBIN.SAMPLE")
    situation = Situation(case=case, username="ROBIN.SAMPLE", now=timezone.now())
    [request] = appointment_requests(Journey(raw=draft.answers, situation=situation))
    booking, _ = submit(draft=draft, requests=[replace(request, type_name="T" * 300, office_name="O" * 300)])
    assert (booking.type_name, booking.office_name) == ("T" * 100, "O" * 200)
