"""Bookings in the admin: to read, not to change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from booking.models import Booking, BookingHistory


class ReadOnly:
    """Nothing here is added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class HistoryInline(ReadOnly, admin.TabularInline):
    """What happened to a booking."""

    model = BookingHistory
    extra = 0
    fields = ("at", "from_state", "to_state", "detail")
    readonly_fields = fields


@admin.register(Booking)
class BookingAdmin(ReadOnly, admin.ModelAdmin):
    """What somebody confirmed, and what became of it. Notes are not shown."""

    list_display = ("created_at", "crn", "type_name", "start", "toolkit_name", "state")
    list_filter = ("state", "toolkit_name")
    search_fields = ("crn",)
    date_hierarchy = "created_at"
    exclude = ("notes",)
    inlines = (HistoryInline,)
