"""The usual hours of appointments, and which times somebody means who does not say am or pm."""

from dataclasses import dataclass
from datetime import time, timedelta

from django.conf import settings

from govuk.formats import clock, parse_time, pm_reading

# No appointment is read as longer than a working day: `10` to `9` is a slip.
MAX_LENGTH = timedelta(hours=8)


@dataclass(frozen=True)
class Hours:
    """The hours within which appointments usually are, both ends included."""

    opens: time
    closes: time

    def include(self, start: time, end: time) -> bool:
        """Return whether an appointment is within these hours."""
        return self.opens <= start and end <= self.closes

    def __str__(self) -> str:
        return f"{clock(self.opens)} and {clock(self.closes)}"


def usual_hours() -> Hours:
    """Return the hours of the setting APPOINTMENT_HOURS."""
    return Hours(*settings.APPOINTMENT_HOURS)


def meant_times(typed_start: str, typed_end: str) -> tuple[time, time]:
    """Return the start and end that somebody means by two typed times, both of which `parse_time` reads.

    What is said counts: am, pm, `02:00`. A time without it may be in the afternoon: of the readings within the usual
    hours the shortest is meant, so `2` to `3` is 2pm to 3pm, `9` to `5` ends at 5pm and `7` to `8pm` begins at 7pm.
    """
    hours = usual_hours()
    pairs = [(start, end) for start in _readings(typed_start) for end in _readings(typed_end)]
    as_typed = pairs[0]
    possible = [
        (start, end)
        for start, end in pairs
        if hours.include(start, end) and start < end and ((start, end) == as_typed or _length(start, end) <= MAX_LENGTH)
    ]
    return min(possible, key=lambda pair: _length(*pair), default=as_typed)


def _readings(typed: str) -> list[time]:
    return [at for at in (parse_time(typed), pm_reading(typed)) if at is not None]


def _length(start: time, end: time) -> timedelta:
    return timedelta(hours=end.hour - start.hour, minutes=end.minute - start.minute)
