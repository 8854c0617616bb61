"""The audit in the admin, to read; and what makes other rooms' admins part of it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from audit.admin_lists import IndexedValuesFilter, LargeTable
from audit.events import record
from audit.models import AuditEvent


@admin.register(AuditEvent)
class AuditEventAdmin(LargeTable, admin.ModelAdmin):
    """Who did what, latest first. Nothing is added, changed or deleted by hand."""

    list_display = ("at", "what", "who", "subject_type", "subject_id", "correlation_id")
    list_filter = (("what", IndexedValuesFilter), "at")
    search_fields = ("subject_id", "who", "correlation_id")
    search_help_text = "Search by CRN or other subject, user name or correlation id"
    actions = None

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Take a search as it is typed, with spaces around it, or as it is written: CRNs and user names in capitals."""
        typed = search_term.strip()
        if not typed:
            return queryset, False
        either = {typed, typed.upper()}
        found = Q(subject_id__in=either) | Q(who__in=either) | Q(correlation_id__in={typed, typed.lower()})
        return queryset.filter(found), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Audited:
    """Has what is added, changed and deleted in an admin recorded, by Django's own hooks for its log.

    The names of changed fields are kept, and the values of `audited_fields`: nothing that may hold words about anybody.
    """

    audited_fields: tuple[str, ...] = ()

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Record that somebody added a row."""
        self._record(request, obj, "ADDED", message)
        return super().log_addition(request, obj, message)  # type: ignore[misc]

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Record that somebody changed a row."""
        self._record(request, obj, "CHANGED", message)
        return super().log_change(request, obj, message)  # type: ignore[misc]

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Model]) -> Any:
        """Record that somebody deleted rows."""
        for obj in queryset:
            self._record(request, obj, "DELETED", [])
        return super().log_deletions(request, queryset)  # type: ignore[misc]

    def _record(self, request: HttpRequest, obj: Model, done: str, message: Any) -> None:
        kind = obj._meta.model_name or ""
        record(
            what=f"{kind.upper()}_{done}",
            who=request.user,
            subject_type=kind.upper(),
            subject_id=obj.pk,
            details={name: _plain(getattr(obj, name)) for name in self.audited_fields}
            | {"fields": _changed_fields(message)},
        )


def _changed_fields(message: Any) -> list[str]:
    """Return the names of fields from what the admin says of a change."""
    changes = message if isinstance(message, list) else []
    return [str(name) for each in changes for name in each.get("changed", {}).get("fields", [])]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
