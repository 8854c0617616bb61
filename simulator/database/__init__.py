"""Delius's records in SQLite."""
