"""What came of an appointment is recorded once, as its type allows, and nothing that was typed is lost."""

import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from appointments.models import ChangeDraft, ChangeHistory, ChangeState, RecordedOutcome
from appointments.services.delivery.resume import resume_due
from audit.models import AuditEvent
from rarbooking.models import Session
from tests.appointments.outcomes import (
    ABSENT,
    CAME,
    ILL,
    NOTES,
    OTTO,
    answer,
    appointments,
    outcome_url,
    past,
    press,
    record,
    record_of,
)
from tests.booking.journeys import hidden_inputs
from tests.people import account
from tests.simulator_process import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def in_words(page: Any) -> str:
    """The text of a page, without its markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page.content.decode())).split())


def chosen(page: Any) -> set[str]:
    """The values of the radios that a page shows as chosen."""
    return set(re.findall(r'type="radio" value="([^"]*)" checked', page.content.decode()))


@pytest.fixture
def contact_id(simulator: Simulator) -> int:
    """Otto's first session, two weeks ago, that has no outcome."""
    return past(simulator)


class TestRecording:
    def test_an_attendance_is_recorded_with_its_notes_after_those_there(
        self, robin: Client, simulator: Simulator, contact_id: int
    ) -> None:
        before = record_of(simulator, contact_id)["notes"]
        page = in_words(record(robin, contact_id))
        assert "Outcome recorded" in page
        there = record_of(simulator, contact_id)
        assert (there["outcome"], there["notes"], there["rarActivity"]) == ("ATTC", f"{before}\n\n{NOTES}", True)

    def test_the_page_says_what_it_did_to_the_rar_days_and_says_the_same_later(
        self, robin: Client, simulator: Simulator, contact_id: int
    ) -> None:
        answer(robin, contact_id)
        address = press(robin, contact_id)["Location"]
        effect = "Completed Before 0 days Now 1 day Booked Before 1 day Now 1 day Left Before 19 days Now 18 days"
        assert effect in in_words(robin.get(address))
        simulator.change_contact(contact_id, outcome="AAAA")
        assert effect in in_words(robin.get(address))

    def test_the_page_says_where_the_rar_days_are_as_they_were(self, robin: Client, contact_id: int) -> None:
        assert "The number of RAR days has not changed." in in_words(record(robin, contact_id, ILL))

    def test_an_appointment_without_rar_says_so(self, robin: Client, simulator: Simulator) -> None:
        day = date.today() - timedelta(days=1)
        made = simulator.add_contact("X000007", start=f"{day}T09:00", end=f"{day}T09:30")["contactId"]
        page = in_words(record(robin, made, crn="X000007"))
        assert "This appointment does not count towards RAR." in page

    def test_an_unacceptable_absence_is_recorded_with_its_enforcement_action(
        self, robin: Client, simulator: Simulator, contact_id: int
    ) -> None:
        record(robin, contact_id, ABSENT)
        there = record_of(simulator, contact_id)
        assert (there["outcome"], there["enforcement"], there["rarActivity"]) == ("AFTA", "ROM", False)

    def test_an_acceptable_absence_is_recorded_with_its_reason(
        self, robin: Client, simulator: Simulator, contact_id: int
    ) -> None:
        record(robin, contact_id, ILL)
        assert record_of(simulator, contact_id)["outcome"] == "AAME"

    def test_it_can_be_made_sensitive_and_that_is_not_asked_again(
        self, robin: Client, simulator: Simulator, contact_id: int
    ) -> None:
        record(robin, contact_id, CAME | {"sensitive": "on"})
        assert record_of(simulator, contact_id)["sensitive"]
        page = robin.get(outcome_url(contact_id))
        assert 'name="sensitive"' not in page.content.decode()
        record(robin, contact_id, ILL)
        assert record_of(simulator, contact_id)["sensitive"]

    def test_an_outcome_that_is_there_is_shown_and_can_be_changed(
        self, robin: Client, simulator: Simulator, contact_id: int
    ) -> None:
        record(robin, contact_id, ABSENT)
        page = robin.get(outcome_url(contact_id))
        assert "Change the outcome" in in_words(page)
        assert chosen(page) == {"unacceptable-absence", "ROM"}
        answer(robin, contact_id, ILL)
        page = in_words(robin.get(outcome_url(contact_id, "check/")))
        assert "Outcome In Delius now Failed to Attend You entered Acceptable Absence - Medical" in page
        assert "Enforcement action In Delius now Refer to Manager You entered None" in page
        press(robin, contact_id)
        there = record_of(simulator, contact_id)
        assert (there["outcome"], there.get("enforcement")) == ("AAME", None)

    def test_one_can_be_chosen_by_the_address(self, robin: Client, contact_id: int) -> None:
        page = robin.get(f"{outcome_url(contact_id)}?outcome=AASD")
        assert chosen(page) == {"acceptable-absence", "AASD"}

    def test_confirming_twice_records_once(self, robin: Client, simulator: Simulator, contact_id: int) -> None:
        answer(robin, contact_id)
        sent = hidden_inputs(robin.get(outcome_url(contact_id, "check/")))
        first, second = (robin.post(outcome_url(contact_id, "check/"), sent) for _ in range(2))
        assert first["Location"] == second["Location"]
        assert record_of(simulator, contact_id)["notes"].count(NOTES) == 1
        assert len(simulator.requests("putOutcome")) == 1

    def test_what_was_typed_is_forgotten_once_delius_has_it(self, robin: Client, contact_id: int) -> None:
        record(robin, contact_id)
        change = RecordedOutcome.objects.get()
        assert (change.state, change.text, len(change.text_digest)) == (ChangeState.RECORDED, "", 64)
        assert not ChangeDraft.objects.exists()

    def test_each_act_is_in_the_audit_and_without_what_was_typed(self, robin: Client, contact_id: int) -> None:
        record(robin, contact_id)
        events = AuditEvent.objects.filter(what__startswith="OUTCOME_").order_by("at")
        assert [(each.what, each.who, each.subject_id) for each in events] == [
            ("OUTCOME_SUBMITTED", "ROBIN.SAMPLE", OTTO),
            ("OUTCOME_RECORDED", "ROBIN.SAMPLE", OTTO),
        ]
        assert {each.details["appointment"] for each in events} == {contact_id}
        assert NOTES not in str([each.details for each in events])


class TestWhatIsAsked:
    @pytest.mark.parametrize(
        ("answers", "field", "message"),
        [
            ({}, "attendance", "Select whether Otto attended"),
            ({"attendance": "acceptable-absence"}, "outcome_acceptable-absence", "Select the reason for the absence"),
            (
                {"attendance": "unacceptable-absence"},
                "enforcement_unacceptable-absence",
                "Select the enforcement action",
            ),
            (
                {"attendance": "failed-to-comply"},
                "enforcement_failed-to-comply",
                "Select the enforcement action",
            ),
            (
                {"attendance": "acceptable-absence", "outcome_acceptable-absence": "ATTC"},
                "outcome_acceptable-absence",
                "Select the reason for the absence",
            ),
            ({"attendance": "complied", "notes": "🙂" * 2001}, "notes", "must be 4,000 characters or fewer"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field_and_what_is_typed_is_kept(
        self, robin: Client, contact_id: int, answers: dict[str, str], field: str, message: str
    ) -> None:
        typed = {"notes": "Kept.", **answers}
        page = robin.post(outcome_url(contact_id), typed)
        shown = page.content.decode()
        assert page.status_code == 200
        assert shown.count('class="govuk-error-message"') == 1
        assert re.search(rf'<li>\s*<a href="#(id_{field})">[^<]*{message}', shown)
        assert f'id="id_{field}"' in shown
        assert typed["notes"] in shown
        assert not RecordedOutcome.objects.exists()

    def test_what_belongs_to_another_answer_is_ignored(self, robin: Client, contact_id: int) -> None:
        answer(robin, contact_id, {**ILL, "enforcement_unacceptable-absence": "NOSUCH"})

    def test_an_action_is_asked_for_where_delius_allows_one_and_can_be_declined(
        self, robin: Client, simulator: Simulator, contact_id: int
    ) -> None:
        failed = {"attendance": "failed-to-comply", "enforcement_failed-to-comply": "none"}
        record(robin, contact_id, failed)
        there = record_of(simulator, contact_id)
        assert (there["outcome"], there.get("enforcement")) == ("AFTC", None)

    def test_where_one_outcome_demands_an_action_and_another_allows_none_each_is_held_to_its_own(
        self, robin: Client, simulator: Simulator
    ) -> None:
        day = date.today() - timedelta(days=1)
        visit = simulator.add_contact(OTTO, type="CHVS", start=f"{day}T09:00", end=f"{day}T09:30")["contactId"]
        absent = {"attendance": "unacceptable-absence"}
        which, action = "outcome_unacceptable-absence", "enforcement_unacceptable-absence"
        for answers, message in (
            ({which: "AFTA", action: "none"}, "Delius demands one for ‘Failed to Attend’"),
            ({which: "UHVN", action: "ROM"}, "Delius does not allow this enforcement action"),
        ):
            assert message in in_words(robin.post(outcome_url(visit), absent | answers))
        record(robin, visit, absent | {which: "UHVN"})
        assert record_of(simulator, visit)["outcome"] == "UHVN"


class TestWhereNoneCanBeRecorded:
    def test_an_appointment_that_has_not_begun_says_so(self, robin: Client, simulator: Simulator) -> None:
        coming = appointments(simulator)[-1]["contactId"]
        for page in (robin.get(outcome_url(coming)), robin.post(outcome_url(coming), CAME)):
            assert "You cannot record an outcome yet" in in_words(page)
        assert not ChangeDraft.objects.exists()

    def test_one_that_was_moved_leads_to_the_one_that_took_its_place(
        self, robin: Client, simulator: Simulator, contact_id: int
    ) -> None:
        other = appointments(simulator)[-1]["contactId"]
        day = date.today() - timedelta(days=2)
        moved = simulator.add_contact(
            OTTO, start=f"{day}T09:00", end=f"{day}T09:30", outcome="RSOF", rescheduledTo=other
        )["contactId"]
        assert f"/appointments/{other}/" in robin.get(outcome_url(moved)).content.decode()

    def test_one_of_somebody_else_or_of_nobody_is_not_found(self, robin: Client, contact_id: int) -> None:
        for crn, known in (("X000001", contact_id), (OTTO, 1)):
            for page in ("", "check/"):
                assert robin.get(outcome_url(known, page, crn=crn)).status_code == 404
            assert robin.get(f"/cases/{crn}/appointments/{known}/").status_code == 404

    def test_somebody_who_may_only_read_sees_the_appointment_and_cannot_act(
        self, signed_in: Callable[[str], Client], contact_id: int
    ) -> None:
        rea = signed_in("REA.READONLY")
        page = rea.get(f"/cases/{OTTO}/appointments/{contact_id}/")
        assert page.status_code == 200
        assert "outcome/" not in page.content.decode()
        assert rea.get(outcome_url(contact_id)).status_code == 403
        assert rea.post(outcome_url(contact_id, "check/")).status_code == 403


class TestChanged:
    def test_what_delius_has_now_is_shown_beside_what_was_entered_and_asked_again(
        self, robin: Client, simulator: Simulator, contact_id: int
    ) -> None:
        answer(robin, contact_id)
        sent = hidden_inputs(robin.get(outcome_url(contact_id, "check/")))
        simulator.change_contact(contact_id, outcome="AFTA", notes="By somebody else.")
        page = robin.post(outcome_url(contact_id, "check/"), sent)
        assert page.status_code == 200
        assert "This appointment has changed in Delius" in in_words(page)
        assert "Outcome In Delius now Failed to Attend You entered Attended - Complied" in in_words(page)
        assert NOTES in page.content.decode()
        assert not simulator.requests("putOutcome")
        robin.post(outcome_url(contact_id, "check/"), hidden_inputs(page))
        there = record_of(simulator, contact_id)
        assert (there["outcome"], there["notes"]) == ("ATTC", f"By somebody else.\n\n{NOTES}")

    def test_where_only_delius_sees_it_the_answers_are_kept_and_asked_again(
        self, robin: Client, simulator: Simulator, contact_id: int, later: Any
    ) -> None:
        answer(robin, contact_id)
        simulator.fault("putOutcome", "status", status=429)
        press(robin, contact_id)
        simulator.change_contact(contact_id, outcome="AAAA")
        with later(seconds=16):
            assert resume_due() == {"changed": 1}
        change = RecordedOutcome.objects.get()
        page = robin.get(outcome_url(contact_id, f"{change.id}/"))
        assert "nothing was recorded. Your answers are kept" in in_words(page)
        page = robin.get(outcome_url(contact_id, "check/"))
        assert "Outcome In Delius now Acceptable Absence You entered Attended - Complied" in in_words(page)
        assert press(robin, contact_id)["Location"] != outcome_url(contact_id, f"{change.id}/")
        assert record_of(simulator, contact_id)["outcome"] == "ATTC"

    def test_answers_changed_in_another_tab_are_not_confirmed_unseen(
        self, robin: Client, simulator: Simulator, contact_id: int
    ) -> None:
        answer(robin, contact_id)
        sent = hidden_inputs(robin.get(outcome_url(contact_id, "check/")))
        answer(robin, contact_id, ILL)
        page = robin.post(outcome_url(contact_id, "check/"), sent)
        assert "changed in another tab" in in_words(page)
        assert not simulator.requests("putOutcome")


def test_what_was_typed_after_the_session_ended_is_on_the_page_after_signing_in_again(
    robin: Client, contact_id: int
) -> None:
    mark = hidden_inputs(robin.get(outcome_url(contact_id)))["typed_by"]
    Session.objects.all().delete()
    answered = robin.post(outcome_url(contact_id), {**ILL, "notes": NOTES, "typed_by": mark})
    assert answered["Location"].startswith("/sign-in/")
    robin.force_login(account("ROBIN.SAMPLE"))
    page = robin.get(outcome_url(contact_id))
    assert "You had to sign in again" in in_words(page)
    assert chosen(page) == {"acceptable-absence", "AAME"}
    assert NOTES in page.content.decode()


class TestUnderWay:
    def test_a_worker_records_what_was_left_under_way(
        self, robin: Client, simulator: Simulator, contact_id: int, later: Any
    ) -> None:
        answer(robin, contact_id)
        simulator.fault("putOutcome", "status", status=429)
        address = press(robin, contact_id)["Location"]
        page = in_words(robin.get(address))
        assert "We’re still recording this outcome" in page
        assert robin.get(f"{address}state/").json() == {"under_way": True}
        for elsewhere in (outcome_url(contact_id), outcome_url(contact_id, "check/")):
            assert robin.get(elsewhere)["Location"] == address
        with later(seconds=16):
            call_command("resume_changes")
            done = robin.get(address)
        assert "Outcome recorded" in in_words(done)
        assert "Completed Before 0 days Now 1 day" in in_words(done)
        assert record_of(simulator, contact_id)["outcome"] == "ATTC"
        assert {each.to_state for each in ChangeHistory.objects.all()} == {"recorded"}

    def test_somebody_else_is_told_and_cannot_record_meanwhile(
        self, robin: Client, signed_in: Callable[[str], Client], simulator: Simulator, contact_id: int
    ) -> None:
        answer(robin, contact_id)
        simulator.fault("putOutcome", "status", status=429)
        press(robin, contact_id)
        terry = signed_in("TERRY.TWOTEAMS")
        assert "Somebody else is changing it" in in_words(terry.get(outcome_url(contact_id)))
        page = in_words(terry.get(f"/cases/{OTTO}/appointments/{contact_id}/"))
        assert "The outcome of this appointment is being recorded" in page
        assert "Record an outcome" not in page

    @pytest.mark.parametrize("kind", ["drop_after", "status_after"])
    def test_an_answer_that_is_lost_adds_notes_once(
        self, robin: Client, simulator: Simulator, contact_id: int, kind: str, later: Any
    ) -> None:
        answer(robin, contact_id)
        simulator.fault("putOutcome", kind, status=500, times=3)
        press(robin, contact_id)
        for minutes in (1, 2, 3):
            with later(minutes=minutes):
                resume_due()
        assert RecordedOutcome.objects.get().state == ChangeState.RECORDED
        assert record_of(simulator, contact_id)["notes"].count(NOTES) == 1

    def test_a_refusal_says_why_and_what_to_change(self, robin: Client, simulator: Simulator, contact_id: int) -> None:
        answer(robin, contact_id)
        # Delius has the start later than we do, and takes no outcome yet.
        simulator.freeze((timezone.now() - timedelta(days=30)).isoformat())
        page = robin.get(press(robin, contact_id)["Location"])
        assert "Delius does not accept this outcome for this appointment. Choose another." in in_words(page)
        assert f"{outcome_url(contact_id)}?change=1#id_attendance" in page.content.decode()
        assert robin.get(outcome_url(contact_id)).content.decode().count(NOTES) == 1

    def test_where_delius_is_down_nothing_is_recorded_and_answers_are_kept(
        self, robin: Client, simulator: Simulator, contact_id: int
    ) -> None:
        answer(robin, contact_id)
        sent = hidden_inputs(robin.get(outcome_url(contact_id, "check/")))
        simulator.fault("getAppointment", "status", status=500, times=None)
        page = robin.post(outcome_url(contact_id, "check/"), sent)
        assert page.status_code == 503
        assert "Delius is not available" in in_words(page)
        assert not RecordedOutcome.objects.exists()
        assert ChangeDraft.objects.get().answers["notes"] == NOTES


class TestNews:
    @pytest.mark.django_db(transaction=True)
    def test_your_cases_says_what_became_of_an_outcome_until_it_was_seen(
        self, robin: Client, simulator: Simulator, contact_id: int, later: Any
    ) -> None:
        assert "outcome for X000029" not in in_words(robin.get("/"))
        answer(robin, contact_id)
        simulator.fault("putOutcome", "status", status=429)
        address = press(robin, contact_id)["Location"]
        assert "We’re still recording the outcome for X000029" in in_words(robin.get("/"))
        with later(seconds=16):
            resume_due()
            cases = robin.get("/")
            assert "The outcome for X000029 on" in in_words(cases)
            assert f'href="{address}"' in cases.content.decode()
            robin.get(address)
            assert "outcome for X000029" not in in_words(robin.get("/"))
