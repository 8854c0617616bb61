"""What was asked of the simulator, for tests to read back."""

import threading
from collections import deque
from typing import Any

KEPT_REQUESTS = 5000


class RequestLog:
    """The latest requests, numbered from 1 in the order they arrived."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[dict[str, Any]] = deque(maxlen=KEPT_REQUESTS)
        self._count = 0

    def add(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Keep an entry, numbered; the caller completes it with the status once that is known."""
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
        """Forget every entry and number from 1 again."""
        with self._lock:
            self._entries.clear()
            self._count = 0
