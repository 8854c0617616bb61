"""Creating appointments, and reading back whether one was created."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from delius.client import get_client
from delius.contacts import NewAppointment, count_by_nsi, create_appointment, find_appointment
from delius.errors import Clash, DeliusContractError, Forbidden, NotFound, Refused, Unavailable
from delius.london import LONDON
from tests.delius.values import BRIAN, CLARA, HARROW_END, NOW, ROBIN, a_phone_call
from tests.simulator_process import Simulator

pytestmark = pytest.mark.usefixtures("frozen")


def create(appointment: NewAppointment, crn: str = BRIAN, **changes: Any) -> int:
    event_id = changes.pop("event_id", None) or get_client().events(crn)[0].event_id
    created = create_appointment(
        **{"crn": crn, "event_id": event_id, "appointment": appointment, "username": ROBIN, **changes}
    )
    return created.appointment_id


def look_for(appointment: NewAppointment, crn: str = BRIAN, **changes: Any) -> int | None:
    (event,) = get_client().events(crn)
    return find_appointment(
        crn=crn,
        event_id=event.event_id,
        type_code=appointment.type_code,
        start=appointment.start,
        end=appointment.end,
        nsi_id=appointment.nsi_id,
        **changes,
    )


def recorded(simulator: Simulator, appointment_id: int, crn: str = BRIAN) -> dict[str, Any]:
    (contact,) = (each for each in simulator.contacts(crn) if each["contactId"] == appointment_id)
    return contact


def claras_nsi(simulator: Simulator) -> int:
    (nsi,) = simulator.nsis(CLARA)
    return int(nsi["nsiId"])


def test_without_rar_an_appointment_is_on_the_event_alone(simulator: Simulator):
    contact = recorded(simulator, create(a_phone_call()))
    assert contact["eventId"] == get_client().events(BRIAN)[0].event_id
    assert (contact["nsiId"], contact["requirementId"]) == (None, None)
    assert not contact["rarActivity"]


def test_a_rar_session_hangs_from_its_nsi_and_never_from_the_requirement_beside_it(simulator: Simulator):
    session = a_phone_call(nsi_id=claras_nsi(simulator))
    contact = recorded(simulator, create(session, CLARA), CLARA)
    assert (contact["nsiId"], contact["requirementId"]) == (session.nsi_id, None)
    assert contact["rarActivity"] is True
    (sent,) = simulator.requests("create_appointment")
    assert "requirementId" not in sent["body"]


def test_everything_about_an_appointment_is_recorded(simulator: Simulator):
    visit = replace(
        a_phone_call(),
        type_code="COAP",
        office_code=get_client().office_locations("N90AAA")[0].code,
        notes="Bring the workbook.\nRing the bell.",
        sensitive=True,
    )
    contact = recorded(simulator, create(visit))
    assert (contact["type"], contact["officeLocationCode"]) == ("COAP", visit.office_code)
    assert (contact["notes"], contact["sensitive"]) == ("Bring the workbook.\nRing the bell.", True)
    assert [contact[name] for name in ("provider", "team", "staff")] == ["N90", "N90AAA", "N90A001"]
    assert contact["createdBy"] == ROBIN


def test_no_office_and_no_notes_are_sent_as_empty_and_recorded_as_none(simulator: Simulator):
    contact = recorded(simulator, create(a_phone_call()))
    assert (contact["officeLocationCode"], contact["notes"]) == (None, None)
    (sent,) = simulator.requests("create_appointment")
    assert (sent["body"]["officeLocationCode"], sent["body"]["notes"]) == ("", "")


@pytest.mark.parametrize(
    ("start", "wall_time"),
    [
        (datetime(2026, 7, 1, 8, 30, tzinfo=UTC), "2026-07-01T09:30"),
        (datetime(2026, 12, 1, 9, 30, tzinfo=UTC), "2026-12-01T09:30"),
        (datetime(2026, 10, 24, 9, 30, tzinfo=LONDON), "2026-10-24T09:30"),
        (datetime(2026, 10, 26, 9, 30, tzinfo=LONDON), "2026-10-26T09:30"),
    ],
)
def test_delius_records_what_a_clock_in_london_will_show(simulator: Simulator, start: datetime, wall_time: str):
    contact = recorded(simulator, create(a_phone_call(start)))
    assert contact["start"] == wall_time


def test_a_second_appointment_at_that_time_clashes(simulator: Simulator):
    create(a_phone_call())
    before = len(simulator.contacts(BRIAN))
    with pytest.raises(Clash):
        create(a_phone_call(NOW + timedelta(days=7, minutes=15)))
    assert len(simulator.contacts(BRIAN)) == before


@pytest.mark.parametrize(
    "unsound",
    [
        a_phone_call(type_code="COAP"),
        a_phone_call(office_code="N90HAR"),
        a_phone_call(type_code="NOSUCH"),
        a_phone_call(NOW - timedelta(days=1)),
        a_phone_call(notes="x" * 4001),
    ],
)
def test_an_appointment_that_breaks_a_rule_is_refused_with_the_reason(simulator: Simulator, unsound: NewAppointment):
    before = simulator.contacts(BRIAN)
    with pytest.raises(Refused) as caught:
        create(unsound)
    assert caught.value.reason
    assert simulator.contacts(BRIAN) == before


def test_an_appointment_for_somebody_unknown_is_not_found():
    with pytest.raises(NotFound):
        create(a_phone_call(), event_id=1, crn="X999999")


def test_an_appointment_may_not_be_made_for_a_provider_one_has_no_part_in():
    with pytest.raises((Forbidden, Refused)):
        create(a_phone_call(officer=replace(HARROW_END, provider_code="N91")))


@pytest.mark.parametrize("kind", ["drop_after", "malformed"])
@pytest.mark.parametrize("naive", [True, False])
def test_an_appointment_created_without_an_answer_is_found_when_read_back(simulator: Simulator, kind: str, naive: bool):
    simulator.switch(naiveTimes=naive)
    call = a_phone_call(datetime(2026, 7, 1, 8, 30, 59, tzinfo=UTC))
    simulator.fault("create_appointment", kind)
    with pytest.raises(Unavailable) as caught:
        create(call)
    assert caught.value.may_have_taken_effect
    found = look_for(call)
    assert found
    assert recorded(simulator, found)["start"] == "2026-07-01T09:30"


def test_an_appointment_that_never_arrived_is_not_found_when_read_back(simulator: Simulator):
    call = a_phone_call()
    simulator.fault("create_appointment", "drop_before")
    with pytest.raises(Unavailable) as caught:
        create(call)
    assert caught.value.may_have_taken_effect
    assert look_for(call) is None


@pytest.mark.parametrize(
    "other",
    [
        {"type": "CHVS"},
        {"start": "2026-07-01T09:31:00"},
        {"end": "2026-07-01T10:31:00"},
        {"softDeleted": True},
    ],
)
def test_another_appointment_is_not_taken_for_ours(simulator: Simulator, other: dict[str, Any]):
    simulator.add_contact(
        BRIAN, **{"start": "2026-07-01T09:30:00", "end": "2026-07-01T10:00:00", "type": "COPT", **other}
    )
    assert look_for(a_phone_call(datetime(2026, 7, 1, 9, 30, tzinfo=LONDON))) is None


@pytest.mark.parametrize("kept_back", ["contactStart", "contactEnd", "type"])
def test_an_appointment_that_may_be_ours_but_says_too_little_is_neither_taken_nor_overlooked(
    simulator: Simulator, kept_back: str
):
    ours = a_phone_call()
    create(ours)
    simulator.fault("contact_summary", "missing_field", field=f"content.{kept_back}")
    with pytest.raises(DeliusContractError):
        look_for(ours)


def test_of_two_appointments_at_the_same_time_the_later_record_is_found(simulator: Simulator):
    times = {"start": "2026-07-01T09:30:00", "end": "2026-07-01T10:00:00"}
    simulator.add_contact(BRIAN, **times, type="COPT")
    later = simulator.add_contact(BRIAN, **times, type="COPT")
    ours = a_phone_call(datetime(2026, 7, 1, 9, 30, tzinfo=LONDON))
    assert look_for(ours) == later["contactId"]


def test_an_appointment_that_another_booking_made_is_not_taken_for_ours(simulator: Simulator):
    theirs = create(a_phone_call())
    assert look_for(a_phone_call()) == theirs
    assert look_for(a_phone_call(), not_among={theirs}) is None


def test_an_appointment_on_another_nsi_is_not_taken_for_ours(simulator: Simulator):
    session = a_phone_call(nsi_id=claras_nsi(simulator))
    made = create(session, CLARA)
    assert look_for(session, CLARA) == made
    assert look_for(a_phone_call(), CLARA) is None
    assert look_for(a_phone_call(nsi_id=1), CLARA) is None


def test_appointments_are_counted_by_the_nsi_they_hang_from(simulator: Simulator):
    nsi_id, (event,) = claras_nsi(simulator), get_client().events(CLARA)
    before = count_by_nsi(crn=CLARA, event_id=event.event_id)[nsi_id]
    create(a_phone_call(nsi_id=nsi_id), CLARA)
    create(a_phone_call(NOW + timedelta(days=9)), CLARA)
    assert count_by_nsi(crn=CLARA, event_id=event.event_id) == {nsi_id: before + 1}
