"""Reading the feed of changes into the mirror: what is new, changed, moved and gone, and how Delius is spared."""

import gc
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from structlog.testing import capture_logs

from delius.errors import CircuitOpen, DeliusContractError, Overloaded, Refused, Unavailable
from delius.http import background
from delius.mirror import sync
from delius.mirror.sync import ChangeCounts, PageSync
from delius.models import MirrorCursor, MirroredContact, MirroredNsi
from tests.delius.factories import make_contact, make_nsi
from tests.delius.scripted import Answer, Received, ScriptedUpstream
from tests.delius.values import BRIAN, CLARA, DEV, EDIE, FRANK, NOW
from tests.simulator_process import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.database]

CODES = ("NAT1", "TKCAC", "TKCON", "TKDEV", "TKMAP", "TKNEW", "TKSFR", "TKSTE")
HOUR = timedelta(hours=1)
MODELS = (MirrorCursor, MirroredNsi, MirroredContact)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def synced(*, type_codes: tuple[str, ...] = CODES, **options: Any) -> ChangeCounts:
    """What a run changed, in all its pages."""
    pages = list(sync.sync_changes(type_codes=type_codes, **options))
    return ChangeCounts(*(sum(each) for each in zip(*(vars(page.counts).values() for page in pages), strict=True)))


def an_nsi(nsi_id: int = 1, **values: Any) -> dict[str, Any]:
    """An open NSI as the feed has it."""
    usual = {
        "nsiId": nsi_id,
        "type": {"code": "TKDEV", "description": "Developing Dialogues"},
        "status": {"code": "INPROG", "description": "In progress"},
        "referralDate": "2026-05-01",
        "active": True,
        "softDeleted": False,
        "appointmentCount": 0,
    }
    return {"crn": BRIAN, "at": NOW.isoformat(), "nsi": usual | values}


def an_appointment(contact_id: int = 1, *, nsi_id: int | None = 1, **values: Any) -> dict[str, Any]:
    """An appointment as the feed has it."""
    usual = {
        "contactId": contact_id,
        "version": 1,
        "type": {"code": "COAP", "description": "Office visit"},
        "start": "2026-06-24T14:00:00+01:00",
        "sensitive": False,
        "countsTowardsRar": True,
        "softDeleted": False,
        "nsi": {"nsiId": nsi_id, "type": {"code": "TKDEV", "description": ""}} if nsi_id else None,
    }
    return {"crn": BRIAN, "at": NOW.isoformat(), "appointment": usual | values}


def gone(**ids: int) -> dict[str, Any]:
    return {"crn": BRIAN, "at": NOW.isoformat(), "gone": ids}


def page(*changes: dict[str, Any], following: str = "1", more: bool = False) -> Answer:
    return Answer({"changes": list(changes), "next": following, "more": more})


def planned_of(simulator: Simulator, crn: str) -> int:
    """The contact of a person's appointment that is still to come."""
    [contact] = [each for each in simulator.contacts(crn) if each["start"] > NOW.isoformat() and each["nsiId"]]
    return int(contact["contactId"])


class TestFirstReading:
    def test_an_nsi_is_kept_as_delius_has_it(self, frozen: Simulator):
        [there] = frozen.nsis(CLARA)
        synced()
        nsi = MirroredNsi.objects.get(crn=CLARA)
        assert (nsi.nsi_id, nsi.event_id, nsi.requirement_id) == (
            there["nsiId"],
            there["eventId"],
            there["requirementId"],
        )
        assert (nsi.type_code, nsi.sub_type_code) == ("TKCAC", "")
        assert (nsi.status_code, nsi.status_description) == ("INPROG", "In progress")
        assert (str(nsi.referral_date), nsi.end_date) == (there["referralDate"], None)
        assert (nsi.provider_code, nsi.team_code, nsi.staff_code) == (there["provider"], there["team"], there["staff"])
        assert (nsi.active, nsi.soft_deleted, nsi.seen_at, nsi.gone_since) == (True, False, NOW, None)
        assert nsi.type_description

    def test_its_appointments_are_kept_with_their_outcome(self, frozen: Simulator):
        there = [each for each in frozen.contacts(CLARA) if each["nsiId"]]
        synced()
        kept = MirroredContact.objects.filter(crn=CLARA).order_by("contact_id")
        assert [(each.contact_id, each.nsi_id, each.type_code, each.outcome_code) for each in kept] == [
            (each["contactId"], each["nsiId"], each["type"], each["outcome"] or "") for each in there
        ]
        assert {(each.outcome_code, each.attended) for each in kept} == {("ATTC", True), ("", None)}
        assert {(each.moved_from, each.gone_since) for each in kept} == {(None, None)}

    def test_ended_soft_deleted_and_duplicate_nsis_are_there_too(self, frozen: Simulator):
        synced()
        assert MirroredNsi.objects.filter(crn=DEV, type_code="TKCAC").count() == 2
        assert MirroredNsi.objects.get(crn=EDIE, type_code="TKDEV").soft_deleted
        assert not MirroredNsi.objects.get(crn=FRANK, type_code="TKMAP").active

    def test_everything_that_hangs_from_a_toolkits_nsi_is_there_and_nothing_else(self, frozen: Simulator):
        frozen.add_contact(BRIAN, start="2026-06-11T10:00", end="2026-06-11T11:00")
        synced(size=7)
        toolkits = {each["nsiId"] for each in frozen.nsis() if each["type"] in CODES}
        hanging = {
            each["contactId"]
            for each in frozen.contacts()
            if each["nsiId"] in toolkits and not each["softDeleted"] and each["type"] == "COAP"
        }
        assert set(MirroredNsi.objects.values_list("nsi_id", flat=True)) == toolkits
        assert hanging
        assert set(MirroredContact.objects.filter(type_code="COAP").values_list("contact_id", flat=True)) == hanging

    def test_an_nsi_of_no_event_and_no_manager_is_kept(self, upstream: ScriptedUpstream):
        upstream.answers(page(an_nsi()))
        assert synced() == ChangeCounts(nsis_new=1)
        nsi = MirroredNsi.objects.get()
        assert (nsi.event_id, nsi.requirement_id, nsi.team_code) == (None, None, "")

    def test_nsis_are_stored_before_the_appointments_that_came_before_them(self, upstream: ScriptedUpstream):
        upstream.answers(page(an_appointment(), an_nsi()))
        assert synced() == ChangeCounts(nsis_new=1, contacts_new=1)

    def test_an_appointment_whose_nsi_nobody_knows_is_left_out_and_logged(self, upstream: ScriptedUpstream):
        upstream.answers(page(an_nsi(1), an_appointment(1, nsi_id=2), an_appointment(2, nsi_id=None)))
        with capture_logs() as logs:
            assert synced() == ChangeCounts(nsis_new=1)
        assert [each["appointments"] for each in logs if each["event"] == "appointments_without_nsi"] == [2]


class TestWhatHasChanged:
    def test_nothing_has_where_delius_has_not(self, frozen: Simulator):
        synced()
        assert synced() == ChangeCounts()
        assert synced(from_beginning=True) == ChangeCounts()

    def test_a_moved_appointment_says_where_it_was(self, frozen: Simulator):
        synced()
        contact_id = planned_of(frozen, CLARA)
        before = MirroredContact.objects.get(contact_id=contact_id).start
        frozen.change_contact(contact_id, start="2026-06-25T15:00", end="2026-06-25T16:00")
        assert synced() == ChangeCounts(contacts_moved=1)
        contact = MirroredContact.objects.get(contact_id=contact_id)
        assert (contact.moved_from, contact.start) == (before, datetime(2026, 6, 25, 14, 0, tzinfo=UTC))
        frozen.change_contact(contact_id, notes="Bring a letter")
        assert synced() == ChangeCounts()
        contact.refresh_from_db()
        assert contact.moved_from == before

    def test_an_appointment_in_the_hour_that_clocks_repeat_has_not_moved(self, frozen: Simulator):
        [nsi] = frozen.nsis(CLARA)
        frozen.add_contact(CLARA, start="2026-10-25T01:30", end="2026-10-25T01:45", nsiId=nsi["nsiId"])
        synced()
        assert synced(from_beginning=True) == ChangeCounts()

    def test_an_outcome_recorded_later_is_taken_over_and_is_no_move(self, frozen: Simulator):
        synced()
        contact_id = planned_of(frozen, CLARA)
        frozen.change_contact(contact_id, outcome="AFTA")
        assert synced() == ChangeCounts()
        contact = MirroredContact.objects.get(contact_id=contact_id)
        assert (contact.outcome_code, contact.attended) == ("AFTA", False)

    def test_a_deleted_appointment_is_gone_since_a_sync_read_so_and_back_when_it_is(self, frozen: Simulator):
        synced()
        contact_id = planned_of(frozen, CLARA)
        frozen.change_contact(contact_id, softDeleted=True)
        assert synced() == ChangeCounts(contacts_gone=1)
        with time_machine.travel(NOW + HOUR, tick=False):
            assert synced(from_beginning=True) == ChangeCounts()
        assert MirroredContact.objects.get(contact_id=contact_id).gone_since == NOW
        frozen.change_contact(contact_id, softDeleted=False)
        synced()
        assert MirroredContact.objects.get(contact_id=contact_id).gone_since is None

    def test_an_nsi_soft_deleted_in_delius_is_changed_and_its_appointments_stay(self, frozen: Simulator):
        synced()
        [nsi] = frozen.nsis(CLARA)
        frozen.soft_delete_nsi(nsi["nsiId"])
        assert synced() == ChangeCounts(nsis_changed=1)
        assert MirroredNsi.objects.get(crn=CLARA).soft_deleted
        assert not MirroredContact.objects.filter(gone_since__isnull=False)

    def test_an_nsi_ended_in_delius_is_no_longer_active(self, frozen: Simulator):
        synced()
        [nsi] = frozen.nsis(CLARA)
        frozen.end_nsi(nsi["nsiId"], "2026-06-09")
        assert synced() == ChangeCounts(nsis_changed=1)
        assert not MirroredNsi.objects.filter(MirroredNsi.is_active(), crn=CLARA).exists()

    def test_an_nsi_taken_out_of_the_record_is_gone_with_its_appointments(self, frozen: Simulator):
        synced()
        [nsi] = frozen.nsis(CLARA)
        hanging = MirroredContact.objects.filter(nsi=nsi["nsiId"])
        assert hanging.exists()
        frozen.remove_nsi(nsi["nsiId"])
        assert synced() == ChangeCounts(nsis_gone=1, contacts_gone=hanging.count())
        assert MirroredNsi.objects.get(crn=CLARA).gone_since == NOW
        assert {each.gone_since for each in hanging} == {NOW}

    def test_the_appointments_of_an_nsi_that_is_gone_are_gone_though_nothing_says_so(self, upstream: ScriptedUpstream):
        upstream.answers(
            page(an_nsi(), an_appointment(1), an_appointment(2), more=True),
            page(gone(nsiId=1), an_nsi(2), an_appointment(2, nsi_id=2), following="2"),
        )
        assert synced() == ChangeCounts(nsis_new=2, contacts_new=2, nsis_gone=1, contacts_gone=1)
        assert MirroredContact.objects.get(gone_since=None).nsi_id == 2

    def test_an_appointment_that_hangs_from_something_else_now_is_gone(self, frozen: Simulator):
        synced()
        contact_id = planned_of(frozen, CLARA)
        frozen.change_contact(contact_id, nsiId=None)
        assert synced() == ChangeCounts(contacts_gone=1)

    def test_an_nsi_that_is_back_is_no_longer_gone(self, upstream: ScriptedUpstream):
        make_nsi(nsi_id=1, gone_since=NOW)
        upstream.answers(page(an_nsi(1)))
        assert synced() == ChangeCounts(nsis_changed=1)
        assert MirroredNsi.objects.get().gone_since is None

    def test_the_last_of_several_changes_of_one_record_counts(self, upstream: ScriptedUpstream):
        upstream.answers(
            page(
                an_nsi(),
                an_nsi(endDate="2026-06-09", active=False),
                an_appointment(1),
                gone(contactId=1),
                gone(contactId=2),
                an_appointment(2),
                an_appointment(2, start="2026-06-25T14:00:00+01:00"),
            )
        )
        assert synced() == ChangeCounts(nsis_new=1, contacts_new=1)
        assert MirroredNsi.objects.get().end_date == date(2026, 6, 9)
        contact = MirroredContact.objects.get()
        assert (contact.contact_id, contact.start, contact.moved_from) == (
            2,
            datetime(2026, 6, 25, 13, 0, tzinfo=UTC),
            None,
        )

    def test_what_was_of_a_type_that_was_not_asked_for_is_not_gone(self, upstream: ScriptedUpstream):
        make_contact(make_nsi(nsi_id=1, type_code="TKOLD"), contact_id=1)
        upstream.answers(page(gone(nsiId=1), gone(contactId=1)))
        assert synced() == ChangeCounts()
        assert not MirroredNsi.objects.filter(gone_since__isnull=False)
        assert not MirroredContact.objects.filter(gone_since__isnull=False)

    def test_what_is_gone_and_was_never_known_is_no_concern(self, upstream: ScriptedUpstream):
        upstream.answers(page(gone(nsiId=9), gone(contactId=9), an_nsi(1), an_appointment(1, softDeleted=True)))
        assert synced() == ChangeCounts(nsis_new=1)
        assert not MirroredContact.objects.exists()


class TestWhereItGoesOn:
    def test_a_run_goes_on_where_the_last_one_stopped(self, upstream: ScriptedUpstream):
        upstream.answers(page(an_nsi(), following="a", more=True), page(following="b"), page(following="b"))
        synced()
        synced()
        assert [each.query.get("after") for each in upstream.received] == [None, ["a"], ["b"]]
        assert {tuple(each.query["nsiTypeCode"]) for each in upstream.received} == {tuple(sorted(CODES))}
        cursor = MirrorCursor.objects.get()
        assert (cursor.next, cursor.type_codes, cursor.updated_at) == ("b", " ".join(sorted(CODES)), NOW)

    def test_with_a_toolkit_added_it_begins_at_the_beginning_again(self, upstream: ScriptedUpstream):
        upstream.answers(page(following="a"))
        synced()
        synced(type_codes=(*CODES, "TKX"))
        synced(type_codes=(*CODES, "TKX"))
        assert [each.query.get("after") for each in upstream.received] == [None, None, ["a"]]

    def test_it_begins_at_the_beginning_where_it_is_told_to(self, upstream: ScriptedUpstream):
        upstream.answers(page(following="a"))
        synced()
        synced(from_beginning=True)
        assert [each.query.get("after") for each in upstream.received] == [None, None]

    def test_what_was_read_before_a_stop_is_kept_and_the_next_run_reads_the_rest(self, frozen: Simulator):
        pages = sync.sync_changes(type_codes=CODES, size=5, wait=lambda seconds: None)
        assert next(pages).changes == 5
        frozen.fault("getChanges", "status", status=503, times=None)
        with pytest.raises(Overloaded):
            next(pages)
        frozen.clear_faults()
        frozen.clear_requests()
        synced(size=5)
        assert frozen.requests("getChanges")[0]["query"]["after"]
        assert synced(from_beginning=True) == ChangeCounts()

    def test_a_page_and_where_it_ends_are_stored_together_or_not_at_all(
        self, upstream: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
    ):
        def interrupted(comparison: Any) -> None:
            raise KeyboardInterrupt

        upstream.answers(page(an_nsi(), following="a"))
        with monkeypatch.context() as patch:
            patch.setattr(sync, "upsert", interrupted)
            with pytest.raises(KeyboardInterrupt):
                synced()
        assert (MirrorCursor.objects.get().next, MirroredNsi.objects.count()) == ("", 0)
        assert synced() == ChangeCounts(nsis_new=1)

    def test_a_run_that_is_overtaken_by_another_stores_nothing_old_and_ends(self, upstream: ScriptedUpstream):
        """While it waits for its page, another run stores a newer one."""

        def respond(request: Received) -> Answer:
            if "after" not in request.query and len(upstream.received) == 1:
                return page(an_nsi(), following="a", more=True)
            return page(an_nsi(endDate="2026-06-09", active=False), following="b")

        upstream.respond = respond
        pages = sync.sync_changes(type_codes=CODES)
        assert next(pages).counts == ChangeCounts(nsis_new=1)
        assert synced() == ChangeCounts(nsis_changed=1)
        assert list(pages) == []
        assert (MirrorCursor.objects.get().next, MirroredNsi.objects.get().active) == ("b", False)

    def test_a_dry_run_reports_and_stores_nothing(self, frozen: Simulator):
        first = synced(dry_run=True, size=5)
        for model in MODELS:
            assert not model.objects.exists()
        assert synced() == first
        assert first.nsis_new
        assert first.contacts_new


class TestSparingDelius:
    def test_nothing_is_ever_written(self, frozen: Simulator):
        synced()
        asked = {(each["method"], each["operation"]) for each in frozen.requests()} - {("POST", "token")}
        assert asked == {("GET", "getChanges")}

    def test_it_waits_for_as_long_as_it_is_asked_to_and_reads_on(self, frozen: Simulator):
        frozen.fault("getChanges", "status", status=429, retryAfter=7)
        waits: list[float] = []
        assert synced(wait=waits.append).nsis_new
        assert waits == [7]

    def test_without_a_time_it_waits_longer_each_time_then_stops(self, upstream: ScriptedUpstream, settings: Settings):
        settings.DELIUS_CIRCUIT_FAILURES = 0
        upstream.answers(Answer({}, status=500))
        waits: list[float] = []
        with pytest.raises(Unavailable):
            synced(wait=waits.append)
        assert waits == list(sync.BACKOFF_SECONDS)
        assert MirrorCursor.objects.get().next == ""

    def test_asked_to_wait_too_long_it_stops_at_once(self, frozen: Simulator):
        frozen.fault("getChanges", "status", status=429, retryAfter=3600)
        waits: list[float] = []
        with pytest.raises(Overloaded):
            synced(wait=waits.append)
        assert waits == []

    def test_it_rests_while_the_circuit_is_open_and_carries_on_once_it_is_closed(
        self, upstream: ScriptedUpstream, settings: Settings
    ):
        settings.DELIUS_CIRCUIT_FAILURES = 1
        answers = [Answer({}, status=500)]
        upstream.respond = lambda request: (
            Answer({"appointmentTypes": []})
            if request.path.endswith("/appointment-types")
            else answers.pop()
            if answers
            else page(an_nsi())
        )
        rests: list[float] = []
        with time_machine.travel(NOW, tick=False) as clock:

            def rest(seconds: float) -> None:
                rests.append(seconds)
                clock.shift(seconds)
                background.drain()

            assert synced(wait=rest) == ChangeCounts(nsis_new=1)
        assert rests
        assert sum(rests) < 2 * settings.DELIUS_CIRCUIT_SECONDS

    def test_it_stops_where_the_circuit_is_still_open_after_some_rests(
        self, upstream: ScriptedUpstream, settings: Settings
    ):
        settings.DELIUS_CIRCUIT_FAILURES = 1
        upstream.answers(Answer({}, status=500))
        with pytest.raises(CircuitOpen):
            synced(wait=lambda seconds: None)

    def test_a_place_that_delius_refuses_is_an_error_and_changes_nothing(self, frozen: Simulator):
        synced()
        MirrorCursor.objects.update(next="nowhere")
        with pytest.raises(Refused):
            synced()
        assert MirrorCursor.objects.get().next == "nowhere"

    def test_a_feed_that_never_moves_on_is_an_error(self, upstream: ScriptedUpstream):
        upstream.answers(page(following="a", more=True))
        with pytest.raises(DeliusContractError):
            synced()
        assert len(upstream.received) == 2


class TestABigFeed:
    PAGES, SIZE = 24, 100

    @pytest.fixture
    def big(self, upstream: ScriptedUpstream) -> ScriptedUpstream:
        """A feed of many pages, each of half NSIs and half appointments of them, all different."""

        def respond(request: Received) -> Answer:
            number = int(request.query.get("after", ["0"])[0])
            first = number * self.SIZE
            nsis = [an_nsi(first + each) for each in range(1, self.SIZE // 2 + 1)]
            contacts = [an_appointment(first + each, nsi_id=first + each) for each in range(1, self.SIZE // 2 + 1)]
            return page(*nsis, *contacts, following=str(number + 1), more=number + 1 < self.PAGES)

        upstream.respond = respond
        return upstream

    def test_each_page_costs_as_many_statements_as_the_one_before(self, big: ScriptedUpstream):
        statements = []
        pages = sync.sync_changes(type_codes=CODES, size=self.SIZE)
        next(pages)
        for _ in range(self.PAGES - 1):
            with CaptureQueriesContext(connection) as queries:
                assert next(pages).counts == ChangeCounts(nsis_new=self.SIZE // 2, contacts_new=self.SIZE // 2)
            statements.append(len(queries))
        assert set(statements) == {statements[0]}
        assert MirroredContact.objects.count() == self.PAGES * self.SIZE // 2

    def test_memory_does_not_grow_with_the_pages(self, big: ScriptedUpstream):
        held: list[int] = []
        tracemalloc.start()
        try:
            for number, _ in enumerate(sync.sync_changes(type_codes=CODES, size=self.SIZE)):
                big.received.clear()
                # In the first half the caches of urllib and others, which are of a fixed size, are still filling up.
                if number in (self.PAGES // 2 - 1, self.PAGES - 1):
                    gc.collect()
                    held.append(tracemalloc.get_traced_memory()[0])
        finally:
            tracemalloc.stop()
        assert held[1] - held[0] < 100_000


def test_a_page_says_how_many_changes_it_had_and_until_when(upstream: ScriptedUpstream):
    upstream.answers(page(an_nsi(), an_appointment()))
    assert list(sync.sync_changes(type_codes=CODES)) == [
        PageSync(changes=2, counts=ChangeCounts(nsis_new=1, contacts_new=1), up_to=NOW)
    ]
