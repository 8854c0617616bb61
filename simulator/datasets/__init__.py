"""The data sets by name. Each fills an empty database, relative to a Europe/London wall time."""

import sqlite3
from collections.abc import Callable
from datetime import datetime

from simulator.datasets import caseloads, demo, large_caseload

DATASETS: dict[str, Callable[[sqlite3.Connection, datetime], None]] = {
    "demo": demo.load,
    "large_caseload": large_caseload.load,
    "caseloads": caseloads.load,
}
