"""The permissions of cases. Which role has them is said in `rarbooking/roles.py`."""

SEE_CASES = "booking.see_cases"
ARRANGE = "booking.arrange_appointments"
