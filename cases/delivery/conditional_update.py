"""Updates that succeed only from the state that was read (optimistic locking)."""

from typing import Any

from django.db.models import Model, Q
from django.utils import timezone

_ALWAYS = Q()


class ConcurrentUpdate(Exception):
    """Another process has updated the row since it was read, and that update stands."""


def conditional_update(row: Any, *, only_if: Q = _ALWAYS, **values: Any) -> None:
    """Update a row with `id`, `state` and `updated_at` if its state is unchanged and `only_if` holds.

    Raises ConcurrentUpdate.
    """
    values["updated_at"] = timezone.now()
    model: type[Model] = type(row)
    if not model._default_manager.filter(only_if, id=row.id, state=row.state).update(**values):
        raise ConcurrentUpdate(str(row.id))
    for name, value in values.items():
        setattr(row, name, value)
