"""Admin of bookings (read-only, with the actions of support), findings of duplicate NSIs and journey counts."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path

from audit.admin_lists import IndexedValuesFilter
from booking import auditing
from booking.models import Booking, BookingHistory, DuplicateNsis, JourneyCount, UpstreamAttempt
from booking.services.delivery.resume import DELIVERY
from booking.views.journey_counts import journey_counts, journey_counts_csv
from cases.support_admin import ReadOnly, SettledBySupportAdmin
from govuk.crns import crn_in


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
class BookingAdmin(SettledBySupportAdmin):
    """Bookings, without their notes."""

    list_display = ("created_at", "crn", "state", "start", "toolkit_name", "tries", "next_try_at")
    list_filter = (
        "state",
        ("toolkit_slug", IndexedValuesFilter),
        ("provider_code", IndexedValuesFilter),
        "created_at",
    )
    exclude = ("notes", "nsi_notes")
    inlines = (HistoryInline, AttemptInline)
    delivery = DELIVERY
    settle_permission = "booking.settle_booking"

    def viewed(self, request: HttpRequest, row: Booking) -> None:
        """Record that a user viewed a booking."""
        auditing.booking_viewed(request, row)


@admin.register(DuplicateNsis)
class DuplicateNsisAdmin(ReadOnly, admin.ModelAdmin):
    """Findings of duplicate NSIs: which to remove in Delius, and which is in use."""

    list_display = ("crn", "nsi_type_code", "requirement_id", "chosen_nsi_id", "to_tidy", "seen_at", "resolved_at")
    list_filter: ClassVar = [("resolved_at", admin.EmptyFieldListFilter), "nsi_type_code"]
    search_fields = ("=crn",)
    search_help_text = "Search by CRN"
    date_hierarchy = "found_at"

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Search by exact CRN."""
        return super().get_search_results(request, queryset, crn_in(search_term) or search_term.strip().upper())

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
