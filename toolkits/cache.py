"""Cache of toolkits, their order and their rollout, for a minute: every page of the journey reads them.

Changes through the models invalidate it at once for the process that made them. Others see them within
CACHE_NEAR_SECONDS where Redis is the cache, within a minute otherwise.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from django.core.cache import cache
from django.db import transaction
from django.db.models import BooleanField, CharField, F, QuerySet, SmallIntegerField, Subquery, Value
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver

from toolkits.models import Rollout, Toolkit, ToolkitList

CACHE_SECONDS = 60
# Part of every key: to be raised when the cached structure changes, so that a release does not read an older one's.
SCHEMA_VERSION = 4
TOOLKITS = f"toolkits:{SCHEMA_VERSION}:all"
TOOLKIT, ROLLOUT = "toolkit", "rollout"
COLUMNS = (
    "kind",
    "name",
    "slug",
    "is_placeholder",
    "order",
    "active_from",
    "active_to",
    "nsi_type_code",
    "nsi_sub_type_code",
    "code_confirmed",
    "offered_unconfirmed",
    "nsi_status_code",
    "nsi_length",
    "nsi_notes",
    "order_of_list",
)


@dataclass(frozen=True, slots=True)
class DateRange:
    """A first and a last day, inclusive; None is unbounded."""

    first: date | None
    last: date | None

    def contains(self, on: date) -> bool:
        """Return whether a day is in the range."""
        return (self.first is None or self.first <= on) and (self.last is None or self.last >= on)


def toolkits() -> list[dict[str, Any]]:
    """Return every toolkit as a dict of its fields, with the list's order as `order_of_list`."""
    cached: list[dict[str, Any]] | None = cache.get(TOOLKITS)
    if cached is None:
        cached = [dict(row) for row in _toolkit_rows().values(*COLUMNS[1:])]
        cache.set(TOOLKITS, cached, CACHE_SECONDS)
    return cached


def order() -> str | None:
    """Return the configured order of the list of toolkits, None for the default."""
    return next((row["order_of_list"] for row in toolkits()), None)


def rollout(provider_code: str) -> dict[str, DateRange]:
    """Return when each team of a provider uses toolkits, by team code; under "" those without a row of their own.

    Where neither this nor the toolkits are cached, both are read in one query: pages need both.
    """
    key = _rollout_key(provider_code)
    cached = cache.get_many([key, TOOLKITS])
    if key not in cached:
        rows = _rollout_rows(provider_code)
        found = (rows if TOOLKITS in cached else rows.union(_toolkit_rows(), all=True)).values_list(*COLUMNS)
        read: dict[str, Any] = {key: {}}
        toolkit_rows = []
        for kind, *values in found:
            row = dict(zip(COLUMNS[1:], values, strict=True))
            if kind == ROLLOUT:
                read[key][row["name"]] = DateRange(row["active_from"], row["active_to"])
            else:
                toolkit_rows.append(row)
        if TOOLKITS not in cached:
            read[TOOLKITS] = toolkit_rows
        cache.set_many(read, CACHE_SECONDS)
        cached |= read
    days: dict[str, DateRange] = cached[key]
    return days


def invalidate_toolkits() -> None:
    """Invalidate the toolkits and their order."""
    _invalidate(TOOLKITS)


def invalidate_rollout(*provider_codes: str) -> None:
    """Invalidate the rollout of providers. To be called after changes that send no signal (bulk updates)."""
    _invalidate(*(_rollout_key(each) for each in provider_codes))


def _toolkit_rows() -> QuerySet[Toolkit]:
    chosen = Subquery(ToolkitList.objects.values("order")[:1], output_field=CharField())
    return Toolkit.objects.order_by().annotate(kind=Value(TOOLKIT), order_of_list=chosen)


def _rollout_rows(provider_code: str) -> QuerySet[Rollout]:
    """Return a provider's rollout rows with the columns of toolkits, for a UNION."""
    empty = {name: _null_value(name) for name in COLUMNS[1:] if name not in ("name", "active_from", "active_to")}
    return (
        Rollout.objects.filter(provider_code=provider_code)
        .order_by()
        .annotate(kind=Value(ROLLOUT), name=F("team_code"), active_from=F("starts_on"), active_to=F("ends_on"), **empty)
    )


def _null_value(name: str) -> Value:
    if name == "order_of_list":
        return Value(None, output_field=CharField())
    field: Any = Toolkit._meta.get_field(name)
    if isinstance(field, BooleanField):
        return Value(False)
    return Value(0) if isinstance(field, SmallIntegerField) and not field.null else Value(None, output_field=field)


def _invalidate(*keys: str) -> None:
    """Delete keys now and again on commit: others may cache the old values until then."""
    cache.delete_many(keys)
    transaction.on_commit(lambda: cache.delete_many(keys))


def _rollout_key(provider_code: str) -> str:
    return f"toolkits:{SCHEMA_VERSION}:rollout:{quote(provider_code)}"


@receiver([post_save, post_delete], sender=Toolkit)
@receiver([post_save, post_delete], sender=ToolkitList)
def _toolkits_changed(**kwargs: Any) -> None:
    invalidate_toolkits()


@receiver(pre_save, sender=Rollout)
def _rollout_changing(*, instance: Rollout, **kwargs: Any) -> None:
    """Invalidate the previous provider's rollout too: a row may move to another provider."""
    if instance.pk:
        invalidate_rollout(*Rollout.objects.filter(pk=instance.pk).values_list("provider_code", flat=True))


@receiver([post_save, post_delete], sender=Rollout)
def _rollout_changed(*, instance: Rollout, **kwargs: Any) -> None:
    invalidate_rollout(instance.provider_code)
