"""Read-only admin of the mirror."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from delius.models import MirrorCursor, MirroredContact, MirroredNsi
from govuk.crns import crn_in
from govuk.text_cleaning import clean_line


class ReadOnlyAdmin(admin.ModelAdmin):
    """Base of read-only admins: only a sync writes these rows."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MirrorAdmin(ReadOnlyAdmin):
    """Base of admins with search by CRN prefix."""

    search_fields = ("crn",)
    search_help_text = "Search by CRN"
    show_full_result_count = False

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Search by CRN prefix, ignoring case."""
        begins = crn_in(search_term) or clean_line(search_term).upper()
        return queryset.filter(crn__startswith=begins) if begins else queryset, False


@admin.register(MirrorCursor)
class MirrorCursorAdmin(ReadOnlyAdmin):
    """The sync's cursor: NSI types, position and time of the last page."""

    list_display = ("updated_at", "type_codes", "next")


@admin.register(MirroredNsi)
class MirroredNsiAdmin(MirrorAdmin):
    """Mirrored toolkit NSIs."""

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
class MirroredContactAdmin(MirrorAdmin):
    """Mirrored appointments of toolkit NSIs."""

    list_display = ("contact_id", "crn", "nsi", "type_code", "start", "attended", "moved_from", "gone_since")
    list_filter = (
        "attended",
        ("moved_from", admin.EmptyFieldListFilter),
        ("gone_since", admin.EmptyFieldListFilter),
    )
    list_select_related = ("nsi",)
