"""Reads from Delius: caching, parallel reads, reference data."""
