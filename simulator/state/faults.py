"""The faults to inject: kind, operation, number of times and probability."""

import random
import threading
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

ANY_OPERATION = "*"
DEFAULT_SECONDS = 30.0
DEFAULT_STATUS = 503
ALWAYS = 1.0

Kind = Literal[
    "latency",
    "status",
    "status_after",
    "drop_before",
    "drop_after",
    "timeout_before",
    "timeout_after",
    "malformed",
    "missing_field",
    "expire_token",
]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass
class Fault:
    """One fault. `times` is the number of requests that it is still to be injected in; None means until it is cleared.

    `chance` is its probability for each request. `retry_after` is the Retry-After header of a status, in seconds, or
    None.
    """

    operation: str
    kind: str
    status: int = DEFAULT_STATUS
    seconds: float = DEFAULT_SECONDS
    field: str = ""
    times: int | None = 1
    retry_after: int | None = None
    chance: float = ALWAYS

    @property
    def name(self) -> str:
        """Its name in the counts."""
        if self.kind == "latency":
            return f"latency {self.seconds:g}"
        return f"{self.kind} {self.status}" if self.kind.startswith("status") else self.kind


@dataclass(frozen=True)
class InjectedFaults:
    """The faults injected in one request: a delay, and at most one other fault."""

    delay_seconds: float = 0
    fault: Fault | None = None


class Faults:
    """The pending faults, in order, and the counts of injected ones."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: list[Fault] = []
        self._counts: Counter[str] = Counter()
        self._random = random.Random()  # noqa: S311 - for faults, which are no secret

    def seed(self, seed: int) -> None:
        """Seed the random generator. Reproducible only if requests arrive in the same order."""
        with self._lock:
            self._random.seed(seed)

    def add(self, fault: Fault) -> None:
        """Add a fault, from the next request on."""
        with self._lock:
            self._pending.append(fault)

    def clear(self) -> None:
        """Remove all pending faults."""
        with self._lock:
            self._pending.clear()

    def pending(self) -> list[dict[str, Any]]:
        """Return the pending faults."""
        with self._lock:
            return [asdict(fault) for fault in self._pending]

    def counts(self) -> dict[str, int]:
        """Return the number of injected faults by kind since the last reset."""
        with self._lock:
            return dict(self._counts)

    def reset(self) -> None:
        """Remove all faults and counts."""
        self.clear()
        with self._lock:
            self._counts.clear()

    def take(self, operation: str) -> InjectedFaults:
        """Return the faults to inject in a request of an operation, and count them."""
        with self._lock:
            delay = self._next(operation, delays=True)
            return InjectedFaults(delay.seconds if delay else 0, self._next(operation, delays=False))

    def _next(self, operation: str, *, delays: bool) -> Fault | None:
        for fault in self._pending:
            if fault.operation in (operation, ANY_OPERATION) and (fault.kind == "latency") == delays:
                if fault.chance < ALWAYS and self._random.random() >= fault.chance:
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if not fault.times:
                        self._pending.remove(fault)
                self._counts[fault.name] += 1
                return fault
        return None


def without_field(document: Any, path: list[str]) -> Any:
    """Return a JSON document without the field at a path; in a list it is removed from every item."""
    if isinstance(document, list):
        return [without_field(item, path) for item in document]
    if not isinstance(document, dict):
        return document
    name, *rest = path
    if not rest:
        return {key: value for key, value in document.items() if key != name}
    return {key: without_field(value, rest) if key == name else value for key, value in document.items()}
