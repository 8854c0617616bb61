"""Rows of the mirror, as a sync leaves them."""

from datetime import date
from typing import Any

from delius.models import MirroredContact, MirroredNsi
from tests.delius.values import BRIAN, NOW

TEAM = "N90AAA"
SOFT_DELETED, GONE, ENDED = {"soft_deleted": True}, {"gone_since": NOW}, {"end_date": date(2026, 6, 1)}


def make_nsi(**values: Any) -> MirroredNsi:
    """Save an active NSI of Developing Dialogues on requirement 1 unless told otherwise."""
    usual = {
        "nsi_id": MirroredNsi.objects.count() + 1,
        "crn": BRIAN,
        "event_id": 1,
        "requirement_id": 1,
        "type_code": "TKDEV",
        "referral_date": date(2026, 5, 1),
        "team_code": TEAM,
        "seen_at": NOW,
    }
    return MirroredNsi.objects.create(**usual | values)


def make_contact(nsi: MirroredNsi, **values: Any) -> MirroredContact:
    """Save an attended appointment unless told otherwise."""
    usual = {
        "contact_id": MirroredContact.objects.count() + 1,
        "crn": nsi.crn,
        "start": NOW,
        "outcome_code": "ATTC",
        "attended": True,
    }
    return MirroredContact.objects.create(nsi=nsi, **usual | values)
