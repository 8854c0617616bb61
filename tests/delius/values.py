"""Values that several tests share. Every person is one of the simulator's, and invented."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from delius.london import LONDON
from delius.records import Nsi
from delius.request_bodies import NewAppointment, NewNsi, NewOutcome, NewTime, Officer, RequestedBy
from delius.writes.nsis import NsiTypeDefaults

NOW = datetime(2026, 6, 10, 10, 0, 30, tzinfo=LONDON)
TODAY = date(2026, 6, 10)
URN = "urn:hmpps:rarbooking:nsi:00000000-0000-4000-8000-000000000001"

ROBIN = "ROBIN.SAMPLE"
JO = "JO.PLACEHOLDER"
BRIAN, CLARA, DEV, EDIE, FRANK, GITA, HAL = (f"X00000{number}" for number in range(1, 8))

OTTO = "X000029"

HARROW_END = Officer(provider_code="N90", team_code="N90AAA", staff_code="N90A001")
DEVELOPING_DIALOGUES = NsiTypeDefaults(type_code="TKDEV", sub_type_code="", status_code="INPROG", length=None, notes="")
CHOICES_AND_CHANGES = replace(DEVELOPING_DIALOGUES, type_code="TKCAC")
MAPS_FOR_CHANGE = replace(DEVELOPING_DIALOGUES, type_code="TKMAP")
NEW_ME_MOT = replace(DEVELOPING_DIALOGUES, type_code="TKNEW", sub_type_code="TKNEW1")
SKILLS_FOR_RELATIONSHIPS = replace(DEVELOPING_DIALOGUES, type_code="TKSFR", length=10)


def an_nsi(nsi_id: int = 1, **changes: Any) -> Nsi:
    """An open NSI of Developing Dialogues on requirement 1."""
    sound = {"nsi_id": nsi_id, "type": {"code": "TKDEV"}, "requirement_id": 1, "referral_date": TODAY, "active": True}
    return Nsi.model_validate(sound | changes)


def a_new_nsi(**changes: Any) -> NewNsi:
    """An NSI to be sent to an upstream that does not look at it."""
    sound = NewNsi(
        event_id=1,
        requirement_id=1,
        type_code="TKDEV",
        sub_type_code="",
        status_code="INPROG",
        referral_date=TODAY,
        length=None,
        notes="",
        officer=HARROW_END,
    )
    return replace(sound, **changes)


def a_phone_call(start: datetime = NOW + timedelta(days=7), **changes: Any) -> NewAppointment:
    """Half an hour on the telephone, without RAR, on event 1."""
    sound = NewAppointment(
        event_id=1, type_code="COPT", start=start, end=start + timedelta(minutes=30), officer=HARROW_END
    )
    return replace(sound, **changes)


def an_outcome(**changes: Any) -> NewOutcome:
    """Attended and complied, at the first version of an appointment."""
    return replace(NewOutcome(version=1, outcome_code="ATTC"), **changes)


def a_new_time(start: datetime = NOW + timedelta(days=8), **changes: Any) -> NewTime:
    """An hour that the person asked for."""
    sound = NewTime(
        version=1,
        start=start,
        end=start + timedelta(hours=1),
        requested_by=RequestedBy.PERSON,
        reason="At work then.",
    )
    return replace(sound, **changes)
