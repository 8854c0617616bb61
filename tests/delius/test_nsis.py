"""Making sure that there is an NSI of a toolkit, in the simulator's record."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from delius import selectors
from delius.client import get_client
from delius.errors import Conflict, ConflictReason, DeliusContractError, NotFound, Refused, Unavailable
from delius.records import EnsuredNsi, MatchedBy
from delius.selectors import nsis_of_event
from delius.writes.nsis import NAMESPACE, NsiTypeDefaults, ensure_nsi, withdraw_nsi
from tests.delius.values import (
    BRIAN,
    CHOICES_AND_CHANGES,
    CLARA,
    DEV,
    DEVELOPING_DIALOGUES,
    EDIE,
    FRANK,
    GITA,
    HARROW_END,
    MAPS_FOR_CHANGE,
    NEW_ME_MOT,
    ROBIN,
    SKILLS_FOR_RELATIONSHIPS,
    TODAY,
)
from tests.simulator_process import Simulator

pytestmark = pytest.mark.usefixtures("frozen")
REFERENCE = UUID("00000000-0000-4000-8000-000000000001")
NELLIE_NOREQUIREMENT = "X000028"


def ensure(of: str, nsi_type: NsiTypeDefaults, *, number: int = 0, **changes: Any) -> EnsuredNsi:
    """Ask for an NSI on the first RAR requirement of a person, or another `number`."""
    requirement = selectors.rar_requirements(get_client().case(of, username=ROBIN), on=TODAY)[number]
    return ensure_nsi(
        **{
            "crn": of,
            "reference": REFERENCE,
            "event_id": requirement.event.event_id,
            "requirement_id": requirement.requirement_id,
            "nsi_type": nsi_type,
            "officer": HARROW_END,
            "username": ROBIN,
            "today": TODAY,
            **changes,
        }
    )


def of_type(simulator: Simulator, crn: str, nsi_type: NsiTypeDefaults) -> list[dict[str, Any]]:
    return [nsi for nsi in simulator.nsis(crn) if nsi["type"] == nsi_type.type_code]


def test_where_there_is_none_an_nsi_is_made_on_the_requirement_and_bears_the_reference(simulator: Simulator) -> None:
    ensured = ensure(BRIAN, DEVELOPING_DIALOGUES)
    (nsi,) = of_type(simulator, BRIAN, DEVELOPING_DIALOGUES)
    assert (ensured.nsi.nsi_id, ensured.matched_by, ensured.other_ids) == (nsi["nsiId"], MatchedBy.CREATED, ())
    assert nsi["externalReference"] == f"{NAMESPACE}{REFERENCE}"
    requirement = selectors.rar_requirements(get_client().case(BRIAN, username=ROBIN), on=TODAY)[0]
    assert (nsi["eventId"], nsi["requirementId"]) == (requirement.event.event_id, requirement.requirement_id)


def test_a_new_nsi_is_referred_today_managed_by_the_officer_and_made_by_the_person_who_asked(
    simulator: Simulator,
) -> None:
    ensure(BRIAN, replace(DEVELOPING_DIALOGUES, notes="Workbook."))
    (nsi,) = of_type(simulator, BRIAN, DEVELOPING_DIALOGUES)
    assert (nsi["referralDate"], nsi["status"], nsi["notes"]) == ("2026-06-10", "INPROG", "Workbook.")
    assert [nsi[name] for name in ("provider", "team", "staff", "createdBy")] == ["N90", "N90AAA", "N90A001", ROBIN]
    assert [nsi[name] for name in ("startDate", "endDate")] == [None] * 2


@pytest.mark.parametrize(
    ("nsi_type", "recorded"), [(SKILLS_FOR_RELATIONSHIPS, (None, 10)), (NEW_ME_MOT, ("TKNEW1", None))]
)
def test_a_toolkits_own_demands_are_met(
    simulator: Simulator, nsi_type: NsiTypeDefaults, recorded: tuple[str | None, int | None]
) -> None:
    ensure(BRIAN, nsi_type)
    assert [(nsi["subType"], nsi["length"]) for nsi in of_type(simulator, BRIAN, nsi_type)] == [recorded]


@pytest.mark.parametrize(
    ("unsound", "field"),
    [
        (replace(SKILLS_FOR_RELATIONSHIPS, length=None), "length"),
        (replace(DEVELOPING_DIALOGUES, length=10), "length"),
        (replace(NEW_ME_MOT, sub_type_code=""), "subTypeCode"),
        (replace(DEVELOPING_DIALOGUES, status_code="NOSUCH"), "statusCode"),
        (replace(DEVELOPING_DIALOGUES, type_code="NOSUCH"), "typeCode"),
    ],
)
def test_defaults_that_delius_does_not_take_are_refused_with_the_field_at_fault(
    simulator: Simulator, unsound: NsiTypeDefaults, field: str
) -> None:
    before = simulator.nsis(BRIAN)
    with pytest.raises(Refused) as caught:
        ensure(BRIAN, unsound)
    assert [each.field for each in caught.value.fields] == [field]
    assert simulator.nsis(BRIAN) == before


def test_asking_again_with_the_same_reference_finds_what_was_made(simulator: Simulator) -> None:
    first, second = ensure(BRIAN, DEVELOPING_DIALOGUES), ensure(BRIAN, DEVELOPING_DIALOGUES)
    assert (second.nsi, second.matched_by) == (first.nsi, MatchedBy.EXTERNAL_REFERENCE)
    assert len(of_type(simulator, BRIAN, DEVELOPING_DIALOGUES)) == 1


def test_the_same_nsi_serves_the_next_booking_and_an_nsi_made_by_hand_serves_too(simulator: Simulator) -> None:
    first, second = ensure(BRIAN, DEVELOPING_DIALOGUES), ensure(BRIAN, DEVELOPING_DIALOGUES, reference=uuid4())
    assert (second.nsi.nsi_id, second.matched_by) == (first.nsi.nsi_id, MatchedBy.REQUIREMENT_AND_TYPE)
    by_hand = ensure(CLARA, CHOICES_AND_CHANGES, reference=uuid4())
    assert [nsi["nsiId"] for nsi in of_type(simulator, CLARA, CHOICES_AND_CHANGES)] == [by_hand.nsi.nsi_id]


def test_what_is_there_already_is_not_written_to(simulator: Simulator) -> None:
    before = of_type(simulator, CLARA, CHOICES_AND_CHANGES)
    ensure(CLARA, replace(CHOICES_AND_CHANGES, notes="Ours"))
    assert of_type(simulator, CLARA, CHOICES_AND_CHANGES) == before


def test_of_two_duplicates_the_one_with_more_appointments_is_used_and_the_other_named(simulator: Simulator) -> None:
    fuller, emptier = of_type(simulator, DEV, CHOICES_AND_CHANGES)
    ensured = ensure(DEV, CHOICES_AND_CHANGES)
    assert (ensured.nsi.nsi_id, ensured.other_ids) == (fuller["nsiId"], (emptier["nsiId"],))


@pytest.mark.parametrize(
    ("crn", "nsi_type"), [(EDIE, DEVELOPING_DIALOGUES), (FRANK, MAPS_FOR_CHANGE)], ids=["soft-deleted", "ended"]
)
def test_an_nsi_that_is_over_is_not_used_again(simulator: Simulator, crn: str, nsi_type: NsiTypeDefaults) -> None:
    (over,) = of_type(simulator, crn, nsi_type)
    ensured = ensure(crn, nsi_type)
    assert (ensured.nsi.nsi_id != over["nsiId"], ensured.matched_by) == (True, MatchedBy.CREATED)


def test_an_nsi_of_another_requirement_or_of_none_is_not_used(simulator: Simulator) -> None:
    first = ensure(GITA, DEVELOPING_DIALOGUES)
    second = ensure(GITA, DEVELOPING_DIALOGUES, number=1, reference=uuid4())
    assert (first.matched_by, second.matched_by) == (MatchedBy.CREATED, MatchedBy.CREATED)
    assert len({nsi["requirementId"] for nsi in of_type(simulator, GITA, DEVELOPING_DIALOGUES)}) == 2
    connection = replace(DEVELOPING_DIALOGUES, type_code="TKCON")
    assert ensure(NELLIE_NOREQUIREMENT, connection, reference=uuid4()).matched_by is MatchedBy.CREATED


def test_the_nsi_that_bears_the_reference_is_the_answer_also_where_it_has_ended_since(simulator: Simulator) -> None:
    first = ensure(BRIAN, DEVELOPING_DIALOGUES)
    simulator.end_nsi(first.nsi.nsi_id, TODAY.isoformat())
    second = ensure(BRIAN, DEVELOPING_DIALOGUES)
    assert (second.nsi.nsi_id, second.nsi.is_open) == (first.nsi.nsi_id, False)


def test_a_reference_whose_record_was_soft_deleted_is_spent(simulator: Simulator) -> None:
    simulator.soft_delete_nsi(ensure(BRIAN, DEVELOPING_DIALOGUES).nsi.nsi_id)
    with pytest.raises(Conflict) as caught:
        ensure(BRIAN, DEVELOPING_DIALOGUES)
    assert caught.value.reason is ConflictReason.REFERENCE_SPENT


def test_a_referral_in_the_future_is_refused(simulator: Simulator) -> None:
    with pytest.raises(Refused) as caught:
        ensure(BRIAN, DEVELOPING_DIALOGUES, today=TODAY + timedelta(days=1))
    assert [each.field for each in caught.value.fields] == ["referralDate"]


@pytest.mark.parametrize("officer", [{"provider_code": "N91"}, {"team_code": "N90BBB"}, {"staff_code": "N90B001"}])
def test_an_officer_who_is_not_of_the_team_and_provider_is_refused(
    simulator: Simulator, officer: dict[str, str]
) -> None:
    with pytest.raises(Refused):
        ensure(BRIAN, DEVELOPING_DIALOGUES, officer=HARROW_END.model_copy(update=officer))
    assert of_type(simulator, BRIAN, DEVELOPING_DIALOGUES) == []


@pytest.mark.parametrize("missing", [{"crn": "X999999"}, {"event_id": 1}, {"requirement_id": 1}])
def test_an_nsi_where_there_is_nothing_is_not_found(missing: dict[str, Any]) -> None:
    with pytest.raises(NotFound):
        ensure(BRIAN, DEVELOPING_DIALOGUES, **missing)


@pytest.mark.parametrize(
    ("kind", "error"), [("drop_after", Unavailable), ("drop_before", Unavailable), ("malformed", DeliusContractError)]
)
def test_an_outcome_that_is_not_known_is_settled_by_asking_again(
    simulator: Simulator, kind: str, error: type[Exception]
) -> None:
    # A broken connection is tried again at once; this one breaks each time.
    simulator.fault("putNsi", kind, times=None)
    with pytest.raises(error):
        ensure(BRIAN, DEVELOPING_DIALOGUES)
    simulator.clear_faults()
    ensured = ensure(BRIAN, DEVELOPING_DIALOGUES)
    assert [nsi["nsiId"] for nsi in of_type(simulator, BRIAN, DEVELOPING_DIALOGUES)] == [ensured.nsi.nsi_id]


def test_every_nsi_of_an_event_is_read_with_how_many_appointments_hang_from_it() -> None:
    [event] = get_client().case(DEV, username=ROBIN).events
    found = nsis_of_event(crn=DEV, event_id=event.event_id, username=ROBIN)
    assert [(nsi.type.code, nsi.appointment_count) for nsi in found if nsi.type.code == "TKCAC"] == [
        ("TKCAC", 3),
        ("TKCAC", 1),
    ]


class TestWithdrawing:
    def test_an_nsi_from_which_nothing_hangs_is_withdrawn_with_its_system_contacts(self, simulator: Simulator) -> None:
        before = [each for each in simulator.contacts(BRIAN) if not each["softDeleted"]]
        ensure(BRIAN, DEVELOPING_DIALOGUES)
        withdraw_nsi(crn=BRIAN, reference=REFERENCE, username=ROBIN)
        assert [nsi["softDeleted"] for nsi in of_type(simulator, BRIAN, DEVELOPING_DIALOGUES)] == [True]
        assert [each for each in simulator.contacts(BRIAN) if not each["softDeleted"]] == before

    def test_withdrawing_again_changes_nothing(self, simulator: Simulator) -> None:
        ensure(BRIAN, DEVELOPING_DIALOGUES)
        for _ in range(2):
            withdraw_nsi(crn=BRIAN, reference=REFERENCE, username=ROBIN)
        assert [nsi["softDeleted"] for nsi in of_type(simulator, BRIAN, DEVELOPING_DIALOGUES)] == [True]

    def test_an_nsi_that_is_in_use_stays(self, simulator: Simulator) -> None:
        ensured = ensure(BRIAN, DEVELOPING_DIALOGUES)
        simulator.add_contact(BRIAN, start="2026-06-20T10:00", end="2026-06-20T11:00", nsiId=ensured.nsi.nsi_id)
        with pytest.raises(Conflict) as caught:
            withdraw_nsi(crn=BRIAN, reference=REFERENCE, username=ROBIN)
        assert caught.value.reason is ConflictReason.IN_USE
        assert [nsi["softDeleted"] for nsi in of_type(simulator, BRIAN, DEVELOPING_DIALOGUES)] == [False]

    def test_an_nsi_that_never_was_is_not_found(self) -> None:
        with pytest.raises(NotFound):
            withdraw_nsi(crn=BRIAN, reference=REFERENCE, username=ROBIN)
