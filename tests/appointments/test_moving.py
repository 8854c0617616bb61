"""Moving an appointment: what is asked, what Delius has afterwards, and what happens where it says no."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from appointments.models import ChangeDraft, ChangeState, Move
from appointments.services.delivery.resume import resume_due
from audit.models import AuditEvent
from booking.models import Booking
from delius import selectors as delius
from govuk.formats import long_date, short_date
from tests.appointments.moves import (
    BRIAN,
    DIALOGUES,
    REASON,
    answer_all,
    contact,
    day,
    move_url,
    press,
    session,
    typed,
    weekly,
)
from tests.booking.journeys import answer_all as answer_booking
from tests.booking.journeys import day_in, hidden_inputs
from tests.booking.test_confirming import confirm
from tests.booking.test_repeats import arrange_weekly
from tests.booking.test_unsaved_answers import BANNER, owner_on, sign_in_again, sign_out_meanwhile
from tests.simulator_process import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.database]
# Una Endingsoon's only RAR requirement ends in three weeks.
UNA = "X000019"
# Twin Requirements has two RAR requirements on one sentence.
TWIN = "X000024"
UNA_ENDS_IN = 21


def long_day(days: int) -> str:
    return long_date(date.today() + timedelta(days=days))


def shown(client: Client, address: str) -> str:
    return str(client.get(address).content.decode())


class TestOne:
    def test_the_new_one_keeps_everything_but_time_and_place_and_the_old_one_says_where_it_went(
        self, robin: Client, simulator: Simulator
    ) -> None:
        old_id = session(simulator, sensitive=True)
        answer_all(robin, old_id)
        page = robin.get(press(robin, old_id)["Location"]).content.decode()
        assert "Appointment moved" in page
        move = Move.objects.get()
        old, new = contact(simulator, old_id), contact(simulator, move.new_contact_id or 0)
        assert (new["start"], new["end"]) == (f"{day(9)}T14:00", f"{day(9)}T15:00")
        assert new["officeLocationCode"] == "N90WHF"
        assert new["externalReference"] == f"urn:hmpps:rarbooking:appointment:{move.id}"
        for kept in ("type", "nsiId", "eventId", "rarActivity", "sensitive", "team", "staff"):
            assert new[kept] == old[kept]
        assert (old["outcome"], old["rescheduledTo"]) == ("RSOF", new["contactId"])
        assert old["notes"].endswith(REASON)
        assert move.state == ChangeState.RECORDED
        assert not ChangeDraft.objects.exists()

    def test_of_two_requirements_the_one_is_named_that_its_toolkit_is_on(
        self, robin: Client, simulator: Simulator
    ) -> None:
        first = simulator.add_nsi(TWIN, DIALOGUES)
        second = simulator.add_nsi(TWIN, DIALOGUES, requirementId=first["requirementId"] + 1)
        names = []
        for nsi in (first, second):
            old_id = session(simulator, crn=TWIN, nsiId=nsi["nsiId"])
            answer_all(robin, old_id, crn=TWIN)
            page = shown(robin, move_url(old_id, "check/", crn=TWIN))
            names.append(page.split("RAR requirement</dt>")[1].split("</dd>")[0])
        assert names[0] != names[1]

    def test_that_the_service_asked_for_it_is_recorded_as_such(self, robin: Client, simulator: Simulator) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id, requested_by="SERVICE")
        press(robin, old_id)
        assert contact(simulator, old_id)["outcome"] == "RSSR"

    def test_what_changes_is_shown_side_by_side_with_what_stays(self, robin: Client, simulator: Simulator) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id)
        page = shown(robin, move_url(old_id, "check/"))
        for text in (
            long_day(7),
            long_day(9),
            "9am to 10am",
            "2pm to 3pm",
            "Harrow End Probation Office",
            "Wharfside Centre",
            "Developing Dialogues",
            "Office visit",
            REASON,
        ):
            assert text in page

    def test_what_is_there_now_is_offered_as_the_time_and_the_place(self, robin: Client, simulator: Simulator) -> None:
        old_id = session(simulator)
        robin.post(move_url(old_id), typed()[""])
        when = shown(robin, move_url(old_id, "when/"))
        assert 'value="9am"' in when
        assert 'value="10am"' in when
        robin.post(move_url(old_id, "when/"), typed()["when/"])
        where = shown(robin, move_url(old_id, "where/"))
        assert 'value="N90HAR" checked' in where

    def test_a_move_to_where_it_is_already_is_no_move(self, robin: Client, simulator: Simulator) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id, days=7, start_time="9am", end_time="10am", office="N90HAR")
        answer = press(robin, old_id)
        assert "This is when and where it is now" in answer.content.decode()
        assert not Move.objects.exists()
        assert simulator.requests("reschedule") == []

    def test_it_may_be_moved_to_another_place_at_the_same_time(self, robin: Client, simulator: Simulator) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id, days=7, start_time="9am", end_time="10am")
        press(robin, old_id)
        assert Move.objects.get().state == ChangeState.RECORDED

    def test_a_type_without_a_location_is_not_asked_for_one(self, robin: Client, simulator: Simulator) -> None:
        old_id = session(simulator, type="COPT", officeLocationCode=None)
        robin.post(move_url(old_id), typed()[""])
        assert robin.post(move_url(old_id, "when/"), typed()["when/"])["Location"] == move_url(old_id, "check/")
        press(robin, old_id)
        assert Move.objects.get().state == ChangeState.RECORDED

    def test_pressing_twice_moves_once(self, robin: Client, simulator: Simulator) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id)
        sent = hidden_inputs(robin.get(move_url(old_id, "check/")))
        first, second = (robin.post(move_url(old_id, "check/"), sent) for _ in range(2))
        assert first["Location"] == second["Location"]
        assert Move.objects.count() == 1
        assert len(simulator.requests("reschedule")) == 1

    def test_a_moved_one_cannot_be_moved_again_and_leads_to_the_new_one(
        self, robin: Client, simulator: Simulator
    ) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id)
        press(robin, old_id)
        page = shown(robin, move_url(old_id))
        assert "This appointment cannot be moved" in page
        assert f"/cases/{BRIAN}/appointments/{Move.objects.get().new_contact_id}/" in page

    def test_one_with_an_outcome_cannot_be_moved(self, robin: Client, simulator: Simulator) -> None:
        old_id = session(simulator, days=-1, outcome="ATTC")
        assert "It has an outcome: Attended - Complied" in shown(robin, move_url(old_id))

    def test_each_act_is_in_the_audit(self, robin: Client, simulator: Simulator) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id)
        press(robin, old_id)
        found = AuditEvent.objects.filter(what__startswith="MOVE_")
        assert sorted(found.values_list("what", flat=True)) == ["MOVE_RECORDED", "MOVE_SUBMITTED"]

    def test_why_it_was_moved_is_erased_once_delius_has_it(self, robin: Client, simulator: Simulator) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id)
        press(robin, old_id)
        move = Move.objects.get()
        assert (move.text, bool(move.text_digest)) == ("", True)


class TestBadInput:
    @pytest.mark.parametrize(
        ("page", "changed", "target", "message"),
        [
            ("", {"requested_by": ""}, "id_requested_by", "Select who asked for the appointment to be moved"),
            ("", {"reason": "  "}, "id_reason", "Enter why the appointment needs to be moved"),
            ("", {"reason": "🙂" * 2001}, "id_reason", "The reason must be 4,000 characters or fewer"),
            ("when/", {"start_time": "soon"}, "id_start_time", "Start time must be a real time"),
            ("when/", {"end_time": "1pm"}, "id_end_time", "End time must be after the start time"),
            ("where/", {"office": ""}, "id_office", "Select a location for this appointment"),
        ],
    )
    def test_it_is_said_at_the_field_and_everything_typed_is_kept(
        self, robin: Client, simulator: Simulator, page: str, changed: dict[str, str], target: str, message: str
    ) -> None:
        old_id = session(simulator)
        for before in ("", "when/"):
            if before != page:
                robin.post(move_url(old_id, before), typed()[before])
        answer = robin.post(move_url(old_id, page), typed(**changed)[page])
        shown = answer.content.decode()
        assert answer.status_code == 200
        assert "<title>Error: " in shown
        assert f'href="#{target}"' in shown
        assert message in shown
        if page == "when/":
            assert f'value="{day_in(9)["date_day"]}"' in shown
        if page == "" and "reason" not in changed:
            assert REASON in shown

    def test_a_day_that_is_over_is_refused(self, robin: Client, simulator: Simulator) -> None:
        old_id = session(simulator)
        robin.post(move_url(old_id), typed()[""])
        page = robin.post(move_url(old_id, "when/"), typed(days=-1)["when/"]).content.decode()
        assert "Date must be today or in the future" in page

    def test_a_session_cannot_move_to_when_its_requirement_has_ended(self, robin: Client, simulator: Simulator) -> None:
        old_id = session(simulator, crn=UNA)
        robin.post(move_url(old_id, crn=UNA), typed()[""])
        when = move_url(old_id, "when/", crn=UNA)
        page = robin.post(when, typed(days=UNA_ENDS_IN)["when/"]).content.decode()
        assert f"Date must be before {short_date(date.today() + timedelta(days=UNA_ENDS_IN))}" in page
        assert robin.post(when, typed(days=UNA_ENDS_IN - 1)["when/"]).status_code == 302

    def test_nor_can_the_repeats_after_it(self, robin: Client, simulator: Simulator) -> None:
        first, _ = weekly(simulator, 2, crn=UNA)
        robin.post(move_url(first, crn=UNA), typed()[""])
        robin.post(move_url(first, "which/", crn=UNA), {"which": "with-later"})
        page = robin.post(move_url(first, "when/", crn=UNA), typed(days=UNA_ENDS_IN - 7)["when/"]).content.decode()
        ends = short_date(date.today() + timedelta(days=UNA_ENDS_IN))
        assert f"A repeat would be on {ends}, but the RAR requirement ends on {ends}" in page

    def test_a_page_that_comes_too_early_leads_to_the_first_question(self, robin: Client, simulator: Simulator) -> None:
        old_id = session(simulator)
        for page in ("when/", "where/", "check/"):
            assert robin.get(move_url(old_id, page))["Location"] == move_url(old_id)

    @pytest.mark.parametrize("page", ["no-such/", "which/"])
    def test_a_question_that_is_not_there_is_not_asked(self, robin: Client, simulator: Simulator, page: str) -> None:
        answer = robin.get(move_url(session(simulator), page))
        assert answer.status_code == 404 if page == "no-such/" else answer["Location"]

    def test_what_is_not_in_the_list_of_places_leads_to_what_can_be_done(
        self, robin: Client, simulator: Simulator
    ) -> None:
        old_id = session(simulator)
        robin.post(move_url(old_id), typed()[""])
        robin.post(move_url(old_id, "when/"), typed()["when/"])
        answer = robin.post(move_url(old_id, "where/"), {"office": "not-listed"})
        assert "Use Delius to move it to another location" in shown(robin, answer["Location"])

    def test_an_appointment_of_another_person_is_not_found(self, robin: Client, simulator: Simulator) -> None:
        old_id = session(simulator)
        for page in ("", "when/", "check/", "location-not-listed/"):
            assert robin.get(f"/cases/X000002/appointments/{old_id}/move/{page}").status_code == 404
        for contact_id in (0, 2**63, 10**30):
            assert robin.get(f"/cases/X000001/appointments/{contact_id}/move/").status_code == 404


class TestConflicts:
    def test_an_overlap_is_shown_before_and_moved_over_by_choice(self, robin: Client, simulator: Simulator) -> None:
        old_id = session(simulator)
        simulator.add_contact(BRIAN, start=f"{day(9)}T14:30", end=f"{day(9)}T15:30", type="CHVS")
        answer_all(robin, old_id)
        assert "Brian already has an appointment at this time" in shown(robin, move_url(old_id, "check/"))
        press(robin, old_id, anyway=True)
        assert Move.objects.get().state == ChangeState.RECORDED

    def test_it_does_not_overlap_itself(self, robin: Client, simulator: Simulator) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id, days=7, start_time="9:30am", end_time="10:30am")
        press(robin, old_id)
        assert Move.objects.get().state == ChangeState.RECORDED

    def test_an_overlap_that_nobody_could_see_comes_back_as_a_choice(self, robin: Client, simulator: Simulator) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id)
        sent = hidden_inputs(robin.get(move_url(old_id, "check/")))
        simulator.add_contact(BRIAN, start=f"{day(9)}T14:30", end=f"{day(9)}T15:30", type="CHVS")
        answer = robin.post(move_url(old_id, "check/"), sent)
        assert answer["Location"] == f"{move_url(old_id, 'check/')}?problem=clash"
        page = shown(robin, answer["Location"])
        assert "<title>Error: " in page
        assert "or move it anyway" in page
        assert contact(simulator, old_id)["outcome"] is None
        press(robin, old_id, anyway=True)
        assert sorted(Move.objects.values_list("state", flat=True)) == ["recorded", "refused"]

    def test_a_change_in_delius_before_confirming_is_shown_and_what_was_typed_is_kept(
        self, robin: Client, simulator: Simulator
    ) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id)
        sent = hidden_inputs(robin.get(move_url(old_id, "check/")))
        simulator.change_contact(old_id, start=f"{day(8)}T11:00", end=f"{day(8)}T12:00")
        page = robin.post(move_url(old_id, "check/"), sent).content.decode()
        for text in ("Delius has changed this appointment", long_day(8), "11am to midday", long_day(9), REASON):
            assert text in page
        assert not Move.objects.exists()
        press(robin, old_id)
        assert Move.objects.get().state == ChangeState.RECORDED

    def test_a_change_in_delius_while_it_is_sent_is_shown_too(self, robin: Client, simulator: Simulator) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id)
        simulator.fault("reschedule", "status", status=429)
        address = press(robin, old_id)["Location"]
        assert "still moving this appointment" in shown(robin, address)
        simulator.change_contact(old_id, notes="Others.")
        answer = robin.post(address)
        assert answer["Location"] == f"{move_url(old_id, 'check/')}?problem=changed"
        page = shown(robin, answer["Location"])
        assert "Delius has changed this appointment" in page
        assert REASON in page
        assert Move.objects.get().state == ChangeState.CHANGED

    def test_answers_that_were_changed_in_another_tab_are_asked_again(
        self, robin: Client, simulator: Simulator
    ) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id)
        sent = hidden_inputs(robin.get(move_url(old_id, "check/")))
        robin.post(move_url(old_id, "when/"), typed(days=10)["when/"])
        page = robin.post(move_url(old_id, "check/"), sent).content.decode()
        assert "Your answers were changed in another tab" in page
        assert not Move.objects.exists()

    def test_a_toolkit_that_has_ended_is_said_in_words(self, robin: Client, simulator: Simulator) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id)
        simulator.end_nsi(contact(simulator, old_id)["nsiId"], date.today().isoformat())
        page = shown(robin, press(robin, old_id)["Location"])
        assert "This appointment was not moved" in page
        assert "has ended in Delius" in page

    def test_a_refused_place_leads_to_its_question(self, robin: Client, simulator: Simulator) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id)
        sent = hidden_inputs(robin.get(move_url(old_id, "check/")))
        Move.objects.all().delete()
        simulator.fault("reschedule", "status", status=429)
        address = robin.post(move_url(old_id, "check/"), sent)["Location"]
        Move.objects.update(office_code="N90MIL")
        page = shown(robin, robin.post(address)["Location"])
        assert "Delius does not accept this location" in page
        assert f"{move_url(old_id, 'where/')}?change=1" in page

    def test_where_no_location_can_be_chosen_its_question_leads_to_the_answers_with_a_reason(
        self, robin: Client, simulator: Simulator
    ) -> None:
        by_phone = session(simulator, type="COPT", officeLocationCode=None)
        answer_all(robin, by_phone)
        page = shown(robin, robin.get(move_url(by_phone, "where/?change=1"))["Location"])
        assert "There is no other location to choose" in page

    def test_a_new_one_that_was_deleted_in_delius_is_not_made_again(self, robin: Client, simulator: Simulator) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id)
        simulator.fault("reschedule", "drop_after", times=None)
        address = press(robin, old_id)["Location"]
        simulator.clear_faults()
        simulator.change_contact(contact(simulator, old_id)["rescheduledTo"], softDeleted=True)
        page = shown(robin, robin.post(address)["Location"])
        assert "has since been deleted in Delius" in page


@pytest.mark.database
class TestFaults:
    def test_a_lost_answer_is_settled_by_the_worker_and_moves_once(
        self, robin: Client, simulator: Simulator, later: Callable[..., Any]
    ) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id)
        simulator.fault("reschedule", "drop_after", times=None)
        address = press(robin, old_id)["Location"]
        simulator.clear_faults()
        page = shown(robin, address)
        assert "still moving this appointment" in page
        assert "Do not move anything again" in page
        with later(minutes=20):
            resume_due()
            assert "Appointment moved" in shown(robin, address)
        new = [each for each in simulator.contacts(BRIAN) if each["start"].endswith("T14:00")]
        assert len(new) == 1

    def test_while_delius_is_down_nothing_can_be_confirmed_and_the_answers_are_kept(
        self, robin: Client, simulator: Simulator
    ) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id)
        sent = hidden_inputs(robin.get(move_url(old_id, "check/")))
        simulator.fault("getAppointment", "status", status=503, times=None)
        answer = robin.post(move_url(old_id, "check/"), sent)
        simulator.clear_faults()
        assert answer.status_code in {502, 503}
        assert "Try again" in answer.content.decode()
        assert not Move.objects.exists()
        robin.post(move_url(old_id, "check/"), sent)
        assert Move.objects.get().state == ChangeState.RECORDED

    def test_repeats_that_were_chosen_are_never_left_out_silently(self, robin: Client, simulator: Simulator) -> None:
        first, *_ = weekly(simulator, 3)
        answer_all(robin, first, which="with-later")
        sent = hidden_inputs(robin.get(move_url(first, "check/")))
        simulator.fault("getAppointments", "status", status=503, times=None)
        assert robin.post(move_url(first, "check/"), sent).status_code in {502, 503}
        simulator.clear_faults()
        assert not Move.objects.exists()
        robin.post(move_url(first, "check/"), sent)
        assert Move.objects.count() == 3

    def test_one_alone_can_be_moved_although_nobody_sees_what_else_there_is(
        self, robin: Client, simulator: Simulator
    ) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id)
        delius.invalidate_appointments(BRIAN, username="ROBIN.SAMPLE")
        simulator.fault("getAppointments", "status", status=500, times=None)
        assert "We cannot see whether Brian has another appointment then" in shown(robin, move_url(old_id, "check/"))
        press(robin, old_id)
        assert Move.objects.get().state == ChangeState.RECORDED

    def test_one_under_way_leads_to_its_page_and_is_not_asked_again(self, robin: Client, simulator: Simulator) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id)
        simulator.fault("reschedule", "status", status=429)
        address = press(robin, old_id)["Location"]
        assert robin.get(move_url(old_id))["Location"] == address
        assert robin.get(move_url(old_id, "check/"))["Location"] == address
        assert robin.get(f"{address}state/").json() == {"under_way": True}


@pytest.mark.database
class TestRepeats:
    def test_it_is_asked_whether_the_repeats_after_it_move_too(self, robin: Client, simulator: Simulator) -> None:
        first, *rest = weekly(simulator, 3)
        assert robin.post(move_url(first), typed()[""])["Location"] == move_url(first, "which/")
        page = shown(robin, move_url(first, "which/"))
        assert "That one and the 2 repeats after it" in page
        assert long_day(14) in page
        assert long_day(21) in page
        assert robin.post(move_url(rest[-1]), typed()[""])["Location"] == move_url(rest[-1], "when/")

    def test_alone_the_others_stay(self, robin: Client, simulator: Simulator) -> None:
        first, *rest = weekly(simulator, 3)
        answer_all(robin, first, which="alone")
        press(robin, first)
        assert [contact(simulator, each)["outcome"] for each in (first, *rest)] == ["RSOF", None, None]

    def test_with_those_after_it_each_moves_by_the_same_days_to_the_same_times(
        self, robin: Client, simulator: Simulator
    ) -> None:
        before, *moved = weekly(simulator, 4)
        answer_all(robin, moved[0], days=16, which="with-later")
        page = shown(robin, move_url(moved[0], "check/"))
        assert "Move these appointments" in page
        assert f"{long_day(23)}, 2pm to 3pm" in page
        done = shown(robin, press(robin, moved[0])["Location"])
        assert "Appointments moved" in done
        new = sorted(each["start"] for each in simulator.contacts(BRIAN) if each["start"].endswith("T14:00"))
        assert new == [f"{day(days)}T14:00" for days in (16, 23, 30)]
        assert contact(simulator, before)["outcome"] is None
        assert {each.moved_with for each in Move.objects.all()} == {Move.objects.get(contact_id=moved[0]).id}

    def test_each_may_move_to_where_the_next_one_was(self, robin: Client, simulator: Simulator) -> None:
        first, *_ = weekly(simulator, 3)
        answer_all(robin, first, days=14, start_time="9am", end_time="10am", which="with-later")
        assert "Appointments moved" in shown(robin, press(robin, first)["Location"])

    def test_what_only_looks_like_a_repeat_is_none(self, robin: Client, simulator: Simulator) -> None:
        first = session(simulator)
        session(simulator, days=14, start="11:00", end="12:00")
        session(simulator, days=14, type="COPT", officeLocationCode=None)
        session(simulator, days=21, externalReference=None)
        session(simulator, days=28, nsiId=None, rarActivity=False)
        assert robin.post(move_url(first), typed()[""])["Location"] == move_url(first, "when/")

    def test_one_that_could_not_move_is_told_apart_and_can_be_moved_by_itself(
        self, robin: Client, simulator: Simulator
    ) -> None:
        first, second = weekly(simulator, 2)
        answer_all(robin, first, which="with-later")
        sent = hidden_inputs(robin.get(move_url(first, "check/")))
        simulator.add_contact(BRIAN, start=f"{day(16)}T14:30", end=f"{day(16)}T15:30", type="CHVS")
        page = shown(robin, robin.post(move_url(first, "check/"), sent)["Location"])
        assert "1 of 2 appointments moved" in page
        assert "There is another appointment at this time." in page
        assert move_url(second) in page

    def test_a_repeat_that_changed_meanwhile_is_shown_before_anything_is_sent(
        self, robin: Client, simulator: Simulator
    ) -> None:
        first, second = weekly(simulator, 2)
        answer_all(robin, first, which="with-later")
        sent = hidden_inputs(robin.get(move_url(first, "check/")))
        simulator.change_contact(second, notes="Others.")
        page = robin.post(move_url(first, "check/"), sent).content.decode()
        assert "Delius has changed these appointments" in page
        assert simulator.requests("reschedule") == []

    def test_what_a_crash_left_is_moved_by_the_worker(
        self, robin: Client, simulator: Simulator, later: Callable[..., Any]
    ) -> None:
        first, *_ = weekly(simulator, 3)
        answer_all(robin, first, which="with-later")
        simulator.fault("reschedule", "status", status=429)
        address = press(robin, first)["Location"]
        assert "still moving these appointments" in shown(robin, address)
        with later(minutes=20):
            resume_due()
            assert "Appointments moved" in shown(robin, address)


class TestWhoMayMove:
    def test_somebody_who_may_only_read_cannot_move(
        self, robin: Client, simulator: Simulator, signed_in: Callable[[str], Client]
    ) -> None:
        old_id = session(simulator)
        rea = signed_in("REA.READONLY")
        for page in ("", "when/", "check/", "location-not-listed/"):
            assert rea.get(move_url(old_id, page)).status_code == 403

    def test_what_somebody_else_moves_at_the_moment_is_said(
        self, robin: Client, simulator: Simulator, signed_in: Callable[[str], Client]
    ) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id)
        simulator.fault("reschedule", "status", status=429)
        press(robin, old_id)
        terry = signed_in("TERRY.TWOTEAMS")
        assert "Somebody else is changing it" in shown(terry, move_url(old_id))


class TestWhereItWasArranged:
    def test_the_page_that_said_it_was_arranged_says_where_it_went(self, robin: Client, simulator: Simulator) -> None:
        answer_booking(robin)
        arranged = confirm(robin)["Location"]
        assert "Appointment arranged" in shown(robin, arranged)
        contact_id = Booking.objects.get().appointment_id or 0
        answer_all(robin, contact_id)
        press(robin, contact_id)
        answer_all(robin, Move.objects.get().new_contact_id or 0, days=12)
        press(robin, Move.objects.get().new_contact_id or 0)
        page = shown(robin, arranged)
        assert "Appointment arranged" not in page
        assert "This appointment has been moved" in page
        assert f"It is now on {long_day(12)}, 2pm to 3pm, at Wharfside Centre" in page
        last = Move.objects.exclude(contact_id=contact_id).get()
        assert f"/cases/{BRIAN}/appointments/{last.new_contact_id}/" in page

    def test_so_does_the_page_of_repeats(self, robin: Client, simulator: Simulator) -> None:
        arrange_weekly(robin)
        arranged = confirm(robin)["Location"]
        shown(robin, arranged)
        second = Booking.objects.order_by("start")[1].appointment_id or 0
        answer_all(robin, second, days=16)
        press(robin, second)
        page = shown(robin, arranged)
        assert page.count("It is now on") == 1
        assert f"{long_day(16)}, 2pm to 3pm" in page

    def test_the_old_one_shows_where_it_went_on_its_page_and_on_the_schedule(
        self, robin: Client, simulator: Simulator
    ) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id)
        press(robin, old_id)
        new = f'href="/cases/{BRIAN}/appointments/{Move.objects.get().new_contact_id}/"'
        assert new in shown(robin, f"/cases/{BRIAN}/appointments/{old_id}/")
        assert shown(robin, f"/cases/{BRIAN}/schedule/").count(new) == 2


class TestWhatIsTypedIsKept:
    def test_why_comes_back_after_a_session_that_ended(self, robin: Client, simulator: Simulator) -> None:
        address = move_url(session(simulator))
        mark = owner_on(shown(robin, address))
        sign_out_meanwhile()
        robin.post(address, {**typed()[""], "typed_by": mark})
        sign_in_again(robin)
        page = shown(robin, address)
        assert BANNER in page
        assert REASON in page

    def test_each_appointment_has_answers_of_its_own(self, robin: Client, simulator: Simulator) -> None:
        one, other = session(simulator), session(simulator, days=12, start="11:00", end="12:00")
        robin.post(move_url(one), typed()[""])
        assert REASON in shown(robin, move_url(one))
        assert REASON not in shown(robin, move_url(other))

    def test_a_move_is_its_users_own(
        self, robin: Client, simulator: Simulator, signed_in: Callable[[str], Client]
    ) -> None:
        old_id = session(simulator)
        answer_all(robin, old_id)
        address = press(robin, old_id)["Location"]
        assert signed_in("TERRY.TWOTEAMS").get(address).status_code == 404
        other = session(simulator, days=20)
        assert robin.get(move_url(other, address.removeprefix(move_url(old_id)))).status_code == 404
