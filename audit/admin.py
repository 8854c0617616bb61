"""Read-only admin of audit events, and the mixin that audits changes in other admins."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from audit.admin_lists import IndexedValuesFilter, LargeTableAdminMixin
from audit.events import record
from audit.models import AuditEvent
from govuk.crns import crn_in
from govuk.text_cleaning import clean_line


@admin.register(AuditEvent)
class AuditEventAdmin(LargeTableAdminMixin, admin.ModelAdmin):
    """Read-only list of audit events, latest first."""

    list_display = ("at", "what", "who", "subject_type", "subject_id", "correlation_id")
    list_filter = (("what", IndexedValuesFilter), "at")
    search_fields = ("subject_id", "who", "correlation_id")
    search_help_text = "Search by CRN or other subject, user name or correlation id"
    actions = None

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Search by exact match (indexed), ignoring surrounding spaces; CRNs and user names in any case."""
        typed = clean_line(search_term)
        if not typed:
            return queryset, False
        either = {typed, typed.upper(), crn_in(typed) or typed}
        found = Q(subject_id__in=either) | Q(who__in=either) | Q(correlation_id__in={typed, typed.lower()})
        return queryset.filter(found), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AuditedAdminMixin:
    """Mixin for a ModelAdmin: records additions, changes and deletions as audit events.

    Details are the names of changed fields and the values of `audited_fields`, which must not be free text.
    """

    audited_fields: tuple[str, ...] = ()

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Record an addition."""
        self._record(request, obj, "ADDED", message)
        return super().log_addition(request, obj, message)  # type: ignore[misc]

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Record a change."""
        self._record(request, obj, "CHANGED", message)
        return super().log_change(request, obj, message)  # type: ignore[misc]

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Model]) -> Any:
        """Record deletions."""
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
    """Return the names of changed fields from the admin's change message."""
    changes = message if isinstance(message, list) else []
    return [str(name) for each in changes for name in each.get("changed", {}).get("fields", [])]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
