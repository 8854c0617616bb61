"""Toolkits, their order and their rollout, kept in the cache for a minute: every page of the journey asks for them.

Whatever is changed through the models is forgotten at once: by every process where Redis is the cache, and otherwise by
the process that changed it, so that an administrator sees it on the next page; other processes see it within a minute.
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

KEPT_SECONDS = 60
# Part of every key: to be changed with the shape of what is kept, so that a new release does not read an old one's.
SHAPE = 3
TOOLKITS = f"toolkits:{SHAPE}:all"
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
    "nsi_status_code",
    "nsi_length",
    "nsi_notes",
    "order_of_list",
)


@dataclass(frozen=True, slots=True)
class Days:
    """A first and a last day, both included; None is no limit."""

    first: date | None
    last: date | None

    def cover(self, on: date) -> bool:
        """Return whether a day is one of them."""
        return (self.first is None or self.first <= on) and (self.last is None or self.last >= on)


def toolkits() -> list[dict[str, Any]]:
    """Return the values of every toolkit, by field, and as `order_of_list` how the list of them is ordered."""

    kept: list[dict[str, Any]] | None = cache.get(TOOLKITS)
    if kept is None:
        kept = [dict(row) for row in _toolkit_rows().values(*COLUMNS[1:])]
        cache.set(TOOLKITS, kept, KEPT_SECONDS)
    return kept


def order() -> str | None:
    """Return the order that an administrator chose for the list of toolkits, None where nobody did."""
    return next((row["order_of_list"] for row in toolkits()), None)


def rollout(provider_code: str) -> dict[str, Days]:
    """Return when each team of a provider uses toolkits, by team code; under "" those without a row of their own.

    Where neither this nor the toolkits are kept, both are read in one query: a page that asks for one asks for both.
    """
    key = _rollout_key(provider_code)
    kept = cache.get_many([key, TOOLKITS])
    if key not in kept:
        rows = _rollout_rows(provider_code)
        found = (rows if TOOLKITS in kept else rows.union(_toolkit_rows(), all=True)).values_list(*COLUMNS)
        read: dict[str, Any] = {key: {}}
        toolkit_rows = []
        for kind, *values in found:
            row = dict(zip(COLUMNS[1:], values, strict=True))
            if kind == ROLLOUT:
                read[key][row["name"]] = Days(row["active_from"], row["active_to"])
            else:
                toolkit_rows.append(row)
        if TOOLKITS not in kept:
            read[TOOLKITS] = toolkit_rows
        cache.set_many(read, KEPT_SECONDS)
        kept |= read
    days: dict[str, Days] = kept[key]
    return days


def forget_toolkits() -> None:
    """Let the next page read the toolkits and their order."""
    _forget(TOOLKITS)


def forget_rollout(*provider_codes: str) -> None:
    """Let the next page read the rollout of some providers. To be called after changes that send no signal."""
    _forget(*(_rollout_key(each) for each in provider_codes))


def _toolkit_rows() -> QuerySet[Toolkit]:
    chosen = Subquery(ToolkitList.objects.values("order")[:1], output_field=CharField())
    return Toolkit.objects.order_by().annotate(kind=Value(TOOLKIT), order_of_list=chosen)


def _rollout_rows(provider_code: str) -> QuerySet[Rollout]:
    """The rows of a provider in the columns of toolkits: its team, and its first and last day."""
    empty = {name: _nothing(name) for name in COLUMNS[1:] if name not in ("name", "active_from", "active_to")}
    return (
        Rollout.objects.filter(provider_code=provider_code)
        .order_by()
        .annotate(kind=Value(ROLLOUT), name=F("team_code"), active_from=F("starts_on"), active_to=F("ends_on"), **empty)
    )


def _nothing(name: str) -> Value:
    if name == "order_of_list":
        return Value(None, output_field=CharField())
    field: Any = Toolkit._meta.get_field(name)
    if isinstance(field, BooleanField):
        return Value(False)
    return Value(0) if isinstance(field, SmallIntegerField) and not field.null else Value(None, output_field=field)


def _forget(*keys: str) -> None:
    """Forget now, for the rest of this transaction, and at its end: others may have kept what was before meanwhile."""
    cache.delete_many(keys)
    transaction.on_commit(lambda: cache.delete_many(keys))


def _rollout_key(provider_code: str) -> str:
    return f"toolkits:{SHAPE}:rollout:{quote(provider_code)}"


@receiver([post_save, post_delete], sender=Toolkit)
@receiver([post_save, post_delete], sender=ToolkitList)
def _toolkits_changed(**kwargs: Any) -> None:
    forget_toolkits()


@receiver(pre_save, sender=Rollout)
def _rollout_about_to_change(*, instance: Rollout, **kwargs: Any) -> None:
    """A row may move to another provider."""
    if instance.pk:
        forget_rollout(*Rollout.objects.filter(pk=instance.pk).values_list("provider_code", flat=True))


@receiver([post_save, post_delete], sender=Rollout)
def _rollout_changed(*, instance: Rollout, **kwargs: Any) -> None:
    forget_rollout(instance.provider_code)
