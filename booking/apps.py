"""App configuration of bookings."""

from django.apps import AppConfig


class BookingConfig(AppConfig):
    """The booking journey."""

    name = "booking"
    verbose_name = "Bookings"
