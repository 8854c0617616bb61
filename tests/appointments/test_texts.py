"""A person is texted once about an appointment, if they agree, with what the practitioner saw and nothing else."""

import html
import logging
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from appointments.models import TextMessage, TextState
from appointments.services.texts import sending
from appointments.services.texts.notify import Notify
from appointments.services.texts.sending import send_due
from appointments.services.texts.wording import TEMPLATES
from audit.models import AuditEvent
from tests.appointments.texts import ARRANGED_TEMPLATE_ID, CRN, ask, coming, text_url, turn_on
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db

RUNBOOK = (Path(__file__).resolve().parent.parent.parent / "docs/runbook.md").read_text(encoding="utf-8")
# Of the simulator's Notify: before and after it took the text.
FAULTS = (
    ("status", {"status": 500}),
    ("status", {"status": 503}),
    ("status", {"status": 429}),
    ("status", {"status": 403}),
    ("drop_before", {}),
    ("drop_after", {}),
    ("status_after", {"status": 500}),
    ("malformed", {}),
    ("missing_field", {"field": "id"}),
)
OPERATIONS = ("previewTemplate", "sendText", "getTexts", "getText")


@pytest.fixture(autouse=True)
def texts_on(settings: Settings, simulator: Simulator) -> None:
    """Texts are on in this file."""
    turn_on(settings, simulator)


@pytest.fixture
def contact_id(simulator: Simulator) -> int:
    """A coming appointment of Brian's."""
    return coming(simulator)


def words(page: Any) -> str:
    """The text of a page, without its markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page.content.decode())).split())


class TestAsking:
    def test_the_text_is_shown_as_it_is_sent(self, robin: Client, simulator: Simulator, contact_id: int) -> None:
        page = words(robin.get(text_url(contact_id)))
        message = ask(robin, contact_id)
        assert send_due() == 1
        (text,) = simulator.texts()
        assert text["body"] in page
        day = date.today() + timedelta(days=7)
        assert text["body"].startswith(f"Brian, your appointment is on {day:%A} {day.day} {day:%B} at 2pm. The address")
        assert (text["reference"], text["phone_number"]) == (str(message.id), "07700900001")

    def test_it_says_nothing_of_probation_and_not_who_else_it_is(
        self, robin: Client, simulator: Simulator, contact_id: int
    ) -> None:
        ask(robin, contact_id)
        send_due()
        body = simulator.texts()[0]["body"].casefold()
        for told in ("probation", "rar ", "toolkit", "example,", "x000001", "office"):
            assert told not in body

    @pytest.mark.parametrize(
        ("type_code", "place"),
        [("COPT", "We will phone you."), ("COVC", "It will be a video call."), ("CHVS", "It will be at your home.")],
    )
    def test_it_says_where_an_appointment_is_that_is_not_at_an_office(
        self, robin: Client, simulator: Simulator, type_code: str, place: str
    ) -> None:
        page = words(robin.get(text_url(coming(simulator, type=type_code, officeLocationCode=None))))
        assert f"at 2pm. {place}" in page

    def test_who_agreed_and_when_is_recorded_and_neither_number_nor_text_is_kept(
        self, robin: Client, contact_id: int
    ) -> None:
        message = ask(robin, contact_id)
        assert (message.user.username, message.state) == ("ROBIN.SAMPLE", TextState.ASKED)
        assert message.consent_at
        kept = " ".join(str(value) for value in TextMessage.objects.filter(id=message.id).values()[0].values())
        assert "0770" not in kept
        assert "Brian" not in kept
        send_due()
        asked = AuditEvent.objects.get(what="TEXT_ASKED")
        sent = AuditEvent.objects.get(what="TEXT_SENT")
        assert (asked.who, sent.who, sent.subject_id) == ("ROBIN.SAMPLE", "ROBIN.SAMPLE", CRN)

    def test_no_answer_is_asked_for_again_and_no_is_no(self, robin: Client, contact_id: int) -> None:
        page = robin.post(text_url(contact_id), {"text": "x"})
        assert "Select yes if Brian agrees to get this text" in words(page)
        assert robin.post(text_url(contact_id), {"text": "x", "send": "no"})["Location"] == f"/cases/{CRN}/"
        assert not TextMessage.objects.exists()

    def test_a_text_that_has_changed_is_shown_again(self, robin: Client, contact_id: int) -> None:
        page = robin.post(text_url(contact_id), {"text": "of another", "send": "yes"})
        assert "The text has changed since you saw it" in words(page)
        assert not TextMessage.objects.exists()

    def test_asking_twice_texts_once(self, robin: Client, simulator: Simulator, contact_id: int) -> None:
        shown = re.search(r'name="text" value="(\w+)"', robin.get(text_url(contact_id)).content.decode())
        assert shown
        for _ in range(2):
            robin.post(text_url(contact_id), {"text": shown[1], "send": "yes"})
        send_due()
        robin.post(text_url(contact_id), {"text": shown[1], "send": "yes"})
        send_due()
        assert len(simulator.texts()) == 1

    def test_nobody_is_asked_where_texts_are_off_or_there_is_no_mobile_number(
        self, robin: Client, simulator: Simulator, settings: Settings, contact_id: int
    ) -> None:
        # Without a number in Delius.
        assert robin.get(text_url(coming(simulator, "X000010"), "X000010")).status_code == 404
        settings.NOTIFY_MOVED_TEMPLATE_ID = ""
        assert robin.get(text_url(contact_id)).status_code == 404
        assert "by text" not in words(robin.get(f"/cases/{CRN}/appointments/{contact_id}/"))

    def test_who_may_only_read_cannot_ask(self, signed_in: Callable[[str], Client], contact_id: int) -> None:
        assert signed_in("REA.READONLY").get(text_url(contact_id)).status_code == 403

    def test_there_is_no_text_about_what_has_begun(self, robin: Client, simulator: Simulator) -> None:
        began = date.today() - timedelta(days=1)
        contact = simulator.add_contact(CRN, start=f"{began}T09:00", end=f"{began}T09:30", type="COAP")["contactId"]
        assert "no text can be sent about it" in words(robin.get(text_url(contact)))


class TestSending:
    @pytest.mark.parametrize(
        ("status", "state", "shown"),
        [
            ("delivered", TextState.DELIVERED, "Text delivered: sent on"),
            ("permanent-failure", TextState.FAILED, "Text not delivered: the number does not exist"),
            ("temporary-failure", TextState.FAILED, "Text not delivered: the phone was off"),
        ],
    )
    def test_what_became_of_it_is_on_the_pages_of_the_person_and_of_the_appointment(
        self,
        robin: Client,
        simulator: Simulator,
        later: Callable[..., Any],
        contact_id: int,
        status: str,
        state: TextState,
        shown: str,
    ) -> None:
        message = ask(robin, contact_id)
        assert "Text waiting to be sent" in words(robin.get(f"/cases/{CRN}/"))
        send_due()
        assert "We do not know yet whether it arrived" in words(robin.get(f"/cases/{CRN}/"))
        simulator.set_text_status(simulator.texts()[0]["id"], status)
        with later(minutes=2):
            send_due()
        message.refresh_from_db()
        assert message.state == state
        for page in (f"/cases/{CRN}/", f"/cases/{CRN}/appointments/{contact_id}/", text_url(contact_id)):
            assert shown in words(robin.get(page))

    def test_looking_whether_it_arrived_comes_to_an_end(
        self, robin: Client, simulator: Simulator, later: Callable[..., Any], contact_id: int
    ) -> None:
        message = ask(robin, contact_id)
        send_due()
        simulator.set_text_status(simulator.texts()[0]["id"], "sending")
        for days in range(1, 15):
            with later(days=days):
                send_due()
        message.refresh_from_db()
        assert (message.state, message.next_try_at) == (TextState.SENT, None)
        assert len(simulator.requests("getText")) < 10
        assert "did not say whether it arrived" in words(robin.get(text_url(contact_id)))

    def test_an_appointment_that_changed_meanwhile_is_not_texted_about_and_may_be_asked_for_again(
        self, robin: Client, simulator: Simulator, contact_id: int
    ) -> None:
        message = ask(robin, contact_id)
        day = date.today() + timedelta(days=8)
        simulator.change_contact(contact_id, start=f"{day}T09:00", end=f"{day}T09:30")
        send_due()
        message.refresh_from_db()
        assert (message.state, simulator.texts()) == (TextState.NOT_SENT, [])
        assert "the appointment changed before the text was sent" in words(robin.get(text_url(contact_id)))
        ask(robin, contact_id)
        send_due()
        assert [text["body"].split(". ")[0] for text in simulator.texts()] == [
            f"Brian, your appointment is on {day:%A} {day.day} {day:%B} at 9am"
        ]

    def test_a_template_that_says_something_else_is_not_sent(
        self, robin: Client, simulator: Simulator, contact_id: int
    ) -> None:
        simulator.change_text_template(ARRANGED_TEMPLATE_ID, "Probation: see you at ((time))")
        message = ask(robin, contact_id)
        send_due()
        message.refresh_from_db()
        assert (message.state, simulator.texts()) == (TextState.NOT_SENT, [])
        assert "says something else than what was shown" in message.reason

    def test_a_number_that_notify_does_not_take_is_told(
        self, robin: Client, simulator: Simulator, contact_id: int
    ) -> None:
        message = ask(robin, contact_id)
        simulator.fault("sendText", "status", status=400)
        send_due()
        message.refresh_from_db()
        assert (message.state, message.sent_at) == (TextState.NOT_SENT, None)
        assert "did not accept the number" in message.reason

    def test_the_runbook_has_the_templates_word_for_word(self) -> None:
        for template in TEMPLATES.values():
            assert f"       {template}\n" in RUNBOOK

    def test_no_number_and_no_name_is_logged(
        self, robin: Client, simulator: Simulator, contact_id: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        ask(robin, contact_id)
        simulator.fault("sendText", "status", status=500)
        send_due()
        assert "text_postponed" in caplog.text
        for private in ("900001", "900 001", "Brian"):
            assert private not in caplog.text


class TestFaults:
    """Lost: asked for, and neither sent nor shown as not sent. Doubled: sent more than once."""

    @pytest.mark.parametrize("operation", OPERATIONS)
    @pytest.mark.parametrize(("kind", "details"), FAULTS)
    @pytest.mark.parametrize("times", [1, 3])
    def test_whatever_fails_a_text_is_sent_once_or_shown_as_not_sent(
        self,
        robin: Client,
        simulator: Simulator,
        later: Callable[..., Any],
        contact_id: int,
        operation: str,
        kind: str,
        details: dict[str, Any],
        times: int,
    ) -> None:
        if operation == "getTexts":
            # It is asked only after a try without an answer.
            simulator.fault("sendText", "drop_after")
        simulator.fault(operation, kind, times=times, **details)
        message = ask(robin, contact_id)
        self.settle(message, later)
        assert message.state == TextState.DELIVERED, message.reason
        assert [text["reference"] for text in simulator.texts()] == [str(message.id)]

    def test_a_worker_that_dies_after_notify_took_the_text_sends_no_second_one(
        self,
        robin: Client,
        simulator: Simulator,
        later: Callable[..., Any],
        contact_id: int,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        message = ask(robin, contact_id)
        with monkeypatch.context() as dying:
            dying.setattr("appointments.services.texts.sending._sent", die)
            with pytest.raises(KeyboardInterrupt):
                send_due()
        assert len(simulator.texts()) == 1
        self.settle(message, later)
        assert message.state == TextState.DELIVERED
        assert len(simulator.texts()) == 1

    def test_two_workers_with_one_text_send_it_once(self, robin: Client, simulator: Simulator, contact_id: int) -> None:
        message = ask(robin, contact_id)
        stale = TextMessage.objects.get(id=message.id)
        send_due()
        with pytest.raises(sending._Taken):
            sending._send(stale, Notify())
        assert len(simulator.texts()) == 1

    def test_what_notify_never_takes_is_given_up_and_shown(
        self, robin: Client, simulator: Simulator, later: Callable[..., Any], contact_id: int, settings: Settings
    ) -> None:
        settings.DELIVERY_MAX_TRIES = 3
        message = ask(robin, contact_id)
        simulator.fault("sendText", "status", status=429, times=None)
        self.settle(message, later)
        assert (message.state, simulator.texts()) == (TextState.NOT_SENT, [])

    def test_a_command_does_what_a_worker_would(self, robin: Client, simulator: Simulator, contact_id: int) -> None:
        ask(robin, contact_id)
        call_command("send_texts")
        assert len(simulator.texts()) == 1

    def test_texts_go_a_while_after_their_appointment_and_those_that_wait_stay(
        self, robin: Client, simulator: Simulator, contact_id: int, settings: Settings, later: Callable[..., Any]
    ) -> None:
        settings.BOOKING_DAYS = 30
        message = ask(robin, contact_id)
        with later(days=40):
            call_command("purge_changes")
            assert TextMessage.objects.exists()
            send_due()
            call_command("purge_changes")
        assert not TextMessage.objects.filter(id=message.id).exists()

    @staticmethod
    def settle(message: TextMessage, later: Callable[..., Any]) -> None:
        for minutes in range(0, 200, 7):
            with later(minutes=minutes):
                send_due()
            message.refresh_from_db()
            if message.next_try_at is None:
                return


def die(*args: Any) -> None:
    raise KeyboardInterrupt
