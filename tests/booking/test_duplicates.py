"""Several open NSIs of one toolkit: one is used, somebody can pick another, and nobody makes a third."""

from datetime import date
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from booking.journey import shown_nsi
from booking.models import Booking, DuplicateNsis
from tests.booking.journeys import answer_all, day_in, press
from tests.booking.test_bad_input import errors_in
from tests.booking.test_confirming import asked, confirm
from tests.simulator_process import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.database]
DEV = "X000003"
CASE = f"/cases/{DEV}/arrange"


def choices_and_changes(simulator: Simulator, crn: str = DEV) -> list[dict[str, Any]]:
    return [nsi for nsi in simulator.nsis(crn) if nsi["type"] == "TKCAC"]


def arrive_at_the_answers(client: Client) -> str:
    answer_all(client, crn=DEV, toolkit="choices-and-changes", days=40)
    return str(client.get(f"{CASE}/check/").content.decode())


def signed_on(page: str) -> str:
    """The NSI that a page names, as it is signed into it."""
    return page.split('name="nsi" value="', 1)[1].split('"', 1)[0]


def used(simulator: Simulator, booking: Booking) -> int:
    (contact,) = [each for each in simulator.contacts(DEV) if each["contactId"] == booking.appointment_id]
    return int(contact["nsiId"])


def test_the_answers_say_which_of_several_records_will_be_used(robin: Client) -> None:
    page = arrive_at_the_answers(robin)
    assert "There are 2 Choices and Changes records for this person." in page
    assert "This appointment will be added to the one referred on " in page
    assert f'href="{CASE}/record/?change=1"' in page


@pytest.mark.parametrize("from_the_page", [True, False], ids=["known from the page", "found by Delius"])
def test_the_record_with_the_most_appointments_is_used_and_the_other_is_a_finding(
    robin: Client, simulator: Simulator, from_the_page: bool
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
    if from_the_page:
        press(robin, crn=DEV)
    else:
        confirm(robin, crn=DEV)
    booking = Booking.objects.get()
    assert booking.nsi_id == used(simulator, booking) == more["nsiId"]
    finding = DuplicateNsis.objects.get()
    assert (finding.chosen_nsi_id, finding.other_nsi_ids) == (more["nsiId"], [fewer["nsiId"]])
    assert len(choices_and_changes(simulator)) == 2


def test_another_record_can_be_picked_and_is_used(robin: Client, simulator: Simulator) -> None:
    arrive_at_the_answers(robin)
    page = robin.get(f"{CASE}/record/?change=1").content.decode()
    assert "Which Choices and Changes record will you add this appointment to?" in page
    assert "3 appointments so far" in page
    assert "1 appointment so far" in page
    first, second = (str(nsi["nsiId"]) for nsi in choices_and_changes(simulator))
    assert robin.post(f"{CASE}/record/?change=1", {"record": second})["Location"] == f"{CASE}/check/"
    press(robin, crn=DEV)
    booking = Booking.objects.get()
    assert booking.nsi_id == used(simulator, booking) == int(second)
    assert DuplicateNsis.objects.get().other_nsi_ids == [int(first)]


def test_a_record_that_is_not_offered_cannot_be_picked(robin: Client, simulator: Simulator) -> None:
    arrive_at_the_answers(robin)
    answer = robin.post(f"{CASE}/record/", {"record": "1"})
    assert errors_in(answer) == ["Select the record you will add this appointment to"]


def test_picking_another_toolkit_forgets_the_record_that_was_picked(robin: Client, simulator: Simulator) -> None:
    arrive_at_the_answers(robin)
    robin.post(f"{CASE}/record/", {"record": str(choices_and_changes(simulator)[0]["nsiId"])})
    robin.post(f"{CASE}/toolkit/?change=1", {"toolkit": "developing-dialogues"})
    assert "Toolkit record" not in robin.get(f"{CASE}/check/").content.decode()
    assert robin.get(f"{CASE}/record/")["Location"] == f"{CASE}/check/?problem=not-asked"


@pytest.mark.parametrize(("crn", "code"), [("X000001", "TKDEV"), ("X000028", "TKCON")])
def test_a_record_on_no_requirement_is_shown_as_what_it_is_and_not_used(
    robin: Client, simulator: Simulator, crn: str, code: str
) -> None:
    if crn == "X000001":
        simulator.add_nsi(crn, code, requirementId=None)
    (loose,) = [nsi for nsi in simulator.nsis(crn) if nsi["type"] == code]
    toolkit = {"TKDEV": "developing-dialogues", "TKCON": "connection-and-community"}[code]
    answer_all(robin, crn=crn, toolkit=toolkit)
    page = robin.get(f"/cases/{crn}/arrange/check/").content.decode()
    assert "record linked to no requirement" in page
    assert "It will not be used" in page
    press(robin, crn=crn)
    assert Booking.objects.get().nsi_id not in (None, loose["nsiId"])


def test_where_records_cannot_be_read_the_answers_say_so_and_confirming_goes_on(
    robin: Client, simulator: Simulator
) -> None:
    answer_all(robin)
    simulator.fault("getNsis", "status", status=429, times=2)
    page = robin.get("/cases/X000001/arrange/check/").content.decode()
    assert "We cannot see earlier Developing Dialogues records at the moment" in page
    press(robin)
    assert Booking.objects.get().state == "booked"


def test_a_finding_is_closed_by_the_next_booking_when_only_one_record_is_left(
    robin: Client, simulator: Simulator
) -> None:
    arrive_at_the_answers(robin)
    press(robin, crn=DEV)
    assert DuplicateNsis.objects.get().resolved_at is None
    simulator.soft_delete_nsi(choices_and_changes(simulator)[1]["nsiId"])
    answer_all(robin, crn=DEV, toolkit="choices-and-changes", days=41)
    press(robin, crn=DEV)
    assert DuplicateNsis.objects.get().resolved_at


class TestSigned:
    """The NSI that a page names is signed into it: it cannot be another, nor that of other answers."""

    def test_it_is_used_without_asking_delius_for_one(self, robin: Client, simulator: Simulator) -> None:
        arrive_at_the_answers(robin)
        simulator.clear_requests()
        press(robin, crn=DEV)
        assert "putNsi" not in asked(simulator)

    @pytest.mark.parametrize("how", ["a number", "changed", "signed for something else", "nothing"])
    def test_one_that_was_tampered_with_is_not_used(self, robin: Client, simulator: Simulator, how: str) -> None:
        (elsewhere,) = [nsi for nsi in simulator.nsis("X000002") if nsi["type"] == "TKCAC"]
        signed = signed_on(arrive_at_the_answers(robin))
        tampered = {
            "a number": str(elsewhere["nsiId"]),
            "changed": signed[:-1] + ("A" if signed[-1] != "A" else "B"),
            "signed for something else": signing.dumps(signing.loads(signed, salt=shown_nsi.SALT), salt="elsewhere"),
            "nothing": "",
        }[how]
        confirm(robin, crn=DEV, nsi=tampered)
        assert "putNsi" in asked(simulator)
        assert Booking.objects.get().nsi_id in [nsi["nsiId"] for nsi in choices_and_changes(simulator)]

    def test_that_of_another_person_is_not_used(self, robin: Client, simulator: Simulator) -> None:
        (elsewhere,) = [nsi for nsi in simulator.nsis("X000002") if nsi["type"] == "TKCAC"]
        answer_all(robin, crn="X000002", toolkit="choices-and-changes", days=40)
        of_clara = signed_on(robin.get("/cases/X000002/arrange/check/").content.decode())
        arrive_at_the_answers(robin)
        confirm(robin, crn=DEV, nsi=of_clara)
        assert Booking.objects.get().nsi_id != elsewhere["nsiId"]
        assert "putNsi" in asked(simulator)

    @pytest.mark.parametrize("changed", ["toolkit", "when"])
    def test_that_of_other_answers_of_the_same_person_is_not_used(
        self, robin: Client, simulator: Simulator, changed: str
    ) -> None:
        before = signed_on(arrive_at_the_answers(robin))
        other = {
            "toolkit": {"toolkit": "developing-dialogues"},
            "when": {**day_in(41), "start_time": "9am", "end_time": "10am"},
        }
        robin.post(f"{CASE}/{changed}/?change=1", other[changed])
        confirm(robin, crn=DEV, nsi=before)
        assert "putNsi" in asked(simulator)
        booking = Booking.objects.get()
        (nsi,) = [each for each in simulator.nsis(DEV) if each["nsiId"] == booking.nsi_id]
        assert nsi["type"] == {"toolkit": "TKDEV", "when": "TKCAC"}[changed]

    def test_that_of_an_earlier_booking_is_not_used_for_the_next(self, robin: Client, simulator: Simulator) -> None:
        signed = signed_on(arrive_at_the_answers(robin))
        confirm(robin, crn=DEV, nsi=signed)
        first = Booking.objects.get()
        simulator.end_nsi(first.nsi_id or 0, date.today().isoformat())
        answer_all(robin, crn=DEV, toolkit="choices-and-changes", days=41)
        confirm(robin, crn=DEV, nsi=signed)
        second = Booking.objects.exclude(id=first.id).get()
        assert second.nsi_id not in (None, first.nsi_id)

    def test_it_says_nothing_that_the_page_does_not(self, robin: Client) -> None:
        page = arrive_at_the_answers(robin)
        said = signing.loads(signed_on(page), salt=shown_nsi.SALT)
        assert [each for each in said if isinstance(each, str) and each not in page] == []
        assert {type(each) for each in said} == {str, int}


def test_a_page_that_knows_of_none_carries_none(robin: Client) -> None:
    answer_all(robin)
    assert 'name="nsi"' not in robin.get("/cases/X000001/arrange/check/").content.decode()
