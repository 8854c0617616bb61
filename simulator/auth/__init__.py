"""HMPPS Auth."""
