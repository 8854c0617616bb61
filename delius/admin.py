"""The mirror in the admin: to read, not to change."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from delius.models import MirrorCursor, MirroredContact, MirroredNsi


class ReadOnly(admin.ModelAdmin):
    """Rows that only a sync writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Mirror(ReadOnly):
    """Rows of the mirror, found by the beginning of a CRN."""

    search_fields = ("crn",)
    search_help_text = "Search by CRN"
    show_full_result_count = False

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Find rows by how their CRN begins, typed in capitals or not."""
        begins = search_term.strip().upper()
        return queryset.filter(crn__startswith=begins) if begins else queryset, False


@admin.register(MirrorCursor)
class MirrorCursorAdmin(ReadOnly):
    """When the mirror was last brought up to date, and for which NSI types."""

    list_display = ("updated_at", "type_codes", "next")


@admin.register(MirroredNsi)
class MirroredNsiAdmin(Mirror):
    """Toolkit NSIs as a sync last saw them."""

    list_display = (
        "nsi_id",
        "crn",
        "type_code",
        "status_description",
        "referral_date",
        "end_date",
        "soft_deleted",
        "gone_since",
        "seen_at",
    )
    list_filter = (
        "soft_deleted",
        ("end_date", admin.EmptyFieldListFilter),
        ("gone_since", admin.EmptyFieldListFilter),
        "type_code",
    )


@admin.register(MirroredContact)
class MirroredContactAdmin(Mirror):
    """Appointments of those NSIs as a sync last saw them."""

    list_display = ("contact_id", "crn", "nsi", "type_code", "start", "attended", "moved_from", "gone_since")
    list_filter = (
        "attended",
        ("moved_from", admin.EmptyFieldListFilter),
        ("gone_since", admin.EmptyFieldListFilter),
    )
    list_select_related = ("nsi",)
