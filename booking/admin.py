"""Admin of bookings (read-only, with the actions of support), findings of duplicate NSIs and journey counts."""

import uuid
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from audit.admin_lists import IndexedValuesFilter, LargeTableAdminMixin
from booking import auditing
from booking.forms.settle import SettleForm
from booking.models import Booking, BookingHistory, BookingState, DuplicateNsis, JourneyCount, UpstreamAttempt
from booking.services.delivery import support
from booking.views.journey_counts import journey_counts, journey_counts_csv


class ReadOnly:
    """Mixin without add, change and delete permissions."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class HistoryInline(ReadOnly, admin.TabularInline):
    """The state changes of a booking."""

    model = BookingHistory
    extra = 0
    fields = ("at", "from_state", "to_state", "detail", "by")
    readonly_fields = fields


class AttemptInline(ReadOnly, admin.TabularInline):
    """The requests sent to Delius for a booking."""

    model = UpstreamAttempt
    extra = 0
    fields = ("began_at", "operation", "status", "fault", "milliseconds", "correlation_id")
    readonly_fields = fields


@admin.register(Booking)
class BookingAdmin(ReadOnly, LargeTableAdminMixin, admin.ModelAdmin):
    """Bookings, without their notes."""

    list_display = ("created_at", "crn", "state", "start", "toolkit_name", "tries", "next_try_at")
    list_filter = (
        "state",
        ("toolkit_slug", IndexedValuesFilter),
        ("provider_code", IndexedValuesFilter),
        "created_at",
    )
    ordering = ("-created_at",)
    search_fields = ("crn", "id")
    search_help_text = "Search by CRN or booking id"
    exclude = ("notes", "nsi_notes")
    inlines = (HistoryInline, AttemptInline)
    actions = ("try_again", "mark_as_settled")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Search by exact CRN or booking id."""
        typed = search_term.strip()
        if not typed:
            return queryset, False
        try:
            return queryset.filter(id=uuid.UUID(typed)), False
        except ValueError:
            return queryset.filter(crn=typed.upper()), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a booking, and record an audit event."""
        if (booking := self.get_object(request, object_id)) and self.has_view_permission(request, booking):
            auditing.booking_viewed(request, booking)
        return super().change_view(request, object_id, form_url, extra_context)

    def has_settle_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may act on bookings that need attention."""
        return request.user.has_perm("booking.settle_booking")

    @admin.action(description="Try again", permissions=["settle"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Booking]) -> None:
        """Retry the chosen bookings."""
        waiting = queryset.filter(state=BookingState.NEEDS_ATTENTION)
        tried = sum(support.resubmit(booking, by=request.user) for booking in waiting)
        self._message_result(request, tried, queryset.count(), "will be tried again")

    @admin.action(description="Mark as settled in Delius", permissions=["settle"])
    def mark_as_settled(self, request: HttpRequest, queryset: QuerySet[Booking]) -> HttpResponse | None:
        """Ask for the reason, then mark the chosen bookings as settled."""
        form = SettleForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": "Mark as settled in Delius",
                "bookings": queryset,
                "form": form,
                "media": self.media,
                "opts": self.model._meta,
            }
            return render(request, "admin/booking/settle.html", context)
        waiting = queryset.filter(state=BookingState.NEEDS_ATTENTION)
        reason = form.cleaned_data["reason"]
        settled = sum(support.mark_as_settled(booking, by=request.user, reason=reason) for booking in waiting)
        self._message_result(request, settled, queryset.count(), "marked as settled")
        return None

    def _message_result(self, request: HttpRequest, done: int, chosen: int, what: str) -> None:
        if done:
            messages.success(request, f"{done} of {chosen} chosen bookings {what}.")
        if done < chosen:
            left = f"{chosen - done} were left as they are"
            messages.warning(request, f"{left}: they do not need attention, or have no reference.")


@admin.register(DuplicateNsis)
class DuplicateNsisAdmin(ReadOnly, admin.ModelAdmin):
    """Findings of duplicate NSIs: which to remove in Delius, and which is in use."""

    list_display = ("crn", "nsi_type_code", "requirement_id", "chosen_nsi_id", "to_tidy", "seen_at", "tidied_at")
    list_filter: ClassVar = [("tidied_at", admin.EmptyFieldListFilter), "nsi_type_code"]
    search_fields = ("=crn",)
    search_help_text = "Search by CRN"
    date_hierarchy = "found_at"

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Search by exact CRN."""
        return super().get_search_results(request, queryset, search_term.strip().upper())

    @admin.display(description="NSIs to tidy in Delius")
    def to_tidy(self, finding: DuplicateNsis) -> str:
        """Return the ids as comma-separated text."""
        return ", ".join(map(str, finding.other_nsi_ids))


@admin.register(JourneyCount)
class JourneyCountAdmin(ReadOnly, admin.ModelAdmin):
    """*Journeys in numbers* in place of the changelist."""

    def get_urls(self) -> list[URLPattern]:
        """Return the URLs of the page and its CSV only."""
        return [
            path("", self.admin_site.admin_view(journey_counts), name="booking_journeycount_changelist"),
            path("csv/", self.admin_site.admin_view(journey_counts_csv), name="booking_journeycount_csv"),
        ]
