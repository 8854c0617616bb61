"""Moves of an appointment and the repeats after it: confirming, sending, and finding them again."""

import time
import uuid
from typing import Any

from appointments import selectors
from appointments.models import ChangeDraft, Move
from appointments.moving import Moving, NewPlace
from appointments.services.delivery import processing
from appointments.services.submission import submit
from cases.presenters.appointment_types import type_name

# Time limit for a request that moves repeats; a worker moves the rest.
MAX_WAIT_SECONDS = 8


def confirm(*, draft: ChangeDraft, user: Any, moving: Moving, allow_overlap: bool = False) -> tuple[Move, bool]:
    """Create the moves of finished questions; return the first, and whether it is new. Idempotent by the draft's id.

    With `allow_overlap` they may overlap other appointments of the person.
    """
    places = moving.new_places
    moves = [
        _move(
            draft,
            user,
            moving,
            place,
            # Which of them Delius hears of first is not known: the new time of one may be the old time of another.
            allow_overlap=allow_overlap or any(_overlaps(place, other) for other in places if other is not place),
        )
        for place in places
    ]
    return submit(moves)


def run(first: Move, *, is_new: bool = False) -> Move:
    """Process a move, and those confirmed with it, for at most MAX_WAIT_SECONDS; return it in its new state.

    Where one stays under way, a worker does the rest. `is_new` says that they were created for this call.
    """
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    first = processing.process(first, is_new=is_new)
    for move in selectors.moved_together(first):
        if first.is_under_way or time.monotonic() > deadline:
            break
        if move.id != first.id and processing.process(move).is_under_way:
            break
    return first


def _move(draft: ChangeDraft, user: Any, moving: Moving, place: NewPlace, *, allow_overlap: bool) -> Move:
    old, several = place.old, moving.with_later
    is_first = old.contact_id == draft.contact_id
    return Move(
        id=draft.change_id if is_first else uuid.uuid5(draft.change_id, str(old.contact_id)),
        moved_with=draft.change_id if several else None,
        user=user,
        crn=draft.crn,
        contact_id=old.contact_id,
        version=old.version,
        type_code=old.type.code,
        type_name=type_name(old.type)[:100],
        appointment_start=old.start,
        appointment_end=old.end,
        old_office_name=moving.name_of(old.office)[:200],
        requested_by=moving.requested_by.value,
        text=moving.reason,
        start=place.start,
        end=place.end,
        office_code=place.office.code if place.office else "",
        office_name=moving.name_of(place.office)[:200],
        allow_overlap=allow_overlap,
    )


def _overlaps(new: NewPlace, other: NewPlace) -> bool:
    return other.old.start < new.end and new.start < (other.old.end or other.old.start)
