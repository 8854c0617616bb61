"""App configuration of appointments."""

from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    """What becomes of an appointment once it is arranged."""

    name = "appointments"
    verbose_name = "Appointments"
