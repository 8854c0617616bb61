"""Sending of changes to Delius: processing, retries, resuming, and what support can do."""
