"""Filling a database as years of use would."""

from pathlib import Path

from bench.stack import Stack

SQL = Path(__file__).with_name("fill.sql")


def fill(stack: Stack, *, bookings: int, already: int = 0) -> None:
    """Fill the database in use up to a number of bookings, with the people, staff and audit events that belong to them.

    `already` is the number that it was filled up to before.
    """
    limits = ("-v", f"from={already}", "-v", f"to={bookings}")
    stack.postgres.client("psql", "-q", *limits, "-f", str(SQL), "-d", stack.database)
