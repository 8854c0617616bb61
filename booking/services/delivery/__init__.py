"""Taking confirmed bookings to Delius: sending, repeating, refusals, cancelling, withdrawing, settling."""
