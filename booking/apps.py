"""Arranging appointments."""

from django.apps import AppConfig


class BookingConfig(AppConfig):
    """The journey, from a person's case to a booked appointment."""

    name = "booking"
    verbose_name = "Bookings"
