"""Samples of exhaustive tables: `make test` runs some of their cells, `make soak` all."""

import os
import random
from collections import defaultdict
from collections.abc import Sequence
from typing import TypeVar

import pytest

T = TypeVar("T")

# Of each test function that is marked `exhaustive`.
CELLS = int(os.environ.get("SAMPLE_CELLS", "12"))
SEED = os.environ.get("SAMPLE_SEED", "0")
ALL = bool(os.environ.get("SOAK"))


def sample(cells: Sequence[T], *, name: str, seed: str) -> list[T]:
    """Return CELLS of some cells, in their order; every cell is drawn by some seed."""
    if len(cells) <= CELLS:
        return list(cells)
    chosen = set(random.Random(f"{seed}:{name}").sample(range(len(cells)), CELLS))
    return [cell for number, cell in enumerate(cells) if number in chosen]


def leave_out(items: list[pytest.Item]) -> list[pytest.Item]:
    """Take out of `items` the cells that are not in the sample, and return them."""
    if ALL:
        return []
    tables: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.get_closest_marker("exhaustive"):
            tables[item.nodeid.partition("[")[0]].append(item)
    drawn = {item for name, cells in tables.items() for item in sample(cells, name=name, seed=SEED)}
    left_out = [item for item in items if item.get_closest_marker("exhaustive") and item not in drawn]
    items[:] = [item for item in items if not item.get_closest_marker("exhaustive") or item in drawn]
    return left_out
