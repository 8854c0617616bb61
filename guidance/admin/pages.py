"""Admin of guidance pages."""

from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from govuk.formats import counted
from govuk.optimistic_locking import OptimisticLockingAdminMixin
from guidance.admin.forms import PageForm, ReviewForm, RiskFlagGuidanceForm, ToolkitGuidanceForm
from guidance.admin.prose_preview import ProsePreviewAdmin
from guidance.admin.versions import VersionsAdmin
from guidance.admin.workflow import WorkflowAdmin
from guidance.models import Page, PageState, RiskFlagGuidance, ToolkitGuidance
from guidance.services import publishing
from guidance.text.markdown import CHEAT_SHEET

UNPUBLISHED_CHANGES = Q(state=PageState.PUBLISHED) & ~Q(published_version=F("version"))


class StateFilter(admin.SimpleListFilter):
    """Filter by state. Archived pages are hidden by default."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Return the choices."""
        return [
            ("draft", "Draft"),
            ("published", "Published"),
            ("changed", "Published, with a newer draft"),
            ("scheduled", "To be published later"),
            ("archived", "Archived"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Return the filtered pages."""
        match self.value():
            case "changed":
                return queryset.filter(UNPUBLISHED_CHANGES)
            case "scheduled":
                return queryset.filter(scheduled_for__isnull=False)
            case str(state):
                return queryset.filter(state=state)
        return queryset.exclude(state=PageState.ARCHIVED)


class ReviewFilter(admin.SimpleListFilter):
    """Filter by review date."""

    title = "review"
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Return the choices."""
        return [("due", "Due"), ("none", "No date")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Return the filtered pages."""
        if self.value() == "due":
            return queryset.filter(review_by__lte=timezone.localdate())
        return queryset.filter(review_by__isnull=True) if self.value() == "none" else queryset


class PageAdmin(WorkflowAdmin, VersionsAdmin, ProsePreviewAdmin):
    """Base admin of both kinds of guidance."""

    form: type[PageForm]
    change_form_template = "admin/guidance/change.html"
    save_on_top = False
    list_per_page = 100
    actions = ("set_review",)
    search_help_text = "Search titles, summaries and what is written in the sections"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fieldsets: identity, facts, prose, ownership, note."""
        kind: type[Page] = self.model
        facts = [fact.field for fact in kind.facts if fact.field not in kind.own_fields()]
        return [
            (None, {"fields": ("title", "slug", *kind.own_fields(), "summary")}),
            (
                "Key facts",
                {
                    "fields": facts,
                    "description": "Leave out what is not known: a line on the page says so.",
                },
            ),
            (
                "What the page says",
                {
                    "fields": [section.field for section in kind.sections],
                    "description": "Write in Markdown. See “How to write it” above the form.",
                },
            ),
            ("Who looks after it", {"fields": ("owner", "review_by")}),
            ("This change", {"fields": ("note", "accepted")}),
        ]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """Prepopulate a new page's slug from its title."""
        return {"slug": ("title",)} if obj is None else {}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: pages are archived instead."""
        return False

    def view_on_site(self, obj: Page) -> str | None:
        """Return the URL of the published page; None where it is not published."""
        if obj.state != PageState.PUBLISHED or not obj.published:
            return None
        return type(obj).from_content(obj.published).get_absolute_url()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the draft as a new version."""
        note, version = form.cleaned_data.get("note", ""), int(form.cleaned_data.get("base_version") or 0)
        publishing.save_draft(obj, by=request.user, note=note, version=version)  # type: ignore[arg-type]
        if headings := form.repaired_sections():
            messages.info(
                request, f"Lists, tables or links were put right in {', '.join(headings)}. Look at the draft."
            )

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **options: Any) -> HttpResponse:
        """Add the workflow steps, the preview link and the Markdown cheat sheet."""
        page = context.get("original")
        context["cheat_sheet"] = CHEAT_SHEET
        context["show_save_and_add_another"] = False
        if page is not None:
            context["steps"] = self.steps(request, page)
            context["preview"] = reverse("guidance:preview", args=[page.kind, page.pk])
        return super().render_change_form(request, context, *args, **options)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Redirect to the preview after *Save and preview*."""
        return self._to_preview(request, obj) or super().response_change(request, obj)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Redirect to the preview after *Save and preview*."""
        return self._to_preview(request, obj) or super().response_add(request, obj, post_url_continue)

    @admin.action(description="Set review by date", permissions=["change"])
    def set_review(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Ask for a review-by date and set it on the chosen pages, as a new version of each."""
        form = ReviewForm(request.POST if "review_by" in request.POST else None, rows=queryset)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": "Set review by date",
                "opts": self.model._meta,
                "pages": queryset,
                "form": form,
                "media": self.media + form.media,
            }
            return render(request, "admin/guidance/set-review.html", context)
        for page in queryset:
            page.review_by = form.cleaned_data["review_by"]
            publishing.save_draft(page, by=request.user, note="Review by date set", version=page.version)  # type: ignore[arg-type]
            self.log_change(request, page, "Review by date set.")
        messages.success(request, f"Review by date set on {counted(len(queryset), 'draft')}. Publish to show it.")
        return None

    @admin.display(description="State", ordering="state")
    def state_in_words(self, page: Page) -> str:
        """Return the state, with a newer draft or a schedule."""
        words = str(PageState(page.state).label)
        if page.state == PageState.PUBLISHED and page.published_version != page.version:
            words += ", newer draft"
        if page.scheduled_for:
            at = timezone.localtime(page.scheduled_for)
            words += f", to be published on {at.day} {at:%B} at {at:%H:%M}"
        return words

    @admin.display(description="Review by", ordering="review_by")
    def review(self, page: Page) -> str:
        """Return the date and whether it has come, or that there is none."""
        if page.review_by is None:
            return "No date"
        day = _short(page.review_by)
        return f"{day}, due" if page.is_due_for_review else day

    @admin.display(description="Published", ordering="published_at")
    def published_on(self, page: Page) -> str:
        """Return the day on which the page was published; empty where it is not."""
        return _short(timezone.localdate(page.published_at)) if page.published_at else ""

    def _to_preview(self, request: HttpRequest, page: Page) -> HttpResponse | None:
        return redirect("guidance:preview", page.kind, page.pk) if "_preview" in request.POST else None


def _short(day: date) -> str:
    """Return a date with its month cut to three letters, as GOV.UK has it in tables."""
    return f"{day.day} {day:%b} {day.year}"


@admin.register(ToolkitGuidance)
class ToolkitGuidanceAdmin(OptimisticLockingAdminMixin, PageAdmin):
    """Guidance on toolkits."""

    form = ToolkitGuidanceForm
    list_display = ("title", "state_in_words", "toolkit", "owner", "review", "published_on")
    list_filter = (StateFilter, ReviewFilter, "owner")
    search_fields = ("title", "slug", "summary", *(section.field for section in ToolkitGuidance.sections))


@admin.register(RiskFlagGuidance)
class RiskFlagGuidanceAdmin(OptimisticLockingAdminMixin, PageAdmin):
    """Guidance on risk flags."""

    form = RiskFlagGuidanceForm
    list_display = ("title", "code", "category", "state_in_words", "owner", "review", "published_on")
    list_filter = (StateFilter, "category", ReviewFilter, "owner")
    search_fields = ("title", "slug", "code", "summary", *(section.field for section in RiskFlagGuidance.sections))
