"""Toolkits, their order and their rollout, kept in the cache for a minute: every page of the journey asks for them.

Whatever is changed through the models is forgotten at once: by every process where Redis is the cache, and otherwise by
the process that changed it, so that an administrator sees it on the next page; other processes see it within a minute.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from urllib.parse import quote

from django.core.cache import cache
from django.db import transaction
from django.db.models import Subquery
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver

from toolkits.models import Rollout, Toolkit, ToolkitList

KEPT_SECONDS = 60
# Part of every key: to be changed with the shape of what is kept, so that a new release does not read an old one's.
SHAPE = 2
TOOLKITS = f"toolkits:{SHAPE}:all"

T = TypeVar("T")


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

    def read() -> list[dict[str, Any]]:
        chosen = Subquery(ToolkitList.objects.values("order")[:1])
        return [dict(row) for row in Toolkit.objects.order_by().annotate(order_of_list=chosen).values()]

    return _kept(TOOLKITS, read)


def order() -> str | None:
    """Return the order that an administrator chose for the list of toolkits, None where nobody did."""
    return next((row["order_of_list"] for row in toolkits()), None)


def rollout(provider_code: str) -> dict[str, Days]:
    """Return when each team of a provider uses toolkits, by team code; under "" those without a row of their own."""

    def read() -> dict[str, Days]:
        rows = Rollout.objects.filter(provider_code=provider_code).order_by()
        return {team: Days(*days) for team, *days in rows.values_list("team_code", "starts_on", "ends_on")}

    return _kept(_rollout_key(provider_code), read)


def forget_toolkits() -> None:
    """Let the next page read the toolkits and their order."""
    _forget(TOOLKITS)


def forget_rollout(*provider_codes: str) -> None:
    """Let the next page read the rollout of some providers. To be called after changes that send no signal."""
    _forget(*(_rollout_key(each) for each in provider_codes))


def _kept(key: str, read: Callable[[], T]) -> T:
    kept: T | None = cache.get(key)
    if kept is None:
        kept = read()
        cache.set(key, kept, KEPT_SECONDS)
    return kept


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
