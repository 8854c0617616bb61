"""What becomes of a confirmed appointment, whatever happens between us and Delius."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.db.models.signals import post_save
from django.test import Client
from django.utils import timezone

from booking.journey.journey import Journey
from booking.journey.request import appointment_requests
from booking.journey.situation import Situation
from booking.models import Booking, BookingState, Draft, DuplicateNsis
from booking.services.confirm import submit
from booking.services.delivery import cancellation
from booking.services.delivery.processing import process
from booking.services.delivery.resume import resume_due
from cases.delivery.conditional_update import ConcurrentUpdate, conditional_update
from delius.client import get_client
from delius.writes.appointments import NAMESPACE as APPOINTMENT
from delius.writes.nsis import NAMESPACE as NSI
from tests.booking.journeys import answer_all, hidden_inputs, press, sent_by_the_page_of, typed
from tests.simulator_process import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.database]
CASE = "/cases/X000001/arrange"
Later = Callable[..., Any]
# Whatever a write may end in without an answer that can be used.
NO_ANSWER = ["drop_after", "drop_before", "malformed", "timeout_after", "timeout_before"]


def confirm(client: Client, *, crn: str = "X000001", **more: str) -> Any:
    """Confirm the answers as they are, from a page that names no NSI."""
    draft = Draft.objects.get(crn=crn, user_id=client.session["_auth_user_id"])
    return client.post(f"/cases/{crn}/arrange/check/", sent_by_the_page_of(draft) | more)


def an_nsi_closed_since_it_was_shown(client: Client, simulator: Simulator) -> tuple[dict[str, Any], str]:
    """An NSI that *Check your answers* showed and that was ended in Delius then, and what the page carries of it."""
    shown = simulator.add_nsi("X000001", "TKDEV")
    answer_all(client)
    signed = hidden_inputs(client.get(f"{CASE}/check/"))["nsi"]
    simulator.end_nsi(shown["nsiId"], date.today().isoformat())
    return shown, signed


def toolkit_nsis(simulator: Simulator, crn: str = "X000001", code: str = "TKDEV") -> list[dict[str, Any]]:
    return [nsi for nsi in simulator.nsis(crn) if nsi["type"] == code and not nsi["softDeleted"]]


def visits(simulator: Simulator, crn: str = "X000001") -> list[dict[str, Any]]:
    """The office visits from today on."""
    today = date.today().isoformat()
    return [each for each in simulator.contacts(crn) if each["type"] == "COAP" and each["start"] >= today]


def asked(simulator: Simulator) -> list[str]:
    """What was asked of the integration service, in order."""
    return [each["operation"] for each in simulator.requests() if each["operation"] != "token"]


def lose(simulator: Simulator, operation: str, kind: str, settings: Any) -> None:
    """Have every try of an operation end without an answer; the service's own repeats of a broken connection too."""
    settings.DELIUS_READ_TIMEOUT = 0.3
    details = {"seconds": 0.6} if kind.startswith("timeout") else {}
    simulator.fault(operation, kind, times=None, **details)


def test_what_was_typed_is_what_delius_holds(robin: Client, simulator: Simulator) -> None:
    answer_all(robin, notes="Bring the workbook.", sensitive="yes", days=9)
    answer = press(robin)
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
    (visit,) = visits(simulator)
    day = (date.today() + timedelta(days=9)).isoformat()
    assert (visit["start"], visit["end"]) == (f"{day}T09:00", f"{day}T09:30")
    assert (visit["notes"], visit["sensitive"], visit["officeLocationCode"]) == ("Bring the workbook.", True, "N90HAR")
    assert (visit["nsiId"], visit["requirementId"], visit["rarActivity"]) == (nsi["nsiId"], None, True)
    assert visit["createdBy"] == "ROBIN.SAMPLE"
    assert (booked.nsi_id, booked.appointment_id) == (nsi["nsiId"], visit["contactId"])


def test_an_appointment_without_rar_hangs_from_the_sentence_and_makes_no_nsi(
    robin: Client, simulator: Simulator
) -> None:
    before = simulator.nsis("X000001")
    answer_all(robin, rar="no")
    press(robin)
    assert simulator.nsis("X000001") == before
    (visit,) = visits(simulator)
    assert (visit["nsiId"], visit["requirementId"], visit["rarActivity"]) == (None, None, False)


def test_somebody_on_an_order_from_before_2005_can_be_given_an_appointment(robin: Client, simulator: Simulator) -> None:
    answer_all(robin, crn="X000010", type="COPT")
    press(robin, crn="X000010")
    assert Booking.objects.get().state == BookingState.BOOKED
    assert simulator.nsis("X000010") == []


def test_somebody_with_one_name_or_a_requirement_in_weeks_can_be_given_a_toolkit_session(
    robin: Client, simulator: Simulator
) -> None:
    for crn in ("X000020", "X000026"):
        answer_all(robin, crn=crn)
        press(robin, crn=crn)
        assert len(visits(simulator, crn)) == 1


class TestNsi:
    def test_the_toolkits_nsi_is_used_again_where_there_is_one(self, robin: Client, simulator: Simulator) -> None:
        (there,) = toolkit_nsis(simulator, "X000002", "TKCAC")
        answer_all(robin, crn="X000002", toolkit="choices-and-changes", days=40)
        press(robin, crn="X000002")
        assert toolkit_nsis(simulator, "X000002", "TKCAC") == [there]
        assert there["nsiId"] in [visit["nsiId"] for visit in visits(simulator, "X000002")]

    @pytest.mark.parametrize(
        ("crn", "toolkit", "code"),
        [("X000004", "developing-dialogues", "TKDEV"), ("X000005", "maps-for-change", "TKMAP")],
        ids=["soft-deleted", "ended"],
    )
    def test_an_nsi_that_is_over_is_not_used_again(
        self, robin: Client, simulator: Simulator, crn: str, toolkit: str, code: str
    ) -> None:
        before = {nsi["nsiId"] for nsi in simulator.nsis(crn)}
        answer_all(robin, crn=crn, toolkit=toolkit, days=40)
        press(robin, crn=crn)
        (made,) = [nsi for nsi in simulator.nsis(crn) if nsi["nsiId"] not in before]
        assert made["type"] == code
        assert made["nsiId"] in [visit["nsiId"] for visit in visits(simulator, crn)]

    def test_of_two_duplicate_nsis_one_is_used_and_no_third_is_made(self, robin: Client, simulator: Simulator) -> None:
        before = simulator.nsis("X000003")
        answer_all(robin, crn="X000003", toolkit="choices-and-changes", days=40)
        press(robin, crn="X000003")
        assert simulator.nsis("X000003") == before

    @pytest.mark.parametrize(("crn", "warned"), [("X000002", False), ("X000003", True)], ids=["one", "two"])
    def test_support_is_warned_of_several_and_of_several_only(
        self, robin: Client, caplog: pytest.LogCaptureFixture, crn: str, warned: bool
    ) -> None:
        answer_all(robin, crn=crn, toolkit="choices-and-changes", days=40)
        confirm(robin, crn=crn)
        assert any("nsi_duplicates" in str(record.msg) for record in caplog.records) == warned

    @pytest.mark.parametrize(
        ("toolkit", "code", "sub_type", "length"),
        [("skills-for-relationships", "TKSFR", None, 10), ("new-me-mot", "TKNEW", "TKNEW1", None)],
        ids=["a type with a session count", "a type with a sub type"],
    )
    def test_a_toolkit_with_its_own_demands_is_recorded_with_them(
        self, robin: Client, simulator: Simulator, toolkit: str, code: str, sub_type: str | None, length: int | None
    ) -> None:
        answer_all(robin, toolkit=toolkit)
        press(robin)
        (nsi,) = toolkit_nsis(simulator, code=code)
        assert (nsi["subType"], nsi["length"]) == (sub_type, length)

    def test_one_that_was_closed_since_the_page_was_shown_is_found_again_once(
        self, robin: Client, simulator: Simulator
    ) -> None:
        shown, signed = an_nsi_closed_since_it_was_shown(robin, simulator)
        simulator.clear_requests()
        confirm(robin, nsi=signed)
        assert asked(simulator) == ["putAppointment", "putNsi", "putAppointment"]
        (visit,) = visits(simulator)
        assert visit["nsiId"] not in (None, shown["nsiId"])
        assert Booking.objects.get().nsi_id == visit["nsiId"]

    def test_where_the_next_one_is_closed_too_it_is_tried_again_later(
        self, robin: Client, simulator: Simulator, later: Later
    ) -> None:
        _, signed = an_nsi_closed_since_it_was_shown(robin, simulator)
        for _ in range(2):
            simulator.add_nsi("X000001", "TKDEV")

        def end_the_next(instance: DuplicateNsis, **event: Any) -> None:
            simulator.end_nsi(instance.chosen_nsi_id, date.today().isoformat())

        # It is found, and recorded to have a duplicate, before the appointment is sent again.
        post_save.connect(end_the_next, sender=DuplicateNsis)
        try:
            confirm(robin, nsi=signed)
        finally:
            post_save.disconnect(end_the_next, sender=DuplicateNsis)
        assert Booking.objects.get().state == BookingState.SUBMITTED
        with later(seconds=16):
            assert resume_due() == {"booked": 1}
        (visit,), (left,) = visits(simulator), [nsi for nsi in toolkit_nsis(simulator) if not nsi["endDate"]]
        assert visit["nsiId"] == left["nsiId"]

    def test_of_one_that_was_closed_nothing_is_kept_while_nobody_knows_of_another(
        self, robin: Client, simulator: Simulator
    ) -> None:
        _, signed = an_nsi_closed_since_it_was_shown(robin, simulator)
        simulator.fault("putNsi", "status", status=429)
        confirm(robin, nsi=signed)
        booking = Booking.objects.get()
        assert (booking.state, booking.nsi_id, booking.nsi_created) == (BookingState.SUBMITTED, None, False)

    @pytest.mark.parametrize("by_hand", ["ended", "soft-deleted"])
    def test_one_of_ours_that_was_ended_or_deleted_in_delius_is_replaced_knowingly(
        self, robin: Client, simulator: Simulator, caplog: pytest.LogCaptureFixture, by_hand: str
    ) -> None:
        answer_all(robin)
        simulator.fault("putAppointment", "status", status=429)
        address = confirm(robin)["Location"]
        (made,) = toolkit_nsis(simulator)
        reference = Booking.objects.get().nsi_reference
        if by_hand == "ended":
            simulator.end_nsi(made["nsiId"], date.today().isoformat())
        else:
            simulator.soft_delete_nsi(made["nsiId"])
        # Three calls at a time: finding out, asking again, and the new one.
        simulator.clear_requests()
        robin.post(address)
        assert asked(simulator) == ["putAppointment", "putNsi", "putNsi"]
        robin.post(address)
        booking = Booking.objects.get()
        assert booking.state == BookingState.BOOKED
        assert (booking.nsi_reference != reference, booking.nsi_id != made["nsiId"]) == (True, True)
        assert [record for record in caplog.records if "nsi_reference_replaced" in str(record.msg)]
        assert len(visits(simulator)) == 1


class TestReferences:
    def test_what_delius_holds_bears_references_that_were_made_with_the_booking(
        self, robin: Client, simulator: Simulator
    ) -> None:
        answer_all(robin)
        simulator.fault("putNsi", "status", status=429)
        address = confirm(robin)["Location"]
        booking = Booking.objects.get()
        assert booking.nsi_reference != booking.appointment_reference
        robin.post(address)
        (nsi,), (visit,) = toolkit_nsis(simulator), visits(simulator)
        assert nsi["externalReference"] == f"{NSI}{booking.nsi_reference}"
        assert visit["externalReference"] == f"{APPOINTMENT}{booking.appointment_reference}"

    @pytest.mark.parametrize("operation", ["putNsi", "putAppointment"])
    def test_every_attempt_sends_the_same_by_the_same_reference(
        self, robin: Client, simulator: Simulator, operation: str
    ) -> None:
        answer_all(robin, notes="Bring it")
        simulator.fault(operation, "drop_before", times=None)
        address = confirm(robin)["Location"]
        robin.post(address)
        simulator.clear_faults()
        robin.post(address)
        sent = [(each["path"], each["body"]) for each in simulator.requests(operation)]
        assert len(sent) >= 3
        assert [each for each in sent if each != sent[0]] == []
        assert Booking.objects.get().state == BookingState.BOOKED

    def test_an_appointment_that_was_deleted_in_delius_is_not_made_again(
        self, robin: Client, simulator: Simulator, settings: Any
    ) -> None:
        answer_all(robin)
        lose(simulator, "putAppointment", "drop_after", settings)
        address = confirm(robin)["Location"]
        simulator.clear_faults()
        (visit,) = visits(simulator)
        simulator.change_contact(visit["contactId"], softDeleted=True)
        page = robin.post(address, follow=True).content.decode()
        assert "This appointment was saved and has since been deleted in Delius" in page
        assert Booking.objects.get().state == BookingState.REFUSED
        assert [each for each in visits(simulator) if not each["softDeleted"]] == []

    def test_an_appointment_that_was_moved_in_delius_before_we_heard_of_it_is_ours_all_the_same(
        self, robin: Client, simulator: Simulator, settings: Any
    ) -> None:
        answer_all(robin)
        lose(simulator, "putAppointment", "drop_after", settings)
        address = confirm(robin)["Location"]
        simulator.clear_faults()
        (visit,) = visits(simulator)
        day = (date.today() + timedelta(days=9)).isoformat()
        simulator.change_contact(visit["contactId"], start=f"{day}T14:00", end=f"{day}T14:30")
        robin.post(address)
        booking = Booking.objects.get()
        assert (booking.state, booking.appointment_id) == (BookingState.BOOKED, visit["contactId"])
        assert len(visits(simulator)) == 1


class TestButton:
    def test_a_page_that_shows_older_answers_confirms_nothing_and_shows_the_new_ones(
        self, robin: Client, simulator: Simulator
    ) -> None:
        answer_all(robin, notes="Old")
        old_page = sent_by_the_page_of(Draft.objects.get())
        robin.post(f"{CASE}/notes/", {"notes": "New"})
        answer = robin.post(f"{CASE}/check/", old_page)
        assert "Your answers were changed in another tab" in answer.content.decode()
        assert "New" in answer.content.decode()
        assert visits(simulator) == []

    def test_pressing_the_button_again_or_reloading_books_once(self, robin: Client, simulator: Simulator) -> None:
        answer_all(robin)
        sent = sent_by_the_page_of(Draft.objects.get())
        answers = [robin.post(f"{CASE}/check/", sent)["Location"] for _ in range(3)]
        assert len(set(answers)) == 1
        assert len(visits(simulator)) == 1
        assert len(toolkit_nsis(simulator)) == 1

    def test_going_back_after_confirming_leads_to_what_was_arranged(self, robin: Client) -> None:
        answer_all(robin)
        arranged = confirm(robin)["Location"]
        assert robin.get(f"{CASE}/check/")["Location"] == arranged

    def test_a_second_appointment_for_the_same_person_can_be_arranged_afterwards(
        self, robin: Client, simulator: Simulator
    ) -> None:
        for days in (7, 14):
            answer_all(robin, days=days)
            press(robin)
        assert len(visits(simulator)) == 2
        assert len(toolkit_nsis(simulator)) == 1

    def test_only_one_of_two_requests_that_confirm_the_same_answers_has_made_the_booking(
        self, robin: Client, simulator: Simulator
    ) -> None:
        answer_all(robin)
        draft = Draft.objects.select_related("user").get()
        case = get_client().case(draft.crn, username=draft.user.username)
        situation = Situation(case=case, username=draft.user.username, now=timezone.now())
        requests = appointment_requests(Journey(raw=draft.answers, situation=situation))
        made = [submit(draft=draft, requests=requests) for _ in range(2)]
        assert [(booking.id, is_new) for booking, is_new in made] == [
            (draft.booking_id, True),
            (draft.booking_id, False),
        ]

    @pytest.mark.django_db(transaction=True)
    def test_pressed_four_times_at_once_it_books_once(
        self, signed_in: Callable[[str], Client], simulator: Simulator
    ) -> None:
        client = signed_in("ROBIN.SAMPLE")
        answer_all(client)
        sent = sent_by_the_page_of(Draft.objects.get())

        def press_once(_: int) -> str:
            copy = Client()
            copy.cookies = client.cookies
            try:
                return str(copy.post(f"{CASE}/check/", sent)["Location"])
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            assert len(set(pool.map(press_once, range(4)))) == 1
        assert len(visits(simulator)) == 1
        assert len(toolkit_nsis(simulator)) == 1

    @pytest.mark.django_db(transaction=True)
    def test_two_colleagues_who_book_the_same_toolkit_at_once_share_one_nsi(
        self, signed_in: Callable[[str], Client], simulator: Simulator
    ) -> None:
        robin, terry = signed_in("ROBIN.SAMPLE"), signed_in("TERRY.TWOTEAMS")
        answer_all(robin, days=7)
        terry.post(f"{CASE}/team/", {"team": "N90AAA"})
        answer_all(terry, days=8)
        simulator.fault("putNsi", "latency", seconds=0.3)

        def press_once(client: Client) -> None:
            try:
                confirm(client)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(press_once, (robin, terry)))
        assert len(toolkit_nsis(simulator)) == 1
        assert {visit["nsiId"] for visit in visits(simulator)} == {toolkit_nsis(simulator)[0]["nsiId"]}
        assert len(visits(simulator)) == 2


class TestCalls:
    def test_where_the_page_names_the_nsi_confirming_is_one_call(self, robin: Client, simulator: Simulator) -> None:
        simulator.add_nsi("X000001", "TKDEV")
        answer_all(robin)
        robin.get(f"{CASE}/check/")
        simulator.clear_requests()
        press(robin)
        assert asked(simulator)[-1:] == ["putAppointment"]
        assert "putNsi" not in asked(simulator)

    def test_where_the_nsi_has_to_be_made_confirming_is_two_calls(self, robin: Client, simulator: Simulator) -> None:
        answer_all(robin)
        robin.get(f"{CASE}/check/")
        simulator.clear_requests()
        confirm(robin)
        assert asked(simulator) == ["putNsi", "putAppointment"]

    def test_where_it_does_not_count_towards_rar_confirming_is_one_call(
        self, robin: Client, simulator: Simulator
    ) -> None:
        answer_all(robin, rar="no")
        simulator.clear_requests()
        confirm(robin)
        assert asked(simulator) == ["putAppointment"]


class TestRefusals:
    def test_a_refusal_is_told_in_words_and_the_answers_can_be_changed_and_confirmed_again(
        self, robin: Client, simulator: Simulator
    ) -> None:
        simulator.fault("putAppointment", "status", status=400)
        answer_all(robin)
        page = robin.get(confirm(robin)["Location"]).content.decode()
        assert "This appointment was not arranged" in page
        assert "Delius did not accept this appointment." in page
        assert robin.get(f"{CASE}/")["Location"] == f"{CASE}/check/"
        press(robin)
        assert len(visits(simulator)) == 1
        assert len(toolkit_nsis(simulator)) == 1
        assert [each.state for each in Booking.objects.order_by("created_at")] == ["refused", "booked"]

    def test_a_toolkit_that_was_withdrawn_in_delius_is_told_with_a_link_to_the_answer_to_change(
        self, robin: Client, simulator: Simulator
    ) -> None:
        answer_all(robin)
        simulator.change_nsi_type("TKDEV", selectable=False)
        page = robin.get(confirm(robin)["Location"]).content.decode()
        assert "This toolkit is not set up as Delius expects it." in page
        assert f'href="{CASE}/toolkit/?change=1">Change the RAR toolkit</a>' in page
        assert "TKDEV" not in page
        assert robin.get(f"{CASE}/toolkit/?change=1").status_code == 200
        assert visits(simulator) == []

    def test_where_there_is_another_appointment_delius_is_asked_nothing_more(
        self, robin: Client, simulator: Simulator
    ) -> None:
        answer_all(robin)
        day = (date.today() + timedelta(days=7)).isoformat()
        simulator.add_contact("X000001", start=f"{day}T09:15", end=f"{day}T09:45")
        simulator.clear_requests()
        confirm(robin)
        assert Booking.objects.get().clash
        assert asked(simulator) == ["putNsi", "putAppointment"]

    @pytest.mark.parametrize(("status", "words"), [(403, "is not allowed to record this"), (404, "no longer has")])
    def test_who_may_not_or_has_nothing_to_record_it_on_is_told_so(
        self, robin: Client, simulator: Simulator, status: int, words: str
    ) -> None:
        answer_all(robin)
        simulator.fault("putNsi", "status", status=status)
        page = robin.get(confirm(robin)["Location"]).content.decode()
        assert words in page
        assert Booking.objects.get().state == BookingState.REFUSED

    def test_where_an_earlier_try_may_have_made_it_such_an_answer_is_looked_into_by_somebody(
        self, robin: Client, simulator: Simulator, settings: Any
    ) -> None:
        answer_all(robin)
        lose(simulator, "putAppointment", "drop_after", settings)
        address = confirm(robin)["Location"]
        simulator.clear_faults()
        simulator.fault("putAppointment", "status", status=403)
        page = robin.post(address, follow=True).content.decode()
        assert "Our support team is finding out" in page
        assert Booking.objects.get().state == BookingState.NEEDS_ATTENTION


class TestNoAnswer:
    @pytest.mark.parametrize("operation", ["putNsi", "putAppointment"])
    def test_where_nothing_reached_delius_the_person_is_told_nothing_is_lost_and_a_second_try_books_once(
        self, robin: Client, simulator: Simulator, operation: str
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

    @pytest.mark.parametrize("operation", ["putNsi", "putAppointment"])
    @pytest.mark.parametrize("kind", NO_ANSWER)
    def test_an_unknown_outcome_is_settled_by_sending_the_same_again_at_once(
        self, robin: Client, simulator: Simulator, settings: Any, operation: str, kind: str
    ) -> None:
        answer_all(robin)
        lose(simulator, operation, kind, settings)
        address = confirm(robin)["Location"]
        assert "We’re still saving this appointment" in robin.get(address).content.decode()
        booking = Booking.objects.get()
        assert booking.state == BookingState.SUBMITTED
        assert (booking.sent_at is not None) == (operation == "putAppointment")
        assert str(booking.id) in robin.get("/").content.decode()
        simulator.clear_faults()
        robin.post(address)
        assert Booking.objects.get().state == BookingState.BOOKED
        assert len(visits(simulator)) == 1
        assert len(toolkit_nsis(simulator)) == 1

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
    def test_two_workers_who_settle_it_at_once_make_one(
        self, signed_in: Callable[[str], Client], simulator: Simulator, settings: Any, kind: str
    ) -> None:
        robin = signed_in("ROBIN.SAMPLE")
        answer_all(robin)
        lose(simulator, "putAppointment", kind, settings)
        confirm(robin)
        simulator.clear_faults()
        both = [Booking.objects.select_related("user").get() for _ in range(2)]

        def work(booking: Booking) -> str:
            try:
                return str(process(booking).state)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(work, both))
        resume_due()
        booking = Booking.objects.get()
        assert booking.state == BookingState.BOOKED
        assert [visit["contactId"] for visit in visits(simulator)] == [booking.appointment_id]
        assert len(toolkit_nsis(simulator)) == 1

    def test_what_another_process_has_begun_to_send_again_is_not_sent_by_a_second(
        self, robin: Client, simulator: Simulator, settings: Any
    ) -> None:
        answer_all(robin)
        lose(simulator, "putAppointment", "drop_after", settings)
        confirm(robin)
        simulator.clear_faults()
        read_before = Booking.objects.select_related("user").get()
        Booking.objects.update(sent_at=timezone.now())
        simulator.clear_requests()
        assert process(read_before).state == BookingState.SUBMITTED
        assert asked(simulator) == []

    def test_an_appointment_sent_by_a_process_that_died_is_found_and_not_made_again(
        self, robin: Client, simulator: Simulator, settings: Any, later: Later
    ) -> None:
        answer_all(robin)
        lose(simulator, "putAppointment", "drop_after", settings)
        confirm(robin)
        simulator.clear_faults()
        # As a process leaves it that was killed before it heard: what it learned of the NSI is not written down either.
        Booking.objects.update(nsi_id=None, nsi_created=False, next_try_at=timezone.now())
        with later(seconds=16):
            assert resume_due() == {"booked": 1}
        assert len(visits(simulator)) == 1
        assert len(toolkit_nsis(simulator)) == 1

    def test_our_own_lost_appointment_is_not_called_somebody_elses(
        self, robin: Client, simulator: Simulator, settings: Any
    ) -> None:
        answer_all(robin)
        lose(simulator, "putAppointment", "drop_after", settings)
        address = confirm(robin)["Location"]
        simulator.clear_faults()
        robin.post(address)
        booking = Booking.objects.get()
        assert (booking.state, booking.clash) == (BookingState.BOOKED, False)


class TestChangingAnswers:
    def test_answers_cannot_change_while_it_is_unknown_what_became_of_them(
        self, robin: Client, simulator: Simulator, settings: Any
    ) -> None:
        answer_all(robin)
        lose(simulator, "putAppointment", "drop_after", settings)
        address = confirm(robin)["Location"]
        assert robin.post(f"{CASE}/notes/", typed(notes="Other")["notes"])["Location"] == address
        assert robin.post(f"{CASE}/discard/")["Location"] == address
        assert robin.post(f"{CASE}/check/", {"booking_id": str(Booking.objects.get().id)})["Location"] == address
        assert len(visits(simulator)) == 1

    def test_answers_cannot_change_while_a_process_is_at_work_on_the_booking(
        self, robin: Client, simulator: Simulator
    ) -> None:
        answer_all(robin)
        simulator.fault("putAppointment", "status", status=429)
        confirm(robin)
        booking = Booking.objects.get()
        Booking.objects.update(sent_at=timezone.now())
        answer = robin.post(f"{CASE}/notes/", {"notes": "Changed"})
        assert answer["Location"] == f"/cases/X000001/appointments/{booking.id}/"
        assert Booking.objects.get().state == BookingState.SUBMITTED

    def test_changing_an_answer_after_a_failed_try_books_only_the_changed_appointment(
        self, robin: Client, simulator: Simulator
    ) -> None:
        answer_all(robin)
        simulator.fault("putAppointment", "status", status=429)
        confirm(robin)
        robin.post(f"{CASE}/notes/", {"notes": "Changed"})
        confirm(robin)
        assert [visit["notes"] for visit in visits(simulator)] == ["Changed"]
        assert sorted(Booking.objects.values_list("state", flat=True)) == ["booked", "cancelled"]

    def test_a_booking_is_not_taken_back_by_somebody_who_read_it_before_its_appointment_was_sent(
        self, robin: Client, simulator: Simulator
    ) -> None:
        answer_all(robin)
        simulator.fault("putAppointment", "status", status=429)
        confirm(robin)
        before = Booking.objects.get()
        assert cancellation.may_cancel(before)
        Booking.objects.update(sent_at=timezone.now())
        with pytest.raises(ConcurrentUpdate):
            conditional_update(before, only_if=Q(sent_at=None), tries=7)
        assert Booking.objects.get().state == BookingState.SUBMITTED


def test_the_history_of_a_booking_tells_what_happened_and_holds_no_notes(robin: Client, simulator: Simulator) -> None:
    answer_all(robin, notes="Private words")
    confirm(robin)
    booking = Booking.objects.get()
    *_, (before, after, detail) = booking.history.values_list("from_state", "to_state", "detail")
    assert (before, after) == ("submitted", "booked")
    assert detail == f"Appointment {booking.appointment_id}, on NSI {booking.nsi_id} made for it"
    assert not [each for each in booking.history.values_list("detail", flat=True) if "Private" in each]


def test_one_persons_booking_cannot_be_seen_or_sent_by_another(
    robin: Client, signed_in: Callable[[str], Client], simulator: Simulator
) -> None:
    answer_all(robin)
    address = confirm(robin)["Location"]
    terry = signed_in("TERRY.TWOTEAMS")
    assert terry.get(address).status_code == 404
    assert terry.post(address).status_code == 404
