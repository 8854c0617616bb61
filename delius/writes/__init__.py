"""Writes to Delius: the NSI of a toolkit, appointments, their outcomes and other times for them."""
