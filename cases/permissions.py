"""Permissions for cases. Roles are mapped to them in `rarbooking/roles.py`."""

SEE_CASES = "booking.see_cases"
ARRANGE = "booking.arrange_appointments"
