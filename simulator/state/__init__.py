"""The in-memory state of a running simulator."""

from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app

from simulator.database.signing_key import SigningKey
from simulator.database.store import Store, clear
from simulator.datasets import DATASETS
from simulator.state.clock import Clock
from simulator.state.faults import Faults
from simulator.state.request_log import RequestLog
from simulator.state.texts import Texts

EXTENSION = "delius_simulator"
TOKEN_SECONDS = 3600


@dataclass
class Switches:
    """Settings that tests can change."""

    token_seconds: int = TOKEN_SECONDS


@dataclass
class State:
    """The running simulator."""

    store: Store
    clock: Clock = field(default_factory=Clock)
    faults: Faults = field(default_factory=Faults)
    log: RequestLog = field(default_factory=RequestLog)
    texts: Texts = field(default_factory=Texts)
    switches: Switches = field(default_factory=Switches)
    expired_tokens: set[str] = field(default_factory=set)
    resets: int = 0
    _key: SigningKey | None = None

    @property
    def key(self) -> SigningKey:
        """Return the signing key in the database, cached."""
        if self._key is None:
            with self.store.reading() as connection:
                self._key = SigningKey(connection.execute("SELECT jwk FROM signing_key").fetchone()["jwk"])
        return self._key

    def reset(self, *, dataset: str, now: datetime | None = None) -> None:
        """Reset with a data set, relative to `now`, at which the clock is frozen; to the real time if None."""
        self.resets += 1
        self.clock.freeze(now)
        self.faults.reset()
        self.log.clear()
        self.texts = Texts()
        self.switches = Switches()
        self.expired_tokens.clear()
        with self.store.writing() as connection:
            clear(connection)
            DATASETS[dataset](connection, self.clock.wall_time())


def current() -> State:
    """Return the state of the current request's simulator."""
    state: State = current_app.extensions[EXTENSION]
    return state
