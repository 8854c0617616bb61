"""What bookings, outcomes and moves share on their way to Delius: rows that are sent, repeated and settled."""
