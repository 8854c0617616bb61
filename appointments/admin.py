"""Admin of outcomes, moves and texts: read-only, with the actions of support."""

from django.contrib import admin
from django.http import HttpRequest

from appointments import auditing
from appointments.models import Change, ChangeAttempt, ChangeHistory, Move, RecordedOutcome, TextMessage
from appointments.services.delivery.resume import DELIVERY
from cases.support_admin import ByCrnOrIdAdmin, ReadOnly, SettledBySupportAdmin


class HistoryInline(ReadOnly, admin.TabularInline):
    """The state changes of a change."""

    model = ChangeHistory
    extra = 0
    fields = ("at", "from_state", "to_state", "detail", "by")
    readonly_fields = fields


class AttemptInline(ReadOnly, admin.TabularInline):
    """The requests sent to Delius for a change."""

    model = ChangeAttempt
    extra = 0
    fields = ("began_at", "operation", "status", "fault", "milliseconds", "correlation_id")
    readonly_fields = fields


class ChangeAdmin(SettledBySupportAdmin):
    """Base of the admin of changes, without what was typed."""

    list_filter = ("state", "created_at")
    exclude = ("text",)
    inlines = (HistoryInline, AttemptInline)
    delivery = DELIVERY
    settle_permission = "appointments.settle_changes"

    def viewed(self, request: HttpRequest, row: Change) -> None:
        """Record that a user viewed a change."""
        auditing.change_viewed(request, row)


@admin.register(RecordedOutcome)
class RecordedOutcomeAdmin(ChangeAdmin):
    """Outcomes of appointments."""

    list_display = ("created_at", "crn", "state", "appointment_start", "outcome_name", "tries", "next_try_at")


@admin.register(Move)
class MoveAdmin(ChangeAdmin):
    """Appointments moved to another time."""

    list_display = ("created_at", "crn", "state", "appointment_start", "start", "tries", "next_try_at")


@admin.register(TextMessage)
class TextMessageAdmin(ByCrnOrIdAdmin):
    """Texts to people on probation: neither number nor text is kept."""

    list_display = ("created_at", "crn", "state", "appointment_start", "reason", "tries", "next_try_at")
    list_filter = ("state", "created_at")
    exclude = ("text_digest",)
