"""NSI types and their rules: the only part of delius that toolkits may import."""

from collections.abc import Collection

from delius import conf
from delius.client import get_client
from delius.errors import DeliusError
from delius.reads import cache
from delius.records import CodeDescription, NsiType

__all__ = ["CodeDescription", "DeliusError", "NsiType", "nsi_types", "nsi_types_for_rar"]

# Limit of codes in one call (docs/integration/openapi.yaml).
MAX_CODES = 50


def nsi_types(codes: Collection[str] = ()) -> tuple[NsiType, ...]:
    """Return NSI types by code (unknown ones are left out); without codes, all that a RAR requirement allows.

    Never cached. Raises DeliusError where Delius does not answer.
    """
    if not codes:
        return get_client().nsi_types()
    wanted = sorted(codes)
    starts = range(0, len(wanted), MAX_CODES)
    return tuple(each for start in starts for each in get_client().nsi_types(wanted[start : start + MAX_CODES]))


def nsi_types_for_rar() -> tuple[NsiType, ...]:
    """Return every NSI type that a RAR requirement allows, cached as reference data.

    Raises DeliusError where Delius does not answer.
    """
    ages = cache.Ages(
        fresh=conf.reference_cache_seconds(),
        stale=conf.reference_stale_seconds(),
        outage=conf.reference_outage_seconds(),
    )
    return cache.read_stale_while_revalidate(cache.reference_key("nsi-types"), nsi_types, ages=ages)
