"""App configuration of delius."""

import logging

from django.apps import AppConfig


class DeliusConfig(AppConfig):
    """Client, typed records, and mirror."""

    name = "delius"

    def ready(self) -> None:
        """Silence urllib3's warnings, which log URLs with CRNs and user names."""
        logging.getLogger("urllib3").setLevel(logging.ERROR)
