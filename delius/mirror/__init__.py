"""The mirror of toolkit NSIs and their appointments: filling it from the feed of changes, reading it, its retention."""
