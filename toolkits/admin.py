"""The admin of toolkits and of their rollout."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone

from audit.admin import AuditedAdminMixin
from delius.reads.nsi_types import DeliusError
from govuk.formats import counted
from govuk.optimistic_locking import OptimisticLockingAdminMixin
from toolkits.cache import invalidate_rollout
from toolkits.delius_validation import check_toolkits
from toolkits.forms import PreviewForm, RolloutForm, RowDatesForm, TeamsForm, ToolkitForm, ToolkitListForm
from toolkits.models import Rollout, Toolkit, ToolkitList
from toolkits.selectors import toolkits_for


class TodayFilter(admin.SimpleListFilter):
    """Yes or no, by the annotation `today` of the list."""

    parameter_name = "today"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Return the two choices."""
        return [("yes", "Yes"), ("no", "No")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Return the rows of the choice made, or all of them."""
        return queryset if self.value() is None else queryset.filter(today=self.value() == "yes")


class ActiveTodayFilter(TodayFilter):
    """Toolkits that may be chosen today, or those that may not."""

    title = "active today"


class InForceTodayFilter(TodayFilter):
    """Rollout in force today, or not."""

    title = "in force today"


@admin.register(Toolkit)
class ToolkitAdmin(OptimisticLockingAdminMixin, AuditedAdminMixin, admin.ModelAdmin):
    """Toolkits: edited and ended, never deleted."""

    form = ToolkitForm
    audited_fields = ("nsi_type_code", "nsi_sub_type_code", "active_from", "active_to", "order")
    list_display = (
        "name",
        "nsi_codes",
        "to_be_confirmed",
        "active_today",
        "active_from",
        "active_to",
        "order",
    )
    list_filter = (ActiveTodayFilter, "code_confirmed")
    search_fields = ("name", "nsi_type_code", "nsi_sub_type_code")
    search_help_text = "Search by name or NSI code"
    fieldsets = (
        (None, {"fields": ("name", "slug", "is_placeholder")}),
        (
            "When it is offered",
            {
                "description": "Every team that is on toolkits is offered a toolkit from its first day to "
                "its last, once its codes are confirmed. To stop offering one, give it a last day: toolkits are "
                "never deleted, because bookings refer to them.",
                "fields": ("active_from", "active_to", "order"),
            },
        ),
        (
            "How it is recorded in Delius",
            {
                "description": "Sessions are linked to a non-statutory intervention (NSI) of this type. "
                "After a change of code, a person's next session starts a new NSI.",
                "fields": ("nsi_type_code", "nsi_sub_type_code", "code_confirmed", "offered_unconfirmed"),
            },
        ),
        (
            "What a new NSI starts with",
            {
                "description": "Used when a person's first session is booked. NSIs that exist do not change.",
                "fields": ("nsi_status_code", "nsi_length", "nsi_notes"),
            },
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        """Add the page that checks codes against Delius."""
        check = path("check/", self.admin_site.admin_view(self.check_codes), name="toolkits_toolkit_check")
        return [check, *super().get_urls()]

    def check_codes(self, request: HttpRequest) -> HttpResponse:
        """Show per toolkit what Delius would refuse, or that Delius is unavailable."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        try:
            checked = check_toolkits(on=timezone.localdate())
        except DeliusError:
            checked = None
        context = {
            **self.admin_site.each_context(request),
            "title": "Does Delius accept these toolkits?",
            "opts": self.model._meta,
            "checked": checked,
        }
        return render(request, "admin/toolkits/toolkit/check.html", context)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Return all toolkits, each with whether it is active today."""
        return super().get_queryset(request).annotate(today=Toolkit.active_on(timezone.localdate()))

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """Fix the slug once bookings may refer to it, and all that makes the placeholder what it is."""
        if obj is None:
            return ("is_placeholder",)
        if isinstance(obj, Toolkit) and obj.is_placeholder:
            return ("is_placeholder", "slug", "nsi_type_code", "active_from", "active_to")
        return ("is_placeholder", "slug")

    def get_prepopulated_fields(self, request: HttpRequest, obj: Model | None = None) -> dict[str, Any]:
        """Suggest a new toolkit's slug from its name."""
        return {"slug": ("name",)} if obj is None else {}

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: a booking keeps its toolkit's slug for good."""
        return False

    @admin.display(description="NSI codes", ordering="nsi_type_code")
    def nsi_codes(self, toolkit: Toolkit) -> str:
        """Return the codes as one text."""
        return " / ".join(filter(None, (toolkit.nsi_type_code, toolkit.nsi_sub_type_code)))

    @admin.display(description="Code to be confirmed", ordering="-code_confirmed")
    def to_be_confirmed(self, toolkit: Toolkit) -> str:
        """Return words: a boolean icon would show a green tick for what is still to be done."""
        if toolkit.code_confirmed:
            return "No"
        return "Yes" if toolkit.is_offered else "Yes, and not offered until then"

    @admin.display(description="Active today", ordering="today", boolean=True)
    def active_today(self, toolkit: Any) -> bool:
        """Return the list's annotation."""
        return toolkit.today


@admin.register(Rollout)
class RolloutAdmin(OptimisticLockingAdminMixin, AuditedAdminMixin, admin.ModelAdmin):
    """Which teams use toolkits, and from when."""

    form = RolloutForm
    audited_fields = ("provider_code", "team_code", "starts_on", "ends_on")
    list_display = ("provider_code", "team", "in_force_today", "starts_on", "ends_on", "note")
    list_display_links = ("provider_code", "team")
    list_filter = (InForceTodayFilter, "provider_code")
    change_list_template = "admin/toolkits/rollout/list.html"
    actions = ("set_dates",)
    search_fields = ("provider_code", "team_code", "note")
    search_help_text = "Search by provider code, team code or note"
    fieldsets = (
        (
            "Who",
            {
                "description": "A row is for one team, or for all of a provider's teams that have no row of "
                "their own. Teams with neither use the placeholder, NAT1.",
                "fields": ("provider_code", "team_code"),
            },
        ),
        ("When", {"fields": ("starts_on", "ends_on")}),
        (None, {"fields": ("note",)}),
    )

    def get_urls(self) -> list[URLPattern]:
        """Add the preview, and the page for several teams at once."""
        preview = path("preview/", self.admin_site.admin_view(self.preview), name="toolkits_rollout_preview")
        add_teams = path("add-teams/", self.admin_site.admin_view(self.add_teams), name="toolkits_rollout_add_teams")
        return [preview, add_teams, *super().get_urls()]

    def preview(self, request: HttpRequest) -> HttpResponse:
        """Show what a team will be offered on a day."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = PreviewForm(request.GET or None, initial={"on": timezone.localdate()})
        toolkits = None
        if form.is_valid():
            asked = form.cleaned_data
            toolkits = toolkits_for(provider_code=asked["provider_code"], team_code=asked["team_code"], on=asked["on"])
        context = {
            **self.admin_site.each_context(request),
            "title": "What will this team see?",
            "opts": self.model._meta,
            "form": form,
            "toolkits": toolkits,
            "media": self.media + form.media,
        }
        return render(request, "admin/toolkits/rollout/preview.html", context)

    def add_teams(self, request: HttpRequest) -> HttpResponse:
        """Create a row for each of several teams, with the same days, in one transaction."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = TeamsForm(request.POST or None)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": "Add several teams",
                "opts": self.model._meta,
                "form": form,
                "media": self.media + form.media,
            }
            return render(request, "admin/toolkits/rollout/add-teams.html", context)
        asked = form.cleaned_data
        with transaction.atomic():
            for team_code in asked["team_codes"]:
                row = Rollout.objects.create(
                    provider_code=asked["provider_code"],
                    team_code=team_code,
                    starts_on=asked["starts_on"],
                    ends_on=asked["ends_on"],
                    note=asked["note"],
                )
                self.log_addition(request, row, [{"added": {}}])
        messages.success(request, f"Rows added: {len(asked['team_codes'])}.")
        return redirect("admin:toolkits_rollout_changelist")

    @admin.action(description="Set first and last day", permissions=["change"])
    def set_dates(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Ask for the days, then set them on all the chosen rows."""
        form = RowDatesForm(request.POST if "starts_on" in request.POST else None, rows=queryset)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": "Set first and last day",
                "opts": self.model._meta,
                "rows": queryset,
                "form": form,
                "media": self.media + form.media,
            }
            return render(request, "admin/toolkits/rollout/set-dates.html", context)
        rows = list(queryset)
        for row in rows:
            row.starts_on, row.ends_on = form.cleaned_data["starts_on"], form.cleaned_data["ends_on"]
            self.log_change(request, row, [{"changed": {"fields": ["first day", "last day"]}}])
        Rollout.objects.bulk_update(rows, ["starts_on", "ends_on"])
        invalidate_rollout(*{row.provider_code for row in rows})
        messages.success(request, f"{counted(len(rows), 'row')} now {'has' if len(rows) == 1 else 'have'} these days.")
        return None

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Return all rows, each with whether it is in force today."""
        return super().get_queryset(request).annotate(today=Rollout.in_force_on(timezone.localdate()))

    @admin.display(description="Team", ordering="team_code")
    def team(self, rollout: Rollout) -> str:
        """Return the team's code, or that the row is for the whole provider."""
        return rollout.team_code or "Whole provider"

    @admin.display(description="In force today", ordering="today", boolean=True)
    def in_force_today(self, rollout: Any) -> bool:
        """Return the list's annotation."""
        return rollout.today


@admin.register(ToolkitList)
class ToolkitListAdmin(OptimisticLockingAdminMixin, AuditedAdminMixin, admin.ModelAdmin):
    """The order in which practitioners are offered toolkits."""

    form = ToolkitListForm
    audited_fields = ("order",)
    fieldsets = (
        (
            None,
            {
                "description": "Within each order the toolkits are alphabetical, unless a toolkit's own order says "
                "otherwise. What was used before, and how often, comes from the last sync with Delius.",
                "fields": ("order",),
            },
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one list."""
        return super().has_add_permission(request) and not ToolkitList.objects.exists()
