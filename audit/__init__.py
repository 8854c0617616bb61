"""The audit: an append-only record of who viewed, booked, changed and published what.

Other apps import `audit.events`, `audit.admin` and `audit.csv_injection` alone.
"""
