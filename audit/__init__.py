"""Who viewed, booked, changed and published what.

Other rooms enter by `audit.events`, `audit.admin` and `audit.csv_injection` alone.
"""
