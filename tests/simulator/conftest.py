"""The simulator with its clock standing still, and callers of it."""

from collections.abc import Callable, Iterator

import pytest

from tests.simulator.delius import NOW, Delius
from tests.simulator_process import Simulator


@pytest.fixture
def frozen(simulator: Simulator) -> Simulator:
    """The simulator on a summer Wednesday at ten in the morning, London time."""
    simulator.reset(now=NOW)
    return simulator


@pytest.fixture
def acting_for(frozen: Simulator) -> Iterator[Callable[[str | None], Delius]]:
    """Return a function that gives a caller whose token acts for a user, or for nobody."""
    callers: list[Delius] = []

    def act(username: str | None) -> Delius:
        callers.append(Delius(frozen, frozen.token(username)))
        return callers[-1]

    yield act
    for caller in callers:
        caller.close()


@pytest.fixture
def robin(acting_for: Callable[[str | None], Delius]) -> Delius:
    """A caller that acts for Robin, who manages most of the demonstration's people."""
    return acting_for("ROBIN.SAMPLE")


@pytest.fixture
def jo(acting_for: Callable[[str | None], Delius]) -> Delius:
    """A caller that acts for Jo, who is of another team than Robin."""
    return acting_for("JO.PLACEHOLDER")


@pytest.fixture
def nobody(acting_for: Callable[[str | None], Delius]) -> Delius:
    """A caller whose token acts for no user."""
    return acting_for(None)
