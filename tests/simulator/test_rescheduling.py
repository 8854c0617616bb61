"""Closing an appointment as rescheduled and making the one that takes its place (reschedule)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.simulator.delius import (
    BRIAN,
    CLARA,
    TODAY,
    YESTERDAY,
    Delius,
    appointment_reference,
    at,
    conflicts,
    found,
    refused,
)
from tests.simulator_process import Simulator

AT_ONCE = 6


@pytest.fixture
def session(robin: Delius) -> dict[str, Any]:
    """A sensitive RAR session tomorrow at ten."""
    return robin.session_on(robin.made_nsi(), sensitive=True)


def test_the_new_one_keeps_event_nsi_rar_flag_type_and_sensitivity(robin: Delius, session: dict[str, Any]) -> None:
    moved = found(robin.reschedule(session))

    assert moved["contactId"] != session["contactId"]
    assert (moved["start"], moved["end"]) == (at("14:00"), at("15:00"))
    for kept in ("eventId", "nsi", "countsTowardsRar", "type", "sensitive", "officer"):
        assert moved[kept] == session[kept]


def test_the_new_one_keeps_the_requirement(robin: Delius) -> None:
    made = robin.booked(requirementId=robin.requirement()["requirementId"], countsTowardsRar=True)

    moved = found(robin.reschedule(made))
    assert (moved["requirementId"], moved["countsTowardsRar"]) == (made["requirementId"], True)


@pytest.mark.parametrize(("asked_by", "code"), [("PERSON", "RSOF"), ("SERVICE", "RSSR")])
def test_the_old_one_is_closed_and_tells_the_new_one_and_why(
    robin: Delius, session: dict[str, Any], asked_by: str, code: str
) -> None:
    moved = found(robin.reschedule(session, requestedBy=asked_by))
    old = robin.appointment(session["contactId"])

    assert (old["outcome"]["code"], old["rescheduledTo"]) == (code, moved["contactId"])
    assert old["notes"].endswith("Asked for the afternoon.")
    assert old["version"] > session["version"]


def test_repeated_with_the_same_reference_the_answer_is_the_same(robin: Delius, session: dict[str, Any]) -> None:
    reference = appointment_reference()
    first = found(robin.reschedule(session, externalReference=reference))

    assert found(robin.reschedule(session, externalReference=reference)) == first
    assert len(robin.appointments(from_=TODAY)) == 2


def test_sent_twice_at_once_one_is_made(
    acting_for: Callable[[str | None], Delius], session: dict[str, Any], robin: Delius
) -> None:
    callers = [acting_for("ROBIN.SAMPLE") for _ in range(AT_ONCE)]
    reference = appointment_reference()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda each: each.reschedule(session, externalReference=reference), callers))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["contactId"] for answer in answers}) == 1
    assert len(robin.appointments(from_=TODAY)) == 2


def test_a_reference_that_another_appointment_bears_is_spent(robin: Delius, session: dict[str, Any]) -> None:
    reference = appointment_reference()
    robin.booked(CLARA, reference=reference)

    assert conflicts(robin.reschedule(session, externalReference=reference), "REFERENCE_SPENT")


def test_a_reference_whose_record_was_soft_deleted_is_spent(
    robin: Delius, frozen: Simulator, session: dict[str, Any]
) -> None:
    reference = appointment_reference()
    moved = robin.reschedule(session, externalReference=reference).json()
    frozen.change_contact(moved["contactId"], softDeleted=True)

    assert conflicts(robin.reschedule(session, externalReference=reference), "REFERENCE_SPENT")


def test_where_the_old_one_has_changed_since_it_conflicts(
    robin: Delius, frozen: Simulator, session: dict[str, Any]
) -> None:
    frozen.change_contact(session["contactId"], notes="Others.")

    assert conflicts(robin.reschedule(session), "CHANGED")


def test_the_old_one_must_have_no_outcome(robin: Delius, frozen: Simulator, session: dict[str, Any]) -> None:
    frozen.change_contact(session["contactId"], outcome="ATTC")

    assert refused(robin.reschedule(robin.appointment(session["contactId"])), "version")


def test_an_nsi_that_has_ended_takes_no_new_one(robin: Delius, frozen: Simulator, session: dict[str, Any]) -> None:
    frozen.end_nsi(session["nsi"]["nsiId"], TODAY)

    assert conflicts(robin.reschedule(session), "NSI_CLOSED")


def test_it_may_overlap_the_old_one_and_no_other(robin: Delius, session: dict[str, Any]) -> None:
    robin.booked(start=at("12:00"), end=at("13:00"))

    assert conflicts(robin.reschedule(session, start=at("12:30"), end=at("13:30")), "OVERLAP")
    assert robin.reschedule(session, start=at("10:30"), end=at("11:30")).status_code == 200


def test_it_may_overlap_another_where_overlaps_are_allowed(robin: Delius, session: dict[str, Any]) -> None:
    robin.booked(start=at("12:00"), end=at("13:00"))

    answer = robin.reschedule(session, start=at("12:30"), end=at("13:30"), allowOverlap=True)
    assert answer.status_code == 200


def test_neither_is_changed_where_a_rule_stands_against_it(
    robin: Delius, frozen: Simulator, session: dict[str, Any]
) -> None:
    before = frozen.contacts(BRIAN)
    assert refused(robin.reschedule(session, officeCode="N90MIL"), "officeCode")
    assert refused(robin.reschedule(session, officeCode=None), "officeCode")
    assert refused(robin.reschedule(session, end=at("13:00")), "end")
    assert refused(robin.reschedule(session, start=at("14:00", YESTERDAY), end=at("15:00", YESTERDAY)), "start")

    assert frozen.contacts(BRIAN) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version", "1"),
        ("externalReference", "urn:1"),
        ("start", "2026-06-11T14:00:00"),
        ("requestedBy", "NOBODY"),
        ("reason", "🙂" * 2001),
        ("officeCode", "O" * 8),
    ],
)
def test_a_value_that_the_document_rules_out_is_refused_by_name(
    robin: Delius, session: dict[str, Any], field: str, value: Any
) -> None:
    assert refused(robin.reschedule(session, **{field: value}), field)


@pytest.mark.parametrize("field", ["version", "externalReference", "start", "end", "requestedBy", "reason"])
def test_what_the_document_requires_is_required(robin: Delius, session: dict[str, Any], field: str) -> None:
    sent = {"version": session["version"]}
    answer = robin.reschedule({**session, **sent}, **{field: None})

    assert refused(answer, field)


def test_an_appointment_of_another_person_is_not_found(robin: Delius, session: dict[str, Any]) -> None:
    assert robin.reschedule(session, CLARA).status_code == 404
