"""Admin lists of large tables, without full table scans: bounded pagination and filters by index."""

from collections.abc import Iterator
from typing import Any, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

MAX_COUNT = 10_000


class BoundedPaginator(Paginator):
    """Paginator that counts and shows at most 10,000 rows."""

    @cached_property
    def count(self) -> int:
        """The number of rows, at most 10,000."""
        rows = cast(QuerySet, self.object_list)
        return rows.order_by()[:MAX_COUNT].count()


class LargeTableAdminMixin:
    """Mixin for the admin of a large table: its ordering and filters need an index each, and no date hierarchy."""

    paginator: Any = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER


class IndexedValuesFilter(admin.AllValuesFieldListFilter):
    """Filter by a column with few distinct values, which are read from its index (loose index scan)."""

    def __init__(
        self, field: Any, request: HttpRequest, params: Any, model: Any, model_admin: Any, field_path: str
    ) -> None:
        super().__init__(field, request, params, model, model_admin, field_path)
        self.lookup_choices: Any = list(distinct_values(model_admin.get_queryset(request), field.name))


def distinct_values(rows: QuerySet, column: str) -> Iterator[Any]:
    """Yield the distinct values of a column in order, without nulls (loose index scan)."""
    following = rows.order_by(column).values_list(column, flat=True)
    value = following.exclude(**{column: None}).first()
    while value is not None:
        yield value
        value = following.filter(**{f"{column}__gt": value}).first()
