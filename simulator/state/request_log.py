"""The request log, for tests."""

import threading
from collections import deque
from typing import Any

MAX_ENTRIES = 5000


class RequestLog:
    """The latest MAX_ENTRIES requests, numbered from 1 in order of arrival."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[dict[str, Any]] = deque(maxlen=MAX_ENTRIES)
        self._count = 0

    def add(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Add a numbered entry and return it; the caller sets its status later."""
        with self._lock:
            self._count += 1
            numbered = {"sequence": self._count, **entry}
            self._entries.append(numbered)
            return numbered

    def entries(self) -> list[dict[str, Any]]:
        """Return the entries, oldest first."""
        with self._lock:
            return [dict(entry) for entry in self._entries]

    def clear(self) -> None:
        """Remove all entries and restart the numbering."""
        with self._lock:
            self._entries.clear()
            self._count = 0
