"""Queries that every page makes: their SQL is compiled once in a process, which takes longer than making them."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


class CompiledQuery:
    """A query, compiled at its first use.

    `given` are the places, in the SQL, of the parameters that each use gives: all of them unless it says which.
    """

    def __init__(self, query: Callable[[], QuerySet[Any]], *, given: Sequence[int] | None = None) -> None:
        self._query = query
        self._given = given
        self._compiled: dict[str, tuple[str, tuple[Any, ...], dict[int, Any]]] = {}

    def rows(self, *parameters: Any) -> list[list[Any]]:
        """Return the columns of each row. `parameters` are as the database takes them."""
        if connection.vendor not in self._compiled:
            compiler = self._query().query.get_compiler(connection=connection)
            compiled = compiler.as_sql()
            converters = compiler.get_converters(expression for expression, *_ in compiler.select)
            self._compiled[connection.vendor] = *compiled, converters
        sql, constants, converters = self._compiled[connection.vendor]
        given = dict(zip(range(len(constants)) if self._given is None else self._given, parameters, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(sql, [given.get(place, constant) for place, constant in enumerate(constants)])
            found = [list(row) for row in cursor.fetchall()]
        for values in found:
            for position, (functions, expression) in converters.items():
                for convert in functions:
                    values[position] = convert(values[position], expression, connection)
        return found

    def first(self, *parameters: Any) -> list[Any] | None:
        """Return the columns of the first row; None for no row."""
        return next(iter(self.rows(*parameters)), None)


def as_model(model: type[Row], columns: list[Any]) -> Row:
    """Return the row of a model with all of its columns."""
    return model.from_db(connection.alias, [field.attname for field in model._meta.concrete_fields], columns)
