"""Lists in the admin of tables with millions of rows: nothing is asked of the database that reads a table whole."""

from collections.abc import Iterator
from typing import Any, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

MOST_COUNTED = 10_000


class BoundedPaginator(Paginator):
    """Counts up to 10,000 rows, and shows no more: whoever wants others narrows the list down."""

    @cached_property
    def count(self) -> int:
        """The number of rows, or 10,000 where there are more."""
        rows = cast(QuerySet, self.object_list)
        return rows.order_by()[:MOST_COUNTED].count()


class LargeTable:
    """For an admin whose list has an order and filters with an index each, and no date hierarchy."""

    paginator: Any = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER


class IndexedValuesFilter(admin.AllValuesFieldListFilter):
    """A choice of the values that a column has, which are few, found one after another in the column's index."""

    def __init__(
        self, field: Any, request: HttpRequest, params: Any, model: Any, model_admin: Any, field_path: str
    ) -> None:
        super().__init__(field, request, params, model, model_admin, field_path)
        self.lookup_choices: Any = list(values_of(model_admin.get_queryset(request), field.name))


def values_of(rows: QuerySet, column: str) -> Iterator[Any]:
    """Give each value of a column once, in order; nulls excepted."""
    following = rows.order_by(column).values_list(column, flat=True)
    value = following.exclude(**{column: None}).first()
    while value is not None:
        yield value
        value = following.filter(**{f"{column}__gt": value}).first()
