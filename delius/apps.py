"""The delius room as a Django app."""

import logging

from django.apps import AppConfig


class DeliusConfig(AppConfig):
    """The client, the typed records, and the sync of NSIs and contacts."""

    name = "delius"

    def ready(self) -> None:
        """Keep addresses of calls, which hold CRNs and user names, out of the logs: urllib3 prints them in warnings."""
        logging.getLogger("urllib3").setLevel(logging.ERROR)
