"""What the tests of this folder found, added up at the end of the run, over any number of test processes."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass

import pytest

PROPERTY = "booked exactly once"
Record = Callable[[str, object], None]


@dataclass(frozen=True)
class Found:
    """What became of the bookings of one combination of faults.

    `waiting` are those for which Delius is still down. An NSI is left behind where we made it and nothing came of it.
    """

    combinations: int = 1
    booked: int = 0
    refused: int = 0
    waiting: int = 0
    lost: int = 0
    duplicate_appointments: int = 0
    duplicate_nsis: int = 0
    nsis_left_behind: int = 0
    unsettled: int = 0

    @property
    def is_sound(self) -> bool:
        """Whether every booking was made once, was refused, or waits for Delius."""
        return not (
            self.lost or self.duplicate_appointments or self.duplicate_nsis or self.nsis_left_behind or self.unsettled
        )


def keep(record_property: Record, found: Found) -> None:
    """Send a finding home with the report of its test."""
    record_property(PROPERTY, asdict(found))


def report(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    total: Counter[str] = Counter()
    for outcome in ("passed", "failed", "xfailed"):
        for report in terminalreporter.stats.get(outcome, ()):
            for name, found in report.user_properties:
                if name == PROPERTY:
                    total.update(found)
    if total:
        terminalreporter.section("bookings and faults")
        for name, number in total.items():
            terminalreporter.write_line(f"{name.replace('_', ' '):<25}{number:>7,}")
