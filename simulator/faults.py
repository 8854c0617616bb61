"""Faults that tests ask for: what goes wrong, in which operation, how many times."""

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
    """One fault. `times` counts the requests it has yet to spoil; None means every one until it is cleared.

    `chance` is how likely each of them is to be spoiled, up to 1. `retry_after` is in how many seconds a status asks
    the caller to try again; None where it does not say.
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
        """What it is called where faults are counted."""
        if self.kind == "latency":
            return f"latency {self.seconds:g}"
        return f"{self.kind} {self.status}" if self.kind.startswith("status") else self.kind


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with one request: a delay before it is looked at, and at most one other fault."""

    delay_seconds: float = 0
    fault: Fault | None = None


class Faults:
    """The faults waiting to happen, taken in the order they were asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self._happened: Counter[str] = Counter()
        self._dice = random.Random()  # noqa: S311 - for faults, which are no secret

    def seed(self, seed: int) -> None:
        """Let chance fall as it fell before with this seed. Which request it falls on depends on how they arrive."""
        with self._lock:
            self._dice.seed(seed)

    def add(self, fault: Fault) -> None:
        """Let a fault happen from the next request on."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Forget every fault."""
        with self._lock:
            self._waiting.clear()

    def waiting(self) -> list[dict[str, Any]]:
        """Return the faults that have yet to happen."""
        with self._lock:
            return [asdict(fault) for fault in self._waiting]

    def happened(self) -> dict[str, int]:
        """Return how many requests each kind of fault has spoiled, since the last reset."""
        with self._lock:
            return dict(self._happened)

    def reset(self) -> None:
        """Forget every fault, and how many there were."""
        self.clear()
        with self._lock:
            self._happened.clear()

    def take(self, operation: str) -> Trouble:
        """Return what goes wrong with this request of an operation, and count it."""
        with self._lock:
            delay = self._next(operation, delays=True)
            return Trouble(delay.seconds if delay else 0, self._next(operation, delays=False))

    def _next(self, operation: str, *, delays: bool) -> Fault | None:
        for fault in self._waiting:
            if fault.operation in (operation, ANY_OPERATION) and (fault.kind == "latency") == delays:
                if fault.chance < ALWAYS and self._dice.random() >= fault.chance:
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if not fault.times:
                        self._waiting.remove(fault)
                self._happened[fault.name] += 1
                return fault
        return None


def without_field(document: Any, path: list[str]) -> Any:
    """Return a JSON document without the field at a path of names; in a list, every item loses it."""
    if isinstance(document, list):
        return [without_field(item, path) for item in document]
    if not isinstance(document, dict):
        return document
    name, *rest = path
    if not rest:
        return {key: value for key, value in document.items() if key != name}
    return {key: without_field(value, rest) if key == name else value for key, value in document.items()}
