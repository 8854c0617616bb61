"""Delivery of confirmed bookings to Delius: processing, retries, refusals, cancellation, withdrawal."""
