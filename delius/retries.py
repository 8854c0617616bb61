"""Exponential backoff between the tries of what is repeated until Delius answers."""

from datetime import timedelta

FIRST_DELAY = timedelta(seconds=5)
MAX_DELAY = timedelta(minutes=15)


def backoff(tries: int) -> timedelta:
    """Return the exponential backoff after so many tries: 5 seconds, doubled each time, at most 15 minutes."""
    return min(FIRST_DELAY * 2 ** min(tries, 12), MAX_DELAY)
