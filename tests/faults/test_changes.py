"""One outcome and one move, and everything that can go wrong in the exchange that each takes."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from appointments.models import Change, ChangeDraft, ChangeState, Move, RecordedOutcome
from appointments.services.delivery import processing
from appointments.services.delivery.resume import resume_due
from appointments.services.states import FINAL_STATES
from appointments.services.submission import submit
from delius.request_bodies import RequestedBy
from delius.writes.appointments import NAMESPACE
from tests.faults.harness import (
    BRIAN,
    DIALOGUES,
    HALF_AN_HOUR,
    NEXT_WEEK,
    USERNAME,
    Clock,
    as_another_process,
    fork,
    status_of,
)
from tests.faults.tally import Found, Record, keep
from tests.faults.test_every_fault import (
    FAULTS,
    MOST_TRIES,
    TRIES_AFTERWARDS,
    TRIES_UNDER_TROUBLE,
    Fault,
    dying_of,
    kill,
    trouble,
    until_delius_is_done,
)
from tests.faults.wire import KILLED, killed_after, killed_at
from tests.simulator_process import Simulator

pytestmark = pytest.mark.exhaustive

TEXT = "Said on the phone."
A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Exchange:
    """The exchange of a kind of change, or that for its token. `lost` is how its answer went missing before."""

    name: str
    kind: type[Change]
    operation: str
    lost: str = ""

    def begin(self, change: Change) -> None:
        """Do what comes to the exchange for the first time."""
        processing.process(fresh(change), is_new=not self.lost)


def exchanges(kind: type[Change], operation: str) -> list[Exchange]:
    """The exchanges of a kind: the first one, again after a lost answer, and that for the token."""
    name = kind.__name__
    return [
        Exchange(f"{name} token", kind, "token"),
        Exchange(name, kind, operation),
        Exchange(f"{name} again that was written", kind, operation, lost="drop_after"),
        Exchange(f"{name} again that was not written", kind, operation, lost="drop_before"),
    ]


EXCHANGES = [*exchanges(RecordedOutcome, "putOutcome"), *exchanges(Move, "reschedule")]
COMBINATIONS = [
    (exchange, fault)
    for exchange in EXCHANGES
    for fault in FAULTS
    if exchange.operation != "token" or not fault.after_writing
]
each_combination = pytest.mark.parametrize(
    ("exchange", "fault"), COMBINATIONS, ids=[f"{exchange.name}-{fault.name}" for exchange, fault in COMBINATIONS]
)
each_exchange = pytest.mark.parametrize("exchange", EXCHANGES, ids=[exchange.name for exchange in EXCHANGES])


@each_combination
def test_a_fault_that_happens_once_leaves_what_was_asked_for_once(
    clock: Clock, simulator: Simulator, exchange: Exchange, fault: Fault, record_property: Record
) -> None:
    change = on_the_way_to(exchange, clock, simulator)
    with trouble(simulator, exchange, fault, times=1):
        exchange.begin(change)
        for _ in range(MOST_TRIES):
            if not simulator.faults():
                break
            clock.let_everything_become_due()
            processing.process(fresh(change))
        until_delius_is_done(simulator, fault)
    carry_on(change, clock)
    assert_sound(change, simulator, record_property, may_refuse=fault.says_no)


@each_combination
def test_while_a_fault_lasts_a_change_waits_and_when_it_is_mended_there_is_what_was_asked_for_once(
    clock: Clock, simulator: Simulator, exchange: Exchange, fault: Fault, record_property: Record
) -> None:
    change = on_the_way_to(exchange, clock, simulator)
    with trouble(simulator, exchange, fault, times=None):
        exchange.begin(change)
        try_for_long(change, clock, simulator, fault)
        assert_sound(change, simulator, record_property, may_refuse=fault.says_no, may_wait=True)
    carry_on(change, clock)
    assert_sound(change, simulator, record_property, may_refuse=fault.says_no)


@each_combination
def test_a_process_killed_by_a_fault_leaves_what_was_asked_for_once(
    clock: Clock, simulator: Simulator, exchange: Exchange, fault: Fault, record_property: Record
) -> None:
    change = on_the_way_to(exchange, clock, simulator)
    with trouble(simulator, exchange, fault, times=1):
        kill(lambda: exchange.begin(change), killed_after(exchange.operation))
        until_delius_is_done(simulator, fault)
    carry_on(change, clock)
    assert_sound(change, simulator, record_property, may_refuse=fault.says_no)


@each_exchange
def test_a_process_killed_at_any_moment_leaves_what_was_asked_for_once(
    clock: Clock, simulator: Simulator, exchange: Exchange, record_property: Record
) -> None:
    for moment in count():
        simulator.reset()
        clock.move_on(0)
        ChangeDraft.objects.all().delete()
        exchange.kind._default_manager.all().delete()
        change = on_the_way_to(exchange, clock, simulator)
        died = status_of(fork(dying_of(lambda change=change: exchange.begin(change), killed_at(moment)))) == KILLED
        carry_on(change, clock)
        assert_sound(change, simulator, record_property)
        if not died:
            return


def on_the_way_to(exchange: Exchange, clock: Clock, simulator: Simulator) -> Change:
    """Return a change whose next run comes to an exchange, in a process that knows nothing of Delius."""
    change = confirmed(exchange.kind, simulator)
    if exchange.lost:
        simulator.fault(exchange.operation, exchange.lost, times=None)
        processing.process(fresh(change), is_new=True)
        simulator.clear_faults()
        clock.let_everything_become_due()
        assert fresh(change).state == ChangeState.SUBMITTED
    simulator.clear_requests()
    as_another_process()
    return change


def confirmed(kind: type[Change], simulator: Simulator) -> Change:
    """Return an outcome of last week's session, or a move of next week's by a week, that was confirmed just now."""
    start = NEXT_WEEK if kind is Move else NEXT_WEEK - 2 * A_WEEK
    old = simulator.add_contact(
        BRIAN,
        start=start.isoformat(),
        end=(start + HALF_AN_HOUR).isoformat(),
        nsiId=simulator.add_nsi(BRIAN, DIALOGUES)["nsiId"],
        rarActivity=True,
        officeLocationCode="N90HAR",
        externalReference=f"{NAMESPACE}{uuid4()}",
        notes="Bring the workbook.",
    )
    user, _ = get_user_model().objects.get_or_create(username=USERNAME)
    draft = ChangeDraft.objects.create(
        user=user, crn=BRIAN, contact_id=old["contactId"], kind=kind.kind, answers={"why": TEXT}
    )
    common: dict[str, Any] = {
        "id": draft.change_id,
        "user": user,
        "crn": BRIAN,
        "contact_id": old["contactId"],
        "version": old["version"],
        "type_code": "COAP",
        "type_name": "Office visit",
        "appointment_start": start,
        "text": TEXT,
    }
    if kind is Move:
        own = {"start": start + A_WEEK, "end": start + A_WEEK + HALF_AN_HOUR, "office_code": "N90HAR"}
        change: Change = Move(**common, **own, requested_by=RequestedBy.PERSON.value)
    else:
        change = RecordedOutcome(**common, outcome_code="ATTC", outcome_name="Attended - Complied", attended=True)
    submit([change])
    return change


def fresh(change: Change) -> Change:
    """Return a change as it is in the database."""
    return type(change)._default_manager.select_related("user").get(id=change.id)


def try_for_long(change: Change, clock: Clock, simulator: Simulator, fault: Fault) -> None:
    """Carry a change on again and again in spite of a fault."""
    for _ in range(TRIES_UNDER_TROUBLE):
        as_another_process()
        processing.process(fresh(change))
        until_delius_is_done(simulator, fault)
        clock.let_everything_become_due()


def carry_on(change: Change, clock: Clock) -> None:
    """Let a worker carry a change on, as often as it takes, until nothing is left to be done."""
    for _ in range(TRIES_AFTERWARDS):
        if is_settled(fresh(change)):
            return
        clock.let_everything_become_due()
        as_another_process()
        resume_due()


def is_settled(change: Change) -> bool:
    """Return whether a change is at rest, or somebody was asked to look at it."""
    return change.state in FINAL_STATES or change.state == ChangeState.NEEDS_ATTENTION


def times_in_delius(change: Change, simulator: Simulator) -> int:
    """Return how many times Delius has a change: new appointments that are linked from the old one, or notes added."""
    contacts = {each["contactId"]: each for each in simulator.contacts(BRIAN)}
    old = contacts[change.contact_id]
    noted = (old["notes"] or "").count(TEXT)
    if not isinstance(change, Move):
        assert (old["outcome"] == "ATTC") == bool(noted)
        return int(noted)
    made = [each for each in contacts.values() if each["externalReference"] == f"{NAMESPACE}{change.id}"]
    others = [each for each in contacts.values() if each["start"] == timezone.localtime(change.start).isoformat()[:16]]
    assert [each["contactId"] for each in made] == ([old["rescheduledTo"]] if old["rescheduledTo"] else [])
    assert (noted, len(others)) == (len(made), len(made))
    assert {each["nsiId"] for each in made} <= {old["nsiId"]}
    return len(made)


def assert_sound(
    change: Change,
    simulator: Simulator,
    record_property: Record,
    *,
    may_refuse: bool = False,
    may_wait: bool = False,
) -> None:
    """Hold our row of a change against the record that Delius has of it."""
    change = fresh(change)
    times = times_in_delius(change, simulator)
    recorded, refused = change.state == ChangeState.RECORDED, change.state == ChangeState.REFUSED
    waiting = may_wait and not is_settled(change)
    kept = ChangeDraft.objects.exists()
    support_was_told = change.state == ChangeState.NEEDS_ATTENTION
    found = Found(
        booked=recorded,
        refused=refused,
        waiting=waiting,
        lost=(recorded and not times)
        or (refused and (bool(times) or not may_refuse))
        or change.state == ChangeState.CHANGED
        or (not recorded and not kept and not support_was_told),
        duplicate_appointments=max(times - 1, 0),
        unsettled=not waiting and not is_settled(change),
    )
    keep(record_property, found)
    assert found.is_sound, (found, change.state)
    assert not support_was_told or may_refuse
    assert recorded != bool(change.text)
    if recorded:
        assert not kept
