"""The services that the product calls."""

from enum import Enum


class Service(Enum):
    """HMPPS Auth, which gives tokens, and the integration service in front of Delius."""

    HMPPS_AUTH = "hmpps-auth"
    DELIUS = "delius"
