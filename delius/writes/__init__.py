"""Writes to Delius: the NSI of a toolkit, and appointments."""
