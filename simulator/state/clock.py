"""The simulator's clock, and conversion to Delius's Europe/London wall time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class Clock:
    """A clock that can be frozen."""

    def __init__(self) -> None:
        self._frozen: datetime | None = None

    def freeze(self, instant: datetime | None) -> None:
        """Freeze the clock at an aware instant, or unfreeze it with None."""
        self._frozen = instant

    def now(self) -> datetime:
        """Return the aware current instant."""
        return self._frozen or datetime.now(UTC)

    def wall_time(self) -> datetime:
        """Return the current Europe/London wall time, without an offset."""
        return self.now().astimezone(LONDON).replace(tzinfo=None)

    def today(self) -> date:
        """Return today's date in Europe/London."""
        return self.wall_time().date()


def to_wall_time(moment: datetime) -> datetime:
    """Return the Europe/London wall time of an aware moment; a moment without an offset is wall time already."""
    return moment.astimezone(LONDON).replace(tzinfo=None) if moment.tzinfo else moment


def to_instant(moment: datetime) -> datetime:
    """Return an aware moment; one without an offset is read as Europe/London wall time."""
    return moment if moment.tzinfo else moment.replace(tzinfo=LONDON)


def with_offset(wall_time: str) -> str:
    """Return a stored wall time as ISO 8601 with the offset that Europe/London had then."""
    return datetime.fromisoformat(wall_time).replace(tzinfo=LONDON).isoformat()
