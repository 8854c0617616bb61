"""Which appointments are the repeats after another: known by what Delius has of them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from appointments.moving import repeats_after
from delius.records import Appointment
from delius.writes.appointments import NAMESPACE

LONDON = ZoneInfo("Europe/London")
# A Sunday, the last day of a month, two months before the clocks go forward.
FIRST = datetime(2027, 1, 31, 9, tzinfo=LONDON)


def made(start: datetime = FIRST, **changed: Any) -> Appointment:
    """An appointment of an hour that this service arranged."""
    usual = {
        "contact_id": 1,
        "version": 1,
        "external_reference": f"{NAMESPACE}{uuid4()}",
        "type": {"code": "COAP", "description": "Office visit"},
        "start": start,
        "end": start + timedelta(hours=1),
        "event_id": 1,
        "nsi": {"nsiId": 1, "type": {"code": "TKDEV"}},
    }
    return Appointment.model_validate(usual | changed)


@pytest.mark.parametrize(
    "later",
    [
        FIRST.replace(month=2, day=7),
        FIRST.replace(month=3, day=28),
        FIRST.replace(month=2, day=28),
        FIRST.replace(month=3),
    ],
    ids=["a week", "eight weeks, over a change of clocks", "the last day of a shorter month", "two months"],
)
def test_what_follows_at_a_frequency_of_repeats_is_one(later: datetime) -> None:
    repeat = made(later)
    assert repeats_after(made(), [repeat]) == (repeat,)


@pytest.mark.parametrize(
    "changed",
    [
        {"start": FIRST + timedelta(days=1), "end": FIRST + timedelta(days=1, hours=1)},
        {"start": FIRST - timedelta(days=7), "end": FIRST - timedelta(days=7, hours=-1)},
        {"start": FIRST + timedelta(days=7, hours=1), "end": FIRST + timedelta(days=7, hours=2)},
        {"end": FIRST + timedelta(days=7, hours=2)},
        {"type": {"code": "CHVS"}},
        {"event_id": 2},
        {"nsi": {"nsiId": 2, "type": {"code": "TKDEV"}}},
        {"nsi": None},
        {"requirement_id": 5},
        {"external_reference": ""},
        {"external_reference": f"urn:hmpps:other-service:appointment:{uuid4()}"},
        {"outcome": {"code": "RSOF", "attended": False}},
    ],
    ids=lambda changed: ", ".join(changed),
)
def test_what_differs_in_one_thing_is_none(changed: dict[str, Any]) -> None:
    week_later = FIRST + timedelta(days=7)
    assert (
        repeats_after(made(), [made(**{"start": week_later, "end": week_later + timedelta(hours=1)} | changed)]) == ()
    )


def test_nothing_repeats_what_this_service_did_not_arrange() -> None:
    assert repeats_after(made(external_reference=""), [made(FIRST + timedelta(days=7))]) == ()


def test_they_are_by_date() -> None:
    weeks = [made(FIRST + timedelta(days=7 * week)) for week in (3, 1, 2)]
    assert [each.start.day for each in repeats_after(made(), weeks)] == [7, 14, 21]
