"""Admin of what is sent to Delius until it is settled: read-only, with the actions of support.

For bookings, outcomes and moves: rows with a CRN, a UUID, and a state that may be *needs attention*.
"""

import uuid
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audit.admin_lists import LargeTableAdminMixin
from cases.delivery.resuming import Delivery, mark_as_settled, resubmit
from govuk.crns import crn_in
from govuk.forms import CleansText
from govuk.text_cleaning import clean_line

REASON_LIMIT = 150


class SettleForm(CleansText, forms.Form):
    """The reason for marking something as settled."""

    reason = forms.CharField(
        label="What did you find in Delius, and what did you do there?",
        help_text="Do not write names or anything else about the person on probation.",
        max_length=REASON_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        error_messages={
            "required": "Enter what you found and did in Delius",
            "max_length": f"Your reason must be {REASON_LIMIT} characters or fewer",
        },
    )


class ReadOnly:
    """Mixin without add, change and delete permissions."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ByCrnOrIdAdmin(ReadOnly, LargeTableAdminMixin, admin.ModelAdmin):
    """Base of the read-only admin of a large table, newest first, searched by exact CRN or UUID."""

    ordering = ("-created_at",)
    search_fields = ("crn", "id")
    search_help_text = "Search by CRN or id"

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Search by exact CRN or id."""
        typed = clean_line(search_term)
        if not typed:
            return queryset, False
        try:
            return queryset.filter(id=uuid.UUID(typed)), False
        except ValueError:
            return queryset.filter(crn=crn_in(typed) or typed.upper()), False


class SettledBySupportAdmin(ByCrnOrIdAdmin):
    """Base of the admin of rows that support tries again, or marks as settled in Delius.

    `settle_permission` is who may; `delivery` is how the rows are sent. `viewed` records the audit event of looking at
    one.
    """

    delivery: Delivery
    settle_permission: str
    actions = ("try_again", "mark_as_settled")

    def viewed(self, request: HttpRequest, row: Any) -> None:
        """Record that a user viewed a row."""
        raise NotImplementedError

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a row, and record an audit event."""
        if (row := self.get_object(request, object_id)) and self.has_view_permission(request, row):
            self.viewed(request, row)
        return super().change_view(request, object_id, form_url, extra_context)

    def has_settle_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may act on what needs attention."""
        return request.user.has_perm(self.settle_permission)

    @admin.action(description="Try again", permissions=["settle"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        """Retry the chosen rows."""
        waiting = queryset.filter(state=self.delivery.states.NEEDS_ATTENTION)
        tried = sum(resubmit(self.delivery, row, by=request.user) for row in waiting)
        self._message_result(request, tried, queryset.count(), "will be tried again")

    @admin.action(description="Mark as settled in Delius", permissions=["settle"])
    def mark_as_settled(self, request: HttpRequest, queryset: QuerySet[Model]) -> HttpResponse | None:
        """Ask for the reason, then mark the chosen rows as settled."""
        form = SettleForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": "Mark as settled in Delius",
                "rows": queryset,
                "form": form,
                "media": self.media,
                "opts": self.model._meta,
            }
            return render(request, "admin/settle.html", context)
        waiting = queryset.filter(state=self.delivery.states.NEEDS_ATTENTION)
        reason = form.cleaned_data["reason"]
        settled = sum(mark_as_settled(self.delivery, row, by=request.user, reason=reason) for row in waiting)
        self._message_result(request, settled, queryset.count(), "marked as settled")
        return None

    def _message_result(self, request: HttpRequest, done: int, chosen: int, what: str) -> None:
        plural = self.model._meta.verbose_name_plural
        if done:
            messages.success(request, f"{done} of {chosen} chosen {plural} {what}.")
        if done < chosen:
            left = f"{chosen - done} were left as they are"
            messages.warning(request, f"{left}: they do not need attention, or have no reference.")
