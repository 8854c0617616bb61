"""Delius's validation rules, and its calculation of RAR days."""
