"""The life of a booking, held against its diagram."""

import re
from pathlib import Path

import pytest

from booking.models import Booking, BookingState
from booking.services.states import FINAL_STATES, TRANSITIONS, transition

pytestmark = pytest.mark.database

DIAGRAM = Path(__file__).resolve().parent.parent.parent / "docs" / "booking-states.md"


def test_the_diagram_shows_exactly_the_arrows_of_the_code() -> None:
    of_bookings = DIAGRAM.read_text().split("## Outcomes and moves")[0]
    arrows = set(re.findall(r"^    (\S+) --> (\S+)$", of_bookings, re.MULTILINE))
    in_code = {(str(before), str(after)) for before, following in TRANSITIONS.items() for after in following}
    ends = {(str(state), "[*]") for state in FINAL_STATES}
    assert arrows == in_code | ends | {("[*]", "submitted")}


def test_every_state_has_its_arrows() -> None:
    assert set(TRANSITIONS) == set(BookingState)


@pytest.mark.parametrize("state", sorted(FINAL_STATES))
def test_a_booking_at_rest_never_moves_again(state: BookingState) -> None:
    for after in BookingState:
        with pytest.raises(ValueError, match="cannot go"):
            transition(Booking(state=state), after)
