"""Locust's users."""
