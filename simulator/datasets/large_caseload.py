"""Data set with one caseload of 60 people, each with one sentence and one RAR requirement."""

import sqlite3
from datetime import date, datetime

from simulator.datasets import reference
from simulator.datasets.demo import Loader, Person

PEOPLE = tuple(Person(f"X1{number:05d}", "Sample", f"Crowd{number}", date(1990, 1, 1)) for number in range(1, 61))


def load(connection: sqlite3.Connection, now: datetime) -> None:
    """Load the reference data and the caseload."""
    reference.load(connection)
    Loader(connection, now).load_people(PEOPLE)
