"""Named data sets. Each fills an empty database, its dates relative to a Europe/London wall time."""

import sqlite3
from collections.abc import Callable
from datetime import datetime

from simulator.datasets import crew, crowd, demo

DATASETS: dict[str, Callable[[sqlite3.Connection, datetime], None]] = {
    "demo": demo.load,
    "crowd": crowd.load,
    "crew": crew.load,
}
