"""Data of any size: a filled database, and a feed of changes."""
