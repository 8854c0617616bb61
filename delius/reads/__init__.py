"""Reads from Delius: caching, reading side by side, reference data."""
