"""Upstream services."""

from enum import Enum


class Service(Enum):
    """HMPPS Auth, which issues tokens, and the integration service in front of Delius."""

    HMPPS_AUTH = "hmpps-auth"
    DELIUS = "delius"
