"""Workflow steps in the admin (publish, schedule, archive …), each with a confirmation page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse

from guidance.admin.forms import ConfirmForm, NoteForm, ScheduleForm
from guidance.models import Page, PageState
from guidance.presenters.differences import differences, labels_of
from guidance.quality.prose import all_targets, prose_problems
from guidance.services import publishing


@dataclass(frozen=True)
class Step:
    """A workflow step.

    `form` has the arguments of `do` other than the page and the user. `shows_changes` is for steps that publish the
    draft.
    """

    name: str
    button: str
    title: str
    explanation: str
    form: type[forms.Form]
    do: Callable[..., Page]
    is_possible: Callable[[Page], bool]
    done: str
    shows_changes: bool = False


def _has_unpublished_draft(page: Page) -> bool:
    return page.state == PageState.DRAFT or page.has_unpublished_changes


STEPS = (
    Step(
        "publish",
        "Publish",
        "Publish “{}”",
        "Practitioners read the draft from now on.",
        NoteForm,
        publishing.publish,
        _has_unpublished_draft,
        "Practitioners read it now.",
        shows_changes=True,
    ),
    Step(
        "schedule",
        "Publish later",
        "Publish “{}” later",
        "Practitioners read the draft, as it is now, from the date and time that you enter.",
        ScheduleForm,
        publishing.schedule,
        _has_unpublished_draft,
        "It will be published by itself.",
        shows_changes=True,
    ),
    Step(
        "unschedule",
        "Do not publish later",
        "Do not publish “{}” later",
        "The date and time are taken away. The draft, and what practitioners read now, stay as they are.",
        ConfirmForm,
        publishing.unschedule,
        lambda page: page.scheduled_for is not None,
        "It will not be published by itself.",
    ),
    Step(
        "unpublish",
        "Unpublish",
        "Unpublish “{}”",
        "Practitioners cannot read it any more. The draft stays, to be worked on and published again.",
        NoteForm,
        publishing.unpublish,
        lambda page: page.state == PageState.PUBLISHED,
        "Practitioners cannot read it any more.",
    ),
    Step(
        "archive",
        "Archive",
        "Archive “{}”",
        "Practitioners cannot read it any more, and it is left out of your lists. Every version is kept.",
        NoteForm,
        publishing.archive,
        lambda page: page.state != PageState.ARCHIVED,
        "It is in the archive.",
    ),
    Step(
        "unarchive",
        "Bring back",
        "Bring “{}” back",
        "It becomes a draft again, to be worked on and published.",
        ConfirmForm,
        publishing.unarchive,
        lambda page: page.state == PageState.ARCHIVED,
        "It is a draft again.",
    ),
)
STEPS_BY_NAME = {step.name: step for step in STEPS}


class WorkflowAdmin(admin.ModelAdmin):
    """Admin mixin with a page for each workflow step."""

    def get_urls(self) -> list[URLPattern]:
        """Add the URL of the steps."""
        name = f"guidance_{self.model._meta.model_name}_step"
        step = path("<int:pk>/step/<slug:name>/", self.admin_site.admin_view(self.step), name=name)
        return [step, *super().get_urls()]

    def steps(self, request: HttpRequest, page: Page) -> list[dict[str, str]]:
        """Return the buttons of the steps that are possible for a page."""
        if not self.has_change_permission(request, page):
            return []
        return [
            {"text": step.button, "url": self.url("step", page.pk, step.name)}
            for step in STEPS
            if step.is_possible(page)
        ]

    def url(self, name: str, *args: Any) -> str:
        """Return the URL of an admin page of this model."""
        return reverse(f"admin:guidance_{self.model._meta.model_name}_{name}", args=args)

    def step(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Show the confirmation page of a step, and perform it."""
        page, step = self.model._default_manager.filter(pk=pk).first(), STEPS_BY_NAME.get(name)
        if page is None or step is None:
            raise Http404
        if not self.has_change_permission(request, page):
            raise PermissionDenied
        if not step.is_possible(page):
            messages.warning(request, f"“{page}” was not changed: somebody else has done this, or it is not possible.")
            return redirect(self.url("change", pk))
        form = step.form(request.POST or None, initial={"version": page.version})
        if request.method == "POST" and form.is_valid():
            answers = dict(form.cleaned_data)
            seen = answers.pop("version")
            if seen == page.version:
                return self._done(request, step, page, answers) or self._ask(request, step, page, form)
            form = step.form(initial={**answers, "version": page.version})
            messages.warning(request, "Somebody saved the page in the meantime. Look at it again: nothing was done.")
        return self._ask(request, step, page, form)

    def _done(self, request: HttpRequest, step: Step, page: Page, answers: dict[str, Any]) -> HttpResponse | None:
        try:
            step.do(page, by=request.user, **answers)
        except publishing.TransitionNotAllowed as refused:
            messages.error(request, str(refused))
            return None
        self.log_change(request, page, f"{step.button}. {answers.get('note', '')}".strip())
        messages.success(request, f"“{page}”: {step.done}")
        return redirect(self.url("change", page.pk))

    def _ask(self, request: HttpRequest, step: Step, page: Page, form: forms.Form) -> HttpResponse:
        changes, empty, problems = None, [], []
        if step.shows_changes:
            changes = differences(page, page.published or {}, page.content()) if page.published else None
            labels = labels_of(page)
            empty = [labels[section.field] for section in page.sections if not getattr(page, section.field)]
            problems = list(prose_problems(page, targets=all_targets()))
        context = {
            **self.admin_site.each_context(request),
            "title": step.title.format(page),
            "opts": self.model._meta,
            "page": page,
            "step": step,
            "form": form,
            "changes": changes,
            "empty": empty,
            "problems": problems,
            "back": self.url("change", page.pk),
            "media": self.media + form.media,
        }
        return render(request, "admin/guidance/step.html", context)
