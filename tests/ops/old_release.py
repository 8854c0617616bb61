"""The release that is in production, at work on a database: it knows the columns that its own migrations made."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import environ
from django.db import DatabaseError, connections, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from scripts.released_migrations import Migration

ALIAS = "old_release"
Row = models.Model

# What the database demands of rows beside their types.
VALUES: dict[str, Callable[[], dict[str, Any]]] = {
    "booking.Booking": lambda: {"end": timezone.now() + timedelta(hours=1)},
}
# Its triggers refuse it, and the release before does it as little as this one.
NEVER_CHANGED = {"audit.AuditEvent"}


class OldRelease:
    """Every model as it was, to be read and written by Django as it did."""

    def __init__(self, released: list[Migration]) -> None:
        state = MigrationLoader(None).project_state(released)
        self.models = [each for each in state.apps.get_models(include_auto_created=True) if each._meta.managed]
        self._made = 0

    def writes_a_row_of_everything(self) -> tuple[list[Row], list[str]]:
        """Insert a row into every table; return the rows, and what went wrong."""
        rows: dict[type[Row], Row] = {}
        wrong = []
        for model in self.models:
            try:
                with transaction.atomic(using=ALIAS):
                    self._row(model, rows)
            except DatabaseError as error:
                wrong.append(f"{model._meta.label}: insert: {_said(error)}")
        return list(rows.values()), wrong

    def goes_on_with(self, rows: list[Row]) -> list[str]:
        """Read everything, and change and delete some rows; return what went wrong."""
        wrong = []
        for model in self.models:
            wrong += _tried(model, "read", lambda model=model: list(model._base_manager.using(ALIAS).all()))
        # Copies: deleting takes the identity out of a row.
        changeable = [_copy(row) for row in rows if row._meta.label not in NEVER_CHANGED]
        for row in changeable:
            wrong += _tried(type(row), "update", lambda row=row: row.save(using=ALIAS, force_update=True))
        for row in reversed(changeable):
            wrong += _tried(type(row), "delete", lambda row=row: row.delete(using=ALIAS))
        return wrong

    def _row(self, model: type[Row], rows: dict[type[Row], Row]) -> Row:
        """Return the row of a model, written now, after those it refers to, if it is not there yet."""
        if model not in rows:
            self._made += 1
            values = {each.name: self._value(each, rows) for each in model._meta.concrete_fields if not _is_given(each)}
            row = model(**values | VALUES.get(model._meta.label, dict)())
            row.save(using=ALIAS, force_insert=True)
            rows[model] = row
        return rows[model]

    def _value(self, field: Any, rows: dict[type[Row], Row]) -> Any:
        if field.remote_field:
            return self._row(field.remote_field.model, rows)
        if field.choices:
            return field.choices[0][0]
        match field:
            case models.DateTimeField():
                return timezone.now()
            case models.DateField():
                return timezone.localdate()
            case models.BooleanField():
                return False
            case models.IntegerField():
                return self._made
            case models.CharField():
                # As long as may be, so that a column that became narrower is noticed.
                return str(self._made).rjust(field.max_length or 1, "x")
            case models.TextField():
                return "x"
            case models.UUIDField():
                return uuid.uuid4()
            case models.JSONField():
                return []
        raise NotImplementedError(f"{field} has no value yet: add one.")


def _copy(row: Row) -> Row:
    """Return a row as it was: copying a model's instance would look its class up among today's models."""
    names = [each.attname for each in row._meta.concrete_fields]
    return type(row).from_db(ALIAS, names, [getattr(row, name) for name in names])


def _is_given(field: Any) -> bool:
    """Whether a field has a value without being given one."""
    may_be_empty = field.blank and isinstance(field, models.CharField | models.TextField)
    return bool(field.has_default() or field.null or may_be_empty or isinstance(field, models.AutoField))


def _tried(model: type[Row], what: str, action: Callable[[], Any]) -> list[str]:
    try:
        with transaction.atomic(using=ALIAS):
            action()
    except DatabaseError as error:
        return [f"{model._meta.label}: {what}: {_said(error)}"]
    return []


def _said(error: Exception) -> str:
    return str(error).partition("\n")[0]


@contextmanager
def connected_to(url: str) -> Iterator[None]:
    """Have ALIAS stand for a database for as long as the block lasts."""
    settings = environ.Env.db_url_config(url)
    connections.settings[ALIAS] = connections.configure_settings({"default": settings})["default"]
    try:
        yield
    finally:
        connections[ALIAS].close()
        del connections[ALIAS]
        del connections.settings[ALIAS]
