"""Holding what people were told, what the product has, and what Delius has against one another."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench.journey import ARRANGED, UNDER_WAY
from bench.stack import Stack

LONDON = ZoneInfo("Europe/London")
VISIT = "COAP"
BOOKINGS = """
    SELECT coalesce(json_agg(json_build_object(
        'id', id, 'state', state, 'crn', crn, 'start', start, 'appointment', appointment_id,
        'reference', 'urn:hmpps:rarbooking:appointment:' || appointment_reference
    )), '[]') FROM booking_booking WHERE crn LIKE 'Y%'
"""
MADE, NOT_MADE, WITH_SUPPORT = {"booked"}, {"refused", "cancelled"}, {"needs_attention"}


@dataclass(frozen=True)
class Reconciled:
    """How many bookings came to what, and how many are not as they should be."""

    told_arranged: int
    told_under_way: int
    told_nothing: int
    bookings: int
    booked: int
    refused: int
    cancelled: int
    needs_attention: int
    appointments_in_delius: int
    nsis_in_delius: int
    unsettled: int
    lost: int
    doubled: int
    duplicate_nsis: int
    nsis_left_behind: int
    unaccounted: int

    @property
    def is_sound(self) -> bool:
        """Whether every booking is settled or with support, none is lost, and nothing was made twice or in vain."""
        return not (
            self.unsettled
            or self.lost
            or self.doubled
            or self.duplicate_nsis
            or self.nsis_left_behind
            or self.unaccounted
        )

    def table(self) -> str:
        """Return it as lines to be read."""
        return "\n".join(f"{name.replace('_', ' '):<28}{number:>8,}" for name, number in asdict(self).items())


def reconcile(
    stack: Stack, known: Sequence[Mapping[str, Any]], *, under_way_in_backup: frozenset[str] | None = None
) -> Reconciled:
    """Compare, once everything that was under way is settled.

    `known` is what the users noted. With `under_way_in_backup`, the ids of the bookings that were, the database is a
    backup's: what was confirmed after it may be in Delius alone, and be what people tried again after a refusal.

    - lost: told to have been arranged or to be under way, and there is no booking; or booked here and not in Delius; or
      refused here although Delius has it (of a backup: refused since).
    - doubled: more than one appointment in Delius for one booking.
    - left behind: an open NSI from which nothing hangs.
    - unaccounted: an appointment in Delius whose reference is that of no booking that was booked or that support has.
    """
    bookings: list[dict[str, Any]] = json.loads(stack.postgres.sql(BOOKINGS, database=stack.database))
    ours = {each["id"]: each for each in bookings}
    visits = [each for each in stack.simulator.contacts() if each["type"] == VISIT and not each["softDeleted"]]
    nsis = [each for each in stack.simulator.nsis() if each["active"] and not each["softDeleted"]]
    at = Counter((each["crn"], each["start"][:16]) for each in visits)
    borne = {each["externalReference"]: each["contactId"] for each in visits}
    in_use = {each["nsiId"] for each in visits}
    told = {each["booking"]: each["outcome"] for each in known if each["what"] == "seen"}
    pressed = {each["booking"] for each in known}
    confirmed = {booking for booking, outcome in told.items() if outcome in (ARRANGED, UNDER_WAY)}
    states = Counter(each["state"] for each in bookings)
    made = [each for each in bookings if each["state"] in MADE]
    is_whole = under_way_in_backup is None
    looked_at = ours.keys() if under_way_in_backup is None else under_way_in_backup
    lost = len(confirmed - ours.keys()) if is_whole else 0
    lost += sum(borne.get(each["reference"]) != each["appointment"] for each in made)
    lost += sum(at[_place(each)] > 0 for each in bookings if each["state"] in NOT_MADE and each["id"] in looked_at)
    if is_whole:
        lost += sum(
            ours[booking]["state"] not in MADE | WITH_SUPPORT
            for booking, outcome in told.items()
            if outcome == ARRANGED and booking in ours
        )
    claimed = {each["reference"] for each in bookings if each["state"] in MADE | WITH_SUPPORT}
    of_types = Counter((each["crn"], each["requirementId"], each["type"]) for each in nsis)
    return Reconciled(
        told_arranged=sum(outcome == ARRANGED for outcome in told.values()),
        told_under_way=sum(outcome == UNDER_WAY for outcome in told.values()),
        told_nothing=len(pressed - told.keys()),
        bookings=len(bookings),
        booked=states["booked"],
        refused=states["refused"],
        cancelled=states["cancelled"],
        needs_attention=states["needs_attention"],
        appointments_in_delius=len(visits),
        nsis_in_delius=len(nsis),
        unsettled=sum(each["state"] not in MADE | NOT_MADE | WITH_SUPPORT for each in bookings),
        lost=lost,
        doubled=sum(number - 1 for number in at.values()),
        duplicate_nsis=sum(number - 1 for number in of_types.values()),
        nsis_left_behind=sum(each["nsiId"] not in in_use for each in nsis) if is_whole else 0,
        unaccounted=len(borne.keys() - claimed) if is_whole else 0,
    )


def read(known: Path) -> list[dict[str, Any]]:
    """Return what the users noted."""
    return [json.loads(line) for line in known.read_text().splitlines()]


def _place(booking: Mapping[str, Any]) -> tuple[str, str]:
    start = datetime.fromisoformat(booking["start"]).astimezone(LONDON)
    return booking["crn"], start.isoformat()[:16]
