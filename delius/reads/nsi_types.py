"""What Delius demands of an NSI of each type. This is all that the toolkits room may ask of Delius."""

from collections.abc import Collection

from delius import conf
from delius.client import get_client
from delius.errors import DeliusError
from delius.reads import cache
from delius.records import CodeDescription, NsiType

__all__ = ["CodeDescription", "DeliusError", "NsiType", "nsi_types", "nsi_types_for_rar"]

# Of codes, in one call (docs/integration/openapi.yaml).
MOST_CODES = 50


def nsi_types(codes: Collection[str] = ()) -> tuple[NsiType, ...]:
    """Return those of some NSI types that Delius knows; without codes, all that a RAR requirement allows.

    Asked now, and never cached. Raises DeliusError where Delius does not answer.
    """
    if not codes:
        return get_client().nsi_types()
    wanted = sorted(codes)
    starts = range(0, len(wanted), MOST_CODES)
    return tuple(each for start in starts for each in get_client().nsi_types(wanted[start : start + MOST_CODES]))


def nsi_types_for_rar() -> tuple[NsiType, ...]:
    """Return every NSI type that a RAR requirement allows, cached.

    As old as appointment types may be. Raises DeliusError where Delius does not answer.
    """
    ages = cache.Ages(
        fresh=conf.reference_cache_seconds(),
        stale=conf.reference_stale_seconds(),
        outage=conf.reference_outage_seconds(),
    )
    return cache.read_stale_while_revalidate(cache.key("nsi-types"), nsi_types, ages=ages)
