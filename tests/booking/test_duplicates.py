"""Several open NSIs of one toolkit: one is used, somebody can pick another, and nobody makes a third."""

from typing import Any

import pytest
from django.test import Client

from booking.models import Booking, DuplicateNsis
from tests.booking.journeys import answer_all
from tests.booking.test_bad_input import errors_in
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db
DEV = "X000003"
CASE = f"/cases/{DEV}/arrange"


def choices_and_changes(simulator: Simulator, crn: str = DEV) -> list[dict[str, Any]]:
    return [nsi for nsi in simulator.nsis(crn) if nsi["type"] == "TKCAC"]


def arrive_at_the_answers(client: Client) -> str:
    answer_all(client, crn=DEV, toolkit="choices-and-changes", days=40)
    return str(client.get(f"{CASE}/check/").content.decode())


def press_confirm(client: Client) -> Booking:
    page = client.get(f"{CASE}/check/").content.decode()
    names = ("booking_id", "nsi", "answers")
    sent = {name: page.split(f'name="{name}" value="', 1)[1].split('"', 1)[0] for name in names}
    client.post(f"{CASE}/check/", sent)
    return Booking.objects.get()


def used(simulator: Simulator, booking: Booking) -> int:
    (contact,) = [each for each in simulator.contacts(DEV) if each["contactId"] == booking.appointment_id]
    return int(contact["nsiId"])


def test_the_answers_say_which_of_several_records_will_be_used(robin: Client) -> None:
    page = arrive_at_the_answers(robin)
    assert "There are 2 Choices and Changes records for this person." in page
    assert "This appointment will be added to the one referred on " in page
    assert f'href="{CASE}/record/?change=1"' in page


def test_the_record_with_the_most_appointments_is_used_and_the_other_is_a_finding(
    robin: Client, simulator: Simulator
) -> None:
    fewer, more = choices_and_changes(simulator)
    for hour in ("09", "11", "13", "15"):
        simulator.add_contact(
            DEV,
            start=f"2021-05-04T{hour}:00",
            end=f"2021-05-04T{hour}:30",
            type="COAP",
            nsiId=more["nsiId"],
            rarActivity=True,
        )
    arrive_at_the_answers(robin)
    booking = press_confirm(robin)
    assert booking.nsi_id == used(simulator, booking) == more["nsiId"]
    finding = DuplicateNsis.objects.get()
    assert (finding.chosen_nsi_id, finding.other_nsi_ids) == (more["nsiId"], [fewer["nsiId"]])
    assert len(choices_and_changes(simulator)) == 2


def test_another_record_can_be_picked_and_is_used(robin: Client, simulator: Simulator) -> None:
    arrive_at_the_answers(robin)
    asked = robin.get(f"{CASE}/record/?change=1").content.decode()
    assert "Which Choices and Changes record will you add this appointment to?" in asked
    assert "so far" in asked
    first, second = (str(nsi["nsiId"]) for nsi in choices_and_changes(simulator))
    default = first if f'value="{first}" checked' in asked else second
    other = second if default == first else first
    assert robin.post(f"{CASE}/record/?change=1", {"record": other})["Location"] == f"{CASE}/check/"
    booking = press_confirm(robin)
    assert booking.nsi_id == used(simulator, booking) == int(other)


def test_a_record_that_is_not_offered_cannot_be_picked(robin: Client, simulator: Simulator) -> None:
    arrive_at_the_answers(robin)
    answer = robin.post(f"{CASE}/record/", {"record": "1"})
    assert errors_in(answer) == ["Select the record you will add this appointment to"]


def test_a_tampered_record_is_not_used(robin: Client, simulator: Simulator) -> None:
    (elsewhere,) = [nsi for nsi in simulator.nsis("X000002") if nsi["type"] == "TKCAC"]
    arrive_at_the_answers(robin)
    page = robin.get(f"{CASE}/check/").content.decode()
    sent = {name: page.split(f'name="{name}" value="', 1)[1].split('"', 1)[0] for name in ("booking_id", "answers")}
    robin.post(f"{CASE}/check/", {**sent, "nsi": str(elsewhere["nsiId"])})
    assert Booking.objects.get().nsi_id in [nsi["nsiId"] for nsi in choices_and_changes(simulator)]


def test_picking_another_toolkit_forgets_the_record_that_was_picked(robin: Client, simulator: Simulator) -> None:
    arrive_at_the_answers(robin)
    robin.post(f"{CASE}/record/", {"record": str(choices_and_changes(simulator)[0]["nsiId"])})
    robin.post(f"{CASE}/toolkit/?change=1", {"toolkit": "developing-dialogues"})
    assert "Toolkit record" not in robin.get(f"{CASE}/check/").content.decode()
    assert robin.get(f"{CASE}/record/")["Location"] == f"{CASE}/check/?problem=not-asked"


def test_a_record_on_no_requirement_is_shown_as_what_it_is_and_not_used(robin: Client, simulator: Simulator) -> None:
    loose = simulator.add_nsi("X000001", "TKDEV", requirementId=None)
    answer_all(robin)
    page = robin.get("/cases/X000001/arrange/check/").content.decode()
    assert "There is also a Developing Dialogues record linked to no requirement" in page
    assert "It will not be used" in page
    sent = {name: page.split(f'name="{name}" value="', 1)[1].split('"', 1)[0] for name in ("booking_id", "answers")}
    robin.post("/cases/X000001/arrange/check/", sent)
    assert Booking.objects.get().nsi_id != loose["nsiId"]


def test_where_records_cannot_be_read_the_answers_say_so_and_confirming_goes_on(
    robin: Client, simulator: Simulator
) -> None:
    answer_all(robin)
    simulator.fault("nsis", "status", status=429)
    page = robin.get("/cases/X000001/arrange/check/").content.decode()
    assert "We cannot see earlier Developing Dialogues records at the moment" in page


def test_a_finding_is_closed_when_only_one_record_is_left(robin: Client, simulator: Simulator) -> None:
    arrive_at_the_answers(robin)
    booking = press_confirm(robin)
    DuplicateNsis.objects.update(other_nsi_ids=[1])
    from booking.services import duplicates

    duplicates.note(booking, others=())
    assert DuplicateNsis.objects.get().tidied_at
