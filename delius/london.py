"""Time zone conversion: Delius uses Europe/London wall time."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

LONDON = ZoneInfo("Europe/London")


def as_london(moment: datetime) -> datetime:
    """Convert a datetime to Europe/London. A naive one, as upstream sometimes sends, is wall time there."""
    return moment.replace(tzinfo=LONDON) if moment.tzinfo is None else moment.astimezone(LONDON)


def to_upstream(moment: datetime) -> str:
    """Format an aware datetime as ISO 8601 with the offset of Europe/London. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("A moment without an offset cannot be sent.")
    return moment.astimezone(LONDON).isoformat(timespec="seconds")


def now() -> datetime:
    """Return the current time in Europe/London."""
    return timezone.now().astimezone(LONDON)


def today() -> date:
    """Return today's date in Europe/London."""
    return now().date()
