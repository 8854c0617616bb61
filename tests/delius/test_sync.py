"""Reading cases into the mirror: what is new, changed, moved and gone, and how Delius is spared."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import requests
import time_machine
from pytest_django import Settings

from delius import background, sync
from delius.case_reading import Gate
from delius.client import get_client
from delius.errors import DeliusContractError, DeliusError, LeftAlone, NotFound, Overloaded, Unavailable
from delius.models import MirroredContact, MirroredNsi, SyncedCase
from delius.parallel import PATIENCE
from delius.sync import CaseSync, Tally
from tests.delius.scripted import Answer, Received, ScriptedUpstream
from tests.delius.values import BRIAN, CLARA, DEV, EDIE, FRANK, GITA, HAL, JO, NOW, ROBIN
from tests.simulator_process import REQUEST_SECONDS, Simulator

pytestmark = pytest.mark.django_db

CODES = ("NAT1", "TKCAC", "TKDEV", "TKMAP", "TKNEW", "TKSFR")
EVERYBODY = (BRIAN, CLARA, DEV, EDIE, FRANK, GITA, HAL)
NOBODY = "X999999"
HOUR = timedelta(hours=1)

Change = Callable[..., None]


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def change_contact(frozen: Simulator) -> Change:
    """Return a function that moves, or otherwise changes, an appointment in Delius."""

    def change(contact_id: int, **values: Any) -> None:
        patch = [{"op": "add", "path": f"/{name}", "value": value} for name, value in values.items()]
        in_delius(frozen, "PATCH", f"contact/{contact_id}", patch)

    return change


def in_delius(simulator: Simulator, method: str, path: str, body: Any = None) -> None:
    """Change the record as somebody at work in Delius would."""
    headers = {"Authorization": f"Bearer {simulator.token(ROBIN)}"}
    url = f"{simulator.delius_url}/v1/{path}"
    requests.request(method, url, json=body, headers=headers, timeout=REQUEST_SECONDS).raise_for_status()


def synced(*crns: str, **options: Any) -> list[CaseSync]:
    return list(sync.sync_cases(crns=crns, type_codes=CODES, **options))


def tally_of(crn: str, **options: Any) -> Tally:
    [result] = synced(crn, **options)
    assert result.error is None
    return result.tally


def planned_of(simulator: Simulator, crn: str) -> int:
    """The contact of a person's appointment that is still to come."""
    [contact] = [each for each in simulator.contacts(crn) if each["start"] > NOW.isoformat()]
    return int(contact["contactId"])


def stopped_by(results: Iterator[CaseSync]) -> tuple[DeliusError, list[CaseSync]]:
    """What ended a run, and what it gave until then."""
    given: list[CaseSync] = []
    with pytest.raises(DeliusError) as caught:
        given.extend(results)
    return caught.value, given


class Crowd:
    """Answers requests for people without sentences; those for a person only when `size` of them have come at once."""

    def __init__(self, size: int) -> None:
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()
        self._all_here = threading.Barrier(size, timeout=REQUEST_SECONDS)

    def answer(self, request: Received) -> Answer:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        is_person = request.path.endswith("/all")
        if is_person:
            self._all_here.wait()
        with self._lock:
            self._now -= 1
        return Answer({"otherIds": {"crn": request.path.split("/")[-2]}} if is_person else [])


class TestFirstReading:
    def test_an_nsi_is_kept_as_delius_has_it(self, frozen: Simulator):
        [there] = frozen.nsis(CLARA)
        assert tally_of(CLARA) == Tally(nsis_new=1, contacts_new=2)
        nsi = MirroredNsi.objects.get()
        assert (nsi.nsi_id, nsi.crn, nsi.event_id) == (there["nsiId"], CLARA, there["eventId"])
        assert (nsi.requirement_id, nsi.type_code, nsi.sub_type_code) == (there["requirementId"], "TKCAC", "")
        assert (nsi.status_code, nsi.status_description) == ("INPROG", "In progress")
        assert (nsi.referral_date.isoformat(), nsi.end_date) == (there["referralDate"], None)
        assert (nsi.provider_code, nsi.team_code, nsi.staff_code) == ("N90", "N90AAA", "N90A001")
        assert (nsi.active, nsi.soft_deleted, nsi.seen_at, nsi.gone_since) == (True, False, NOW, None)
        assert nsi.type_description

    def test_its_appointments_are_kept_with_their_outcome(self, frozen: Simulator):
        there = frozen.contacts(CLARA)
        tally_of(CLARA)
        kept = MirroredContact.objects.order_by("contact_id")
        assert [each.contact_id for each in kept] == [each["contactId"] for each in there]
        assert [(each.nsi_id, each.type_code) for each in kept] == [(each["nsiId"], "COAP") for each in there]
        assert [(each.outcome_code, each.attended) for each in kept] == [("ATTC", True), ("", None)]
        assert {(each.moved_from, each.gone_since) for each in kept} == {(None, None)}
        assert kept[1].start == datetime(2026, 6, 24, 13, 0, tzinfo=UTC)

    def test_ended_soft_deleted_and_duplicate_nsis_are_there_too(self, frozen: Simulator):
        synced(DEV, EDIE, FRANK)
        assert MirroredNsi.objects.filter(crn=DEV, type_code="TKCAC").count() == 2
        assert MirroredNsi.objects.get(crn=EDIE).soft_deleted
        assert MirroredNsi.objects.get(crn=FRANK).end_date

    def test_nsis_of_other_types_and_appointments_of_none_are_not_kept(self, frozen: Simulator):
        nsi = frozen.add_nsi(BRIAN, "TKDEV")
        frozen.add_contact(BRIAN, start="2026-06-11T10:00", end="2026-06-11T11:00")
        frozen.add_contact(
            BRIAN, start="2026-06-12T10:00", end="2026-06-12T11:00", nsiId=nsi["nsiId"], rarActivity=True
        )
        results = sync.sync_cases(crns=[BRIAN], type_codes=["TKCAC"])
        assert [each.tally for each in results] == [Tally()]
        assert tally_of(BRIAN) == Tally(nsis_new=1, contacts_new=1)

    def test_the_provider_is_that_of_the_persons_manager(self, frozen: Simulator):
        synced(CLARA, "X000017")
        assert sync.known_cases("N90") == (CLARA,)
        assert SyncedCase.objects.get(crn="X000017").provider_code == ""

    def test_every_page_of_the_contact_log_is_read(self, frozen: Simulator, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("delius.client.PAGE_SIZE", 1)
        assert tally_of(DEV) == Tally(nsis_new=2, contacts_new=4)
        assert len(frozen.requests("contact_summary")) == 4

    def test_sentences_that_have_ended_are_asked_for_too(self, frozen: Simulator):
        tally_of(CLARA)
        assert [each["query"] for each in frozen.requests("convictions")] == [{"activeOnly": "false"}]

    def test_one_case_can_be_synced_by_itself(self, frozen: Simulator):
        assert sync.sync_case(crn=CLARA, type_codes=CODES).tally == Tally(nsis_new=1, contacts_new=2)
        assert isinstance(sync.sync_case(crn=NOBODY, type_codes=CODES).error, NotFound)


class TestWhatHasChanged:
    def test_nothing_has_where_delius_has_not(self, frozen: Simulator):
        synced(*EVERYBODY)
        assert {each.tally for each in synced(*EVERYBODY)} == {Tally()}

    def test_a_moved_appointment_says_where_it_was(self, frozen: Simulator, change_contact: Change):
        tally_of(CLARA)
        contact_id = planned_of(frozen, CLARA)
        change_contact(contact_id, date="2026-06-25", startTime="15:00:00", endTime="16:00:00")
        assert tally_of(CLARA) == Tally(contacts_moved=1)
        contact = MirroredContact.objects.get(contact_id=contact_id)
        assert contact.moved_from == datetime(2026, 6, 24, 13, 0, tzinfo=UTC)
        assert contact.start == datetime(2026, 6, 25, 14, 0, tzinfo=UTC)
        assert tally_of(CLARA) == Tally()
        contact.refresh_from_db()
        assert contact.moved_from == datetime(2026, 6, 24, 13, 0, tzinfo=UTC)

    def test_an_appointment_in_the_hour_that_clocks_repeat_has_not_moved(self, frozen: Simulator):
        [nsi] = frozen.nsis(CLARA)
        frozen.add_contact(
            CLARA, start="2026-10-25T01:30", end="2026-10-25T01:45", nsiId=nsi["nsiId"], rarActivity=True
        )
        tally_of(CLARA)
        assert tally_of(CLARA) == Tally()

    def test_an_outcome_recorded_later_is_taken_over_and_is_no_move(self, frozen: Simulator, change_contact: Change):
        tally_of(CLARA)
        contact_id = planned_of(frozen, CLARA)
        change_contact(contact_id, outcome="AFTA")
        assert tally_of(CLARA) == Tally()
        contact = MirroredContact.objects.get(contact_id=contact_id)
        assert (contact.outcome_code, contact.attended) == ("AFTA", False)

    def test_a_deleted_appointment_is_gone_since_it_was_first_missed(self, frozen: Simulator):
        tally_of(CLARA)
        contact_id = planned_of(frozen, CLARA)
        in_delius(frozen, "DELETE", f"contact/{contact_id}")
        assert tally_of(CLARA) == Tally(contacts_gone=1)
        with time_machine.travel(NOW + HOUR, tick=False):
            assert tally_of(CLARA) == Tally()
        assert MirroredContact.objects.get(contact_id=contact_id).gone_since == NOW

    def test_an_nsi_soft_deleted_in_delius_is_changed_and_its_appointments_stay(self, frozen: Simulator):
        tally_of(CLARA)
        [nsi] = frozen.nsis(CLARA)
        frozen.soft_delete_nsi(nsi["nsiId"])
        assert tally_of(CLARA) == Tally(nsis_changed=1)
        assert MirroredNsi.objects.get().soft_deleted
        assert not MirroredContact.objects.filter(gone_since__isnull=False)

    def test_an_nsi_taken_out_of_the_record_is_gone_with_its_appointments(self, frozen: Simulator):
        tally_of(CLARA)
        [nsi] = frozen.nsis(CLARA)
        frozen.remove_nsi(nsi["nsiId"])
        assert tally_of(CLARA) == Tally(nsis_gone=1, contacts_gone=2)
        assert MirroredNsi.objects.get().gone_since == NOW
        assert tally_of(CLARA) == Tally()

    def test_an_nsi_that_is_back_is_no_longer_gone(self, frozen: Simulator):
        tally_of(CLARA)
        MirroredNsi.objects.update(gone_since=NOW)
        assert tally_of(CLARA) == Tally(nsis_changed=1)
        assert MirroredNsi.objects.get().gone_since is None

    def test_nsis_of_a_type_that_was_not_asked_for_are_not_gone(self, frozen: Simulator):
        tally_of(CLARA)
        results = sync.sync_cases(crns=[CLARA], type_codes=["TKDEV"])
        assert [each.tally for each in results] == [Tally()]
        assert not MirroredNsi.objects.filter(gone_since__isnull=False)
        assert not MirroredContact.objects.filter(gone_since__isnull=False)


class TestWhichCasesAreDue:
    def test_those_read_within_the_hour_are_not(self, frozen: Simulator):
        synced(CLARA)
        assert sync.due([CLARA, DEV], max_age=HOUR) == [DEV]
        with time_machine.travel(NOW + HOUR, tick=False):
            assert sync.due([CLARA, DEV], max_age=HOUR) == [DEV, CLARA]

    def test_the_longest_ago_comes_first(self, frozen: Simulator):
        for hours, crn in enumerate((DEV, BRIAN, CLARA)):
            with time_machine.travel(NOW + hours * HOUR, tick=False):
                synced(crn)
        with time_machine.travel(NOW + 4 * HOUR, tick=False):
            assert sync.due([BRIAN, CLARA, DEV, EDIE], max_age=HOUR) == [EDIE, DEV, BRIAN, CLARA]

    def test_a_case_that_could_not_be_read_is_due_at_once_and_lets_others_go_first(self, frozen: Simulator):
        synced(CLARA)
        with time_machine.travel(NOW + HOUR, tick=False):
            synced(NOBODY)
            assert sync.due([NOBODY, CLARA], max_age=HOUR) == [CLARA, NOBODY]

    def test_a_caseload_is_everybody_the_member_of_staff_manages_now(self, frozen: Simulator):
        assert set(sync.caseload(JO)) == {"X000014", "X000018"}


class TestFailures:
    def test_a_case_that_cannot_be_read_is_noted_by_the_kind_of_error_and_others_are_read(self, frozen: Simulator):
        [failed, read] = synced(NOBODY, CLARA)
        assert isinstance(failed.error, NotFound)
        assert read.tally == Tally(nsis_new=1, contacts_new=2)
        case = SyncedCase.objects.get(crn=NOBODY)
        assert (case.last_error, case.last_tried_at, case.last_synced_at) == ("NotFound", NOW, None)

    def test_a_case_that_fails_once_keeps_its_mirror_and_when_it_was_true(self, frozen: Simulator):
        tally_of(CLARA)
        frozen.fault("nsis", "status", status=500)
        with time_machine.travel(NOW + HOUR, tick=False):
            [failed] = synced(CLARA)
        assert isinstance(failed.error, Unavailable)
        assert not MirroredNsi.objects.filter(gone_since__isnull=False)
        case = SyncedCase.objects.get()
        assert (case.last_synced_at, case.last_tried_at, case.last_error) == (NOW, NOW + HOUR, "Unavailable")
        tally_of(CLARA)
        assert SyncedCase.objects.get().last_error == ""

    def test_a_contact_log_that_cannot_be_read_loses_no_appointment(self, frozen: Simulator):
        tally_of(DEV)
        frozen.fault("contact_summary", "malformed")
        [failed] = synced(DEV)
        assert isinstance(failed.error, DeliusContractError)
        assert not MirroredContact.objects.filter(gone_since__isnull=False)

    def test_a_run_stops_where_nobody_answers_for_many_cases_in_a_row(self, frozen: Simulator, settings: Settings):
        settings.DELIUS_BREAKER_FAILURES = 0
        frozen.fault("person_all", "status", status=500, times=None)
        crns = tuple(f"X0000{number:02}" for number in range(1, 19))
        error, given = stopped_by(sync.sync_cases(crns=crns, type_codes=CODES))
        assert isinstance(error, Unavailable)
        assert len(given) == PATIENCE

    def test_a_run_rests_while_delius_is_left_alone_and_carries_on_once_it_is_back(
        self, frozen: Simulator, settings: Settings
    ):
        settings.DELIUS_SYNC_PARALLEL = 1
        frozen.fault("person_all", "status", status=500, times=settings.DELIUS_BREAKER_FAILURES)
        rests: list[float] = []
        with time_machine.travel(NOW, tick=False) as clock:

            def rest(seconds: float) -> None:
                rests.append(seconds)
                clock.shift(seconds)
                background.finish()

            results = synced(*EVERYBODY, wait=rest)
        assert [each.crn for each in results if each.error is None] == [GITA, HAL]
        assert len(results) == len(EVERYBODY)
        assert sum(rests) < 2 * settings.DELIUS_BREAKER_SECONDS

    def test_a_run_stops_where_delius_is_still_left_alone_after_some_rests(self, frozen: Simulator, settings: Settings):
        settings.DELIUS_SYNC_PARALLEL = 1
        frozen.fault("person_all", "status", status=500, times=None)
        with time_machine.travel(NOW, tick=False):
            crns = tuple(f"X0000{number:02}" for number in range(1, 19))
            error, given = stopped_by(sync.sync_cases(crns=crns, type_codes=CODES, wait=lambda seconds: None))
        assert isinstance(error, LeftAlone)
        assert [type(each.error) for each in given] == [
            *[Unavailable] * settings.DELIUS_BREAKER_FAILURES,
            LeftAlone,
        ]

    def test_a_dry_run_reports_and_stores_nothing(self, frozen: Simulator):
        frozen.fault("person_all", "status", status=400)
        [failed] = synced(BRIAN, dry_run=True)
        assert failed.error
        assert tally_of(CLARA, dry_run=True) == Tally(nsis_new=1, contacts_new=2)
        for model in (SyncedCase, MirroredNsi, MirroredContact):
            assert not model.objects.exists()


class TestSparingDelius:
    def test_nothing_is_ever_written(self, frozen: Simulator):
        synced(*EVERYBODY)
        sync.caseload(ROBIN)
        asked = {(each["method"], each["operation"]) for each in frozen.requests()} - {("POST", "token")}
        assert len(asked) > 4
        assert {method for method, _ in asked} == {"GET"}

    def test_as_many_requests_are_under_way_as_the_setting_says_and_never_more(
        self, upstream: ScriptedUpstream, settings: Settings
    ):
        settings.DELIUS_SYNC_PARALLEL = 3
        crowd = Crowd(size=3)
        upstream.respond = crowd.answer
        assert {each.error for each in synced(BRIAN, CLARA, DEV, EDIE, FRANK, GITA)} == {None}
        assert crowd.most == 3

    def test_it_waits_for_as_long_as_it_is_asked_to_and_reads_on(self, frozen: Simulator):
        frozen.fault("nsis", "status", status=429, retryAfter=7)
        waits: list[float] = []
        results = synced(CLARA, DEV, wait=waits.append)
        assert waits == [7]
        assert {each.crn: each.tally.nsis_new for each in results} == {CLARA: 1, DEV: 2}

    def test_once_one_read_is_turned_away_those_beside_it_begin_no_other(self, frozen: Simulator):
        gate, client = Gate(), get_client()
        gate(lambda: client.events(CLARA))
        frozen.fault("person_all", "status", status=429, retryAfter=7)
        for read in (client.person, client.events, client.contacts):
            with pytest.raises(Overloaded) as caught:
                gate(partial(read, CLARA))
            assert caught.value.retry_after == 7
        asked = [each["operation"] for each in frozen.requests() if each["operation"] != "token"]
        assert asked == ["convictions", "person_all"]

    def test_without_a_time_it_waits_longer_each_time_then_stops(self, frozen: Simulator):
        frozen.fault("nsis", "status", status=503, times=None)
        waits: list[float] = []
        error, given = stopped_by(sync.sync_cases(crns=[CLARA, DEV], type_codes=CODES, wait=waits.append))
        assert isinstance(error, Overloaded)
        assert waits == list(sync.RESTS_SECONDS)
        assert {each.crn for each in given} == {CLARA, DEV}
        assert set(SyncedCase.objects.values_list("last_error", "last_synced_at")) == {("Overloaded", None)}

    def test_asked_to_wait_too_long_it_stops_at_once(self, frozen: Simulator):
        frozen.fault("nsis", "status", status=429, retryAfter=3600)
        waits: list[float] = []
        error, _ = stopped_by(sync.sync_cases(crns=[CLARA], type_codes=CODES, wait=waits.append))
        assert isinstance(error, Overloaded)
        assert waits == []

    def test_what_was_read_before_a_stop_is_kept_and_the_next_run_reads_the_rest(
        self, frozen: Simulator, settings: Settings
    ):
        settings.DELIUS_SYNC_PARALLEL = 1
        given: list[CaseSync] = []
        results = sync.sync_cases(crns=EVERYBODY, type_codes=CODES, wait=lambda seconds: None)
        given.extend((next(results), next(results)))
        frozen.fault("*", "status", status=503, times=None)
        stopped_by(results)
        frozen.clear_faults()
        left = sync.due(EVERYBODY, max_age=HOUR)
        assert set(left) == set(EVERYBODY) - {each.crn for each in given}
        assert {each.error for each in synced(*left)} == {None}
        assert sync.due(EVERYBODY, max_age=HOUR) == []

    def test_an_interrupted_run_keeps_what_it_has_read(self, frozen: Simulator, settings: Settings):
        settings.DELIUS_SYNC_PARALLEL = 1

        def interrupt(seconds: float) -> None:
            raise KeyboardInterrupt

        results = sync.sync_cases(crns=[CLARA, DEV], type_codes=CODES, wait=interrupt)
        assert next(results).crn == CLARA
        frozen.fault("person_all", "status", status=429)
        with pytest.raises(KeyboardInterrupt):
            next(results)
        assert MirroredNsi.objects.get().crn == CLARA
        assert sync.due([CLARA, DEV], max_age=HOUR) == [DEV]
