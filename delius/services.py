"""The services that the product calls."""

from enum import Enum


class Service(Enum):
    """HMPPS Auth, which gives tokens, and the two services in front of Delius."""

    HMPPS_AUTH = "hmpps-auth"
    COMMUNITY_API = "community-api"
    DELIUS_API = "delius-api"
