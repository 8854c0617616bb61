"""What readers said of guidance and looked for in vain: to read only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from guidance.models import Feedback, FruitlessSearch


class ToReadOnly(admin.ModelAdmin):
    """Nothing here is written by hand. What was dealt with may be taken away."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: readers write it."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: readers wrote it."""
        return False


@admin.register(Feedback)
class FeedbackAdmin(ToReadOnly):
    """What readers said about pages."""

    list_display = ("given_at", "page", "useful", "comment")
    list_filter = ("useful", "page")
    search_fields = ("page", "comment")
    search_help_text = "Search by page or comment"
    date_hierarchy = "given_at"


@admin.register(FruitlessSearch)
class FruitlessSearchAdmin(ToReadOnly):
    """Words that were looked for and not found."""

    list_display = ("words", "times", "last_at")
    search_fields = ("words",)
    search_help_text = "Search by words"
