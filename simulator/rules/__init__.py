"""What Delius demands of what is written to it, and how it counts."""
