"""What becomes of a confirmed appointment, whatever happens between us and Delius."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from booking.models import Booking, BookingHistory, BookingState, Draft, Lease
from tests.booking.journeys import answer_all, day_in, sent_by_the_page_of, typed
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db
CASE = "/cases/X000001/arrange"


def confirm(client: Client, *, crn: str = "X000001") -> Any:
    """Press *Confirm this appointment* on the page as it is."""
    draft = Draft.objects.get(crn=crn, user_id=client.session["_auth_user_id"])
    return client.post(f"/cases/{crn}/arrange/check/", sent_by_the_page_of(draft))


def toolkit_nsis(simulator: Simulator, crn: str = "X000001", code: str = "TKDEV") -> list[dict[str, Any]]:
    return [nsi for nsi in simulator.nsis(crn) if nsi["type"] == code and not nsi["softDeleted"]]


def visits(simulator: Simulator, crn: str = "X000001") -> list[dict[str, Any]]:
    """The office visits from today on."""
    today = date.today().isoformat()
    return [each for each in simulator.contacts(crn) if each["type"] == "COAP" and each["start"] >= today]


def test_what_was_typed_is_what_delius_holds(robin: Client, simulator: Simulator) -> None:
    answer_all(robin, notes="Bring the workbook.", sensitive="yes", days=9)
    answer = confirm(robin)
    booked = Booking.objects.get()
    assert answer["Location"] == f"/cases/X000001/appointments/{booked.id}/"
    assert "Appointment arranged" in robin.get(answer["Location"]).content.decode()
    (nsi,) = toolkit_nsis(simulator)
    assert {name: nsi[name] for name in ("status", "provider", "team", "staff", "createdBy", "referralDate")} == {
        "status": "INPROG",
        "provider": "N90",
        "team": "N90AAA",
        "staff": "N90A001",
        "createdBy": "ROBIN.SAMPLE",
        "referralDate": date.today().isoformat(),
    }
    assert nsi["externalReference"] == booked.urn
    (visit,) = visits(simulator)
    day = (date.today() + timedelta(days=9)).isoformat()
    assert (visit["start"], visit["end"]) == (f"{day}T09:00", f"{day}T09:30")
    assert (visit["notes"], visit["sensitive"], visit["officeLocationCode"]) == ("Bring the workbook.", True, "N90HAR")
    assert (visit["nsiId"], visit["requirementId"], visit["rarActivity"]) == (nsi["nsiId"], None, True)
    assert visit["createdBy"] == "ROBIN.SAMPLE"


def test_an_appointment_without_rar_hangs_from_the_sentence_and_makes_no_nsi(
    robin: Client, simulator: Simulator
) -> None:
    before = simulator.nsis("X000001")
    answer_all(robin, rar="no")
    confirm(robin)
    assert simulator.nsis("X000001") == before
    (visit,) = visits(simulator)
    assert (visit["nsiId"], visit["requirementId"], visit["rarActivity"]) == (None, None, None)


def test_somebody_on_an_order_from_before_2005_can_be_given_an_appointment(robin: Client, simulator: Simulator) -> None:
    answer_all(robin, crn="X000010", type="COPT")
    confirm(robin, crn="X000010")
    assert Booking.objects.get().state == BookingState.BOOKED
    assert simulator.nsis("X000010") == []


def test_the_toolkits_nsi_is_used_again_where_there_is_one(robin: Client, simulator: Simulator) -> None:
    (there,) = toolkit_nsis(simulator, "X000002", "TKCAC")
    answer_all(robin, crn="X000002", toolkit="choices-and-changes", days=40)
    confirm(robin, crn="X000002")
    assert toolkit_nsis(simulator, "X000002", "TKCAC") == [there]
    assert there["nsiId"] in [visit["nsiId"] for visit in visits(simulator, "X000002")]


@pytest.mark.parametrize(
    ("crn", "toolkit", "code"),
    [("X000004", "developing-dialogues", "TKDEV"), ("X000005", "maps-for-change", "TKMAP")],
    ids=["soft-deleted", "ended"],
)
def test_an_nsi_that_is_over_is_not_used_again(
    robin: Client, simulator: Simulator, crn: str, toolkit: str, code: str
) -> None:
    before = {nsi["nsiId"] for nsi in simulator.nsis(crn)}
    answer_all(robin, crn=crn, toolkit=toolkit, days=40)
    confirm(robin, crn=crn)
    (made,) = [nsi for nsi in simulator.nsis(crn) if nsi["nsiId"] not in before]
    assert made["type"] == code
    assert made["nsiId"] in [visit["nsiId"] for visit in visits(simulator, crn)]


def test_of_two_duplicate_nsis_one_is_used_and_no_third_is_made(robin: Client, simulator: Simulator) -> None:
    before = simulator.nsis("X000003")
    answer_all(robin, crn="X000003", toolkit="choices-and-changes", days=40)
    confirm(robin, crn="X000003")
    assert simulator.nsis("X000003") == before


@pytest.mark.parametrize(
    ("toolkit", "code", "sub_type", "length"),
    [("skills-for-relationships", "TKSFR", None, 10), ("new-me-mot", "TKNEW", "TKNEW1", None)],
    ids=["a type with a session count", "a type with a sub type"],
)
def test_a_toolkit_with_its_own_demands_is_recorded_with_them(
    robin: Client, simulator: Simulator, toolkit: str, code: str, sub_type: str | None, length: int | None
) -> None:
    answer_all(robin, toolkit=toolkit)
    confirm(robin)
    (nsi,) = toolkit_nsis(simulator, code=code)
    assert (nsi["subType"], nsi["length"]) == (sub_type, length)


def test_a_page_that_shows_older_answers_confirms_nothing_and_shows_the_new_ones(
    robin: Client, simulator: Simulator
) -> None:
    answer_all(robin, notes="Old")
    old_page = sent_by_the_page_of(Draft.objects.get())
    robin.post(f"{CASE}/notes/", {"notes": "New"})
    answer = robin.post(f"{CASE}/check/", old_page)
    assert "Your answers were changed in another tab" in answer.content.decode()
    assert "New" in answer.content.decode()
    assert visits(simulator) == []


def test_pressing_the_button_again_or_reloading_books_once(robin: Client, simulator: Simulator) -> None:
    answer_all(robin)
    sent = sent_by_the_page_of(Draft.objects.get())
    answers = [robin.post(f"{CASE}/check/", sent)["Location"] for _ in range(3)]
    assert len(set(answers)) == 1
    assert len(visits(simulator)) == 1
    assert len(toolkit_nsis(simulator)) == 1


def test_going_back_after_confirming_leads_to_what_was_arranged(robin: Client) -> None:
    answer_all(robin)
    arranged = confirm(robin)["Location"]
    assert robin.get(f"{CASE}/check/")["Location"] == arranged


def test_a_second_appointment_for_the_same_person_can_be_arranged_afterwards(
    robin: Client, simulator: Simulator
) -> None:
    for days in (7, 14):
        answer_all(robin, days=days)
        confirm(robin)
    assert len(visits(simulator)) == 2
    assert len(toolkit_nsis(simulator)) == 1


@pytest.mark.django_db(transaction=True)
def test_the_button_pressed_four_times_at_once_books_once(
    signed_in: Callable[[str], Client], simulator: Simulator
) -> None:
    client = signed_in("ROBIN.SAMPLE")
    answer_all(client)
    sent = sent_by_the_page_of(Draft.objects.get())

    def press(_: int) -> str:
        copy = Client()
        copy.cookies = client.cookies
        try:
            return str(copy.post(f"{CASE}/check/", sent)["Location"])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(press, range(4)))) == 1
    assert len(visits(simulator)) == 1
    assert len(toolkit_nsis(simulator)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_who_book_the_same_toolkit_at_once_share_one_nsi(
    signed_in: Callable[[str], Client], simulator: Simulator
) -> None:
    robin, terry = signed_in("ROBIN.SAMPLE"), signed_in("TERRY.TWOTEAMS")
    answer_all(robin, days=7)
    terry.post(f"{CASE}/team/", {"team": "N90AAA"})
    answer_all(terry, days=8)
    simulator.fault("create_nsi", "latency", seconds=0.3)

    def press(client: Client) -> None:
        try:
            confirm(client)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(press, (robin, terry)))
    assert len(toolkit_nsis(simulator)) == 1
    assert {visit["nsiId"] for visit in visits(simulator)} == {toolkit_nsis(simulator)[0]["nsiId"]}
    assert len(visits(simulator)) == 2


def test_a_clash_returns_to_when_with_an_error_and_keeps_every_answer(robin: Client, simulator: Simulator) -> None:
    day = (date.today() + timedelta(days=7)).isoformat()
    simulator.add_contact("X000001", start=f"{day}T09:15", end=f"{day}T10:00")
    answer_all(robin, notes="Keep me.")
    answer = confirm(robin)
    assert answer["Location"] == f"{CASE}/when/?change=1&problem=clash"
    page = robin.get(answer["Location"]).content.decode()
    assert "<title>Error: When will the appointment be?" in page
    assert "already has an appointment at this time" in page
    assert 'value="9:30am"' in page
    # Another time is all it takes.
    when = day_in(7) | {"start_time": "2pm", "end_time": "3pm"}
    assert robin.post(f"{CASE}/when/", when)["Location"] == f"{CASE}/check/"
    confirm(robin)
    (visit,) = [each for each in visits(simulator) if each["start"] == f"{day}T14:00"]
    assert visit["notes"] == "Keep me."
    assert len(toolkit_nsis(simulator)) == 1


def test_a_refusal_shows_delius_reason_and_the_answers_can_be_changed_and_confirmed_again(
    robin: Client, simulator: Simulator
) -> None:
    simulator.fault("create_appointment", "status", status=400)
    answer_all(robin)
    page = robin.get(confirm(robin)["Location"]).content.decode()
    assert "This appointment was not arranged" in page
    assert robin.get(f"{CASE}/")["Location"] == f"{CASE}/check/"
    confirm(robin)
    assert len(visits(simulator)) == 1
    assert len(toolkit_nsis(simulator)) == 1
    assert [each.state for each in Booking.objects.order_by("created_at")] == ["refused", "booked"]


@pytest.mark.parametrize("operation", ["nsis", "create_nsi", "create_appointment"])
def test_where_nothing_reached_delius_the_person_is_told_nothing_is_lost_and_a_second_try_books_once(
    robin: Client, simulator: Simulator, operation: str
) -> None:
    answer_all(robin, notes="Keep me.")
    simulator.fault(operation, "status", status=429, times=None)
    address = confirm(robin)["Location"]
    assert "Nothing is lost" in robin.get(address).content.decode()
    assert visits(simulator) == []
    simulator.clear_faults()
    robin.post(address)
    assert [visit["notes"] for visit in visits(simulator)] == ["Keep me."]
    assert len(toolkit_nsis(simulator)) == 1


@pytest.mark.parametrize("operation", ["create_nsi", "create_appointment"])
@pytest.mark.parametrize("kind", ["drop_after", "malformed"])
def test_a_lost_answer_is_never_answered_by_sending_again_blindly(
    robin: Client, simulator: Simulator, operation: str, kind: str
) -> None:
    answer_all(robin)
    simulator.fault(operation, kind)
    page = robin.get(confirm(robin)["Location"])
    assert "We’re still saving this appointment" in page.content.decode()
    booking = Booking.objects.get()
    assert booking.state == BookingState.UNCERTAIN
    assert str(booking.id) in robin.get("/").content.decode()
    robin.post(f"/cases/X000001/appointments/{booking.id}/")
    assert Booking.objects.get().state == BookingState.BOOKED
    assert len(visits(simulator)) == 1
    assert len(toolkit_nsis(simulator)) == 1


@pytest.mark.parametrize("operation", ["create_nsi", "create_appointment"])
def test_what_delius_never_did_is_sent_again_only_after_it_had_time_to_do_it(
    robin: Client, simulator: Simulator, operation: str
) -> None:
    answer_all(robin)
    simulator.fault(operation, "drop_before")
    address = confirm(robin)["Location"]
    robin.post(address)
    assert Booking.objects.get().state == BookingState.UNCERTAIN
    later = datetime.now().astimezone() + timedelta(seconds=31)
    simulator.freeze(later.isoformat())
    with time_machine.travel(later, tick=True):
        robin.post(address)
    assert Booking.objects.get().state == BookingState.BOOKED
    assert len(visits(simulator)) == 1
    assert len(toolkit_nsis(simulator)) == 1


def test_an_appointment_sent_by_a_process_that_died_is_found_and_not_sent_again(
    robin: Client, simulator: Simulator
) -> None:
    answer_all(robin)
    simulator.fault("create_appointment", "drop_after")
    address = confirm(robin)["Location"]
    # The state as a process leaves it that was killed after sending: the send is on record and its outcome is not.
    Booking.objects.update(state=BookingState.NSI_READY)
    BookingHistory.objects.filter(to_state=BookingState.UNCERTAIN).delete()
    simulator.clear_requests()
    robin.post(address)
    assert Booking.objects.get().state == BookingState.BOOKED
    assert "create_appointment" not in [each["operation"] for each in simulator.requests()]
    assert len(visits(simulator)) == 1


def test_a_clash_with_our_own_lost_appointment_is_not_called_somebody_elses(
    robin: Client, simulator: Simulator
) -> None:
    answer_all(robin)
    simulator.fault("create_appointment", "drop_after")
    address = confirm(robin)["Location"]
    # As if a read had missed it, because Delius wrote it late.
    Booking.objects.update(state=BookingState.NSI_READY, sent_at=None)
    robin.post(address)
    assert Booking.objects.get().state == BookingState.BOOKED
    assert len(visits(simulator)) == 1


def test_answers_cannot_change_while_it_is_unknown_what_became_of_them(robin: Client, simulator: Simulator) -> None:
    answer_all(robin)
    simulator.fault("create_appointment", "drop_after")
    address = confirm(robin)["Location"]
    assert robin.post(f"{CASE}/notes/", typed(notes="Other")["notes"])["Location"] == address
    assert robin.post(f"{CASE}/discard/")["Location"] == address
    assert robin.post(f"{CASE}/check/", {"booking_id": str(Booking.objects.get().id)})["Location"] == address
    assert len(visits(simulator)) == 1


@pytest.mark.parametrize("at_work", ["now", "until it died"])
def test_answers_cannot_change_while_a_process_is_at_work_on_the_booking(
    robin: Client, simulator: Simulator, at_work: str
) -> None:
    answer_all(robin)
    simulator.fault("create_appointment", "status", status=429)
    confirm(robin)
    booking = Booking.objects.get()
    if at_work == "now":
        Lease.objects.create(
            key=f"booking:{booking.id}", owner=booking.id, expires_at=timezone.now() + timedelta(seconds=60)
        )
    else:
        Booking.objects.update(sent_at=timezone.now())
    answer = robin.post(f"{CASE}/notes/", {"notes": "Changed"})
    assert answer["Location"] == f"/cases/X000001/appointments/{booking.id}/"
    assert Booking.objects.get().state == BookingState.NSI_READY


def test_changing_an_answer_after_a_failed_try_books_only_the_changed_appointment(
    robin: Client, simulator: Simulator
) -> None:
    answer_all(robin)
    simulator.fault("create_appointment", "status", status=429)
    confirm(robin)
    robin.post(f"{CASE}/notes/", {"notes": "Changed"})
    confirm(robin)
    assert [visit["notes"] for visit in visits(simulator)] == ["Changed"]
    assert sorted(Booking.objects.values_list("state", flat=True)) == ["booked", "cancelled"]


def test_the_history_of_a_booking_tells_what_happened_and_holds_no_notes(robin: Client, simulator: Simulator) -> None:
    answer_all(robin, notes="Private words")
    confirm(robin)
    history = list(Booking.objects.get().history.values_list("from_state", "to_state", "detail"))
    assert [(before, after) for before, after, _ in history] == [
        ("", "submitted"),
        ("submitted", "nsi_ready"),
        ("nsi_ready", "booked"),
    ]
    assert "created" in history[1][2]
    assert not [detail for *_, detail in history if "Private" in detail]


def test_confirming_asks_delius_three_things_and_no_more(robin: Client, simulator: Simulator) -> None:
    answer_all(robin)
    robin.get(f"{CASE}/check/")
    simulator.clear_requests()
    confirm(robin)
    asked = [each["operation"] for each in simulator.requests() if each["operation"] != "token"]
    assert asked == ["nsis", "create_nsi", "create_appointment"]


def test_one_persons_booking_cannot_be_seen_or_sent_by_another(
    robin: Client, signed_in: Callable[[str], Client], simulator: Simulator
) -> None:
    answer_all(robin)
    address = confirm(robin)["Location"]
    terry = signed_in("TERRY.TWOTEAMS")
    assert terry.get(address).status_code == 404
    assert terry.post(address).status_code == 404
