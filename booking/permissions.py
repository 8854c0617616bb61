"""What somebody may be let do with cases. Which role allows it is the project's to say (`rarbooking/roles.py`)."""

SEE_CASES = "booking.see_cases"
ARRANGE = "booking.arrange_appointments"
