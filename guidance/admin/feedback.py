"""Admin of feedback and of searches without results."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from guidance.models import Feedback, ZeroResultSearch


class NoEditAdmin(admin.ModelAdmin):
    """Admin without add and change permissions; rows can be deleted."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: rows are created by readers."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: rows are created by readers."""
        return False


@admin.register(Feedback)
class FeedbackAdmin(NoEditAdmin):
    """Admin of feedback."""

    list_display = ("given_at", "page", "useful", "comment")
    list_filter = ("useful", "page")
    search_fields = ("page", "comment")
    search_help_text = "Search by page or comment"
    date_hierarchy = "given_at"


@admin.register(ZeroResultSearch)
class ZeroResultSearchAdmin(NoEditAdmin):
    """Admin of searches without results."""

    list_display = ("words", "times", "last_at")
    search_fields = ("words",)
    search_help_text = "Search by words"
