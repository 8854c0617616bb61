"""Admin forms of guidance: drafts and workflow steps."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar, cast

from django import forms
from django.contrib.admin.widgets import AdminDateWidget, AdminSplitDateTime, AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from govuk.error_messages import LocalDateTimeField
from govuk.forms import CleansText
from govuk.optimistic_locking import OptimisticLockingForm, VersionsForm
from guidance.models import Format, Gender, Page, PageState, RiskFlagGuidance, Setting, ToolkitGuidance
from guidance.presenters.differences import labels_of
from guidance.quality.prose import all_targets, prose_problems
from guidance.services.publishing import MAX_NOTE_CHARACTERS
from guidance.text.cleaning import clean_text
from guidance.text.markdown import MAX_CHARACTERS
from guidance.text.markdown_lint import repair
from toolkits.selectors import all_toolkits

NOTE_HINT = f"For colleagues, up to {MAX_NOTE_CHARACTERS} characters, like: Added the new referral form."


class TermsField(forms.CharField):
    """A list of terms, one on each line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=AdminTextareaWidget(attrs={"rows": 5}), **options)

    def prepare_value(self, value: Any) -> Any:
        """Return a list as lines of text."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return lines of text as a list."""
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether the terms differ, ignoring whitespace."""
        return (initial or []) != self.to_python(data)


class PageForm(OptimisticLockingForm):
    """A page's draft.

    Text that may not be shown as it was meant is told before it is saved. `accepted` is the digest of what was told:
    saving again keeps the text.
    """

    accepted = forms.CharField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(
        label="What changed",
        required=False,
        max_length=MAX_NOTE_CHARACTERS,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
        error_messages={"max_length": f"The note must be {MAX_NOTE_CHARACTERS} characters or fewer"},
    )

    class Meta:
        labels: ClassVar = {"slug": "Address"}
        error_messages: ClassVar = {
            "slug": {
                "unique": "There is already a page with this address",
                "invalid": "Address must be letters, numbers, hyphens and underscores only",
            },
            "code": {"unique": "There is already guidance on a flag with this code"},
        }
        help_texts: ClassVar = {
            "title": "The name that practitioners know, in sentence case.",
            "slug": "The last part of the page’s address. It cannot be changed while the page is published.",
            "summary": "One sentence, shown in lists, in search and where a toolkit is chosen.",
            "owner": "Who keeps the page right: a team rather than one person.",
            "review_by": "When the page has to be looked at again.",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        page: Page = self.instance
        self.is_published = page.state == PageState.PUBLISHED
        if self.is_published and "slug" in self.fields:
            self.fields["slug"].disabled = True
        self.fields["note"].help_text = (
            f"{NOTE_HINT} Needed because the page is published." if self.is_published else NOTE_HINT
        )
        preview = reverse(f"admin:guidance_{page._meta.model_name}_prose")
        described = [(each.field, each.label, each.hint) for each in page.facts]
        described += [(each.field, each.heading, each.hint) for each in page.sections]
        for name, label, hint in described:
            if name in self.fields:
                self.fields[name].label, self.fields[name].help_text = label, hint
        for section in page.sections:
            if section.field in self.fields:
                self.fields[section.field].widget = AdminTextareaWidget(
                    attrs={"rows": 8, "data-most-characters": MAX_CHARACTERS, "data-preview": preview}
                )
        if "summary" in self.fields:
            self.fields["summary"].widget = AdminTextareaWidget(attrs={"rows": 2, "data-most-characters": 200})

    def clean_note(self) -> str:
        """Require a note for a published page."""
        note: str = self.cleaned_data["note"].strip()
        if self.is_published and not note:
            raise ValidationError("Enter what changed: the page is published, and colleagues need to know why")
        return note

    def version_of(self, row: Page) -> str:
        """Return the version of the draft: publishing does not change it."""
        return str(row.version)

    def saved_by(self, row: Page) -> str:
        """Return the author of the last version, also where it was not saved in the administration."""
        last = row.history.select_related("history_user").order_by("-history_id").first()  # type: ignore[attr-defined]
        return last.history_user.get_username() if last and last.history_user else ""

    def labels(self) -> dict[str, str]:
        """Return the labels of a page's content, in the order of the page."""
        return labels_of(self.instance)

    def repaired_sections(self) -> list[str]:
        """Return the headings of the sections of which the Markdown was repaired."""
        typed = {section: clean_text(self.cleaned_data.get(section.field) or "") for section in self.instance.sections}
        return [section.heading for section, text in typed.items() if repair(text) != text]

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            self._warn()

    def _warn(self) -> None:
        """Add an error for each new problem of the text, unless the same were told before."""
        stored, targets = self.stored(), all_targets()
        known = {str(each) for each in prose_problems(stored, targets=targets)} if stored else set()
        found = [each for each in prose_problems(self.instance, targets=targets) if str(each) not in known]
        told = sha256("\n".join(map(str, found)).encode()).hexdigest()
        if not found or self.cleaned_data.get("accepted") == told:
            return
        self.data = cast(QueryDict, self.data).copy()
        self.data[self.add_prefix("accepted")] = told
        where = ", ".join(dict.fromkeys(f"“{each.section.heading}”" for each in found))
        self.add_error(None, f"Some text may not be shown as you mean it, in {where}. Put it right, or save again")
        for problem in found:
            self.add_error(problem.section.field, str(problem))


def _checkboxes(choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(choices=choices, required=False, widget=forms.CheckboxSelectMultiple)


class ToolkitGuidanceForm(PageForm):
    """The draft of guidance on a toolkit."""

    toolkit = forms.ChoiceField(required=False, label="Toolkit")
    genders = _checkboxes(Gender.choices)
    settings = _checkboxes(Setting.choices)
    formats = _checkboxes(Format.choices)
    offence_types = TermsField(required=False)
    needs = TermsField(required=False)

    class Meta(PageForm.Meta):
        model = ToolkitGuidance
        fields = ToolkitGuidance.content_fields()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "toolkit" in self.fields:
            toolkit = self.fields["toolkit"]
            toolkit.help_text = "Which toolkit the page is about, as practitioners choose it in the journey."
            toolkit.choices = list(self._toolkits())  # type: ignore[attr-defined]

    def _toolkits(self) -> Iterator[tuple[str, str]]:
        known = {choice.slug: choice.name for choice in all_toolkits()}
        yield "", "None: this toolkit is not offered yet"
        yield from known.items()
        if self.instance.toolkit and self.instance.toolkit not in known:
            yield self.instance.toolkit, f"{self.instance.toolkit} (no longer there)"


class RiskFlagGuidanceForm(PageForm):
    """The draft of guidance on a risk flag."""

    class Meta(PageForm.Meta):
        model = RiskFlagGuidance
        fields = RiskFlagGuidance.content_fields()


class NoteForm(CleansText, forms.Form):
    """A required note. `version` is the version of the draft that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label="What changed",
        max_length=MAX_NOTE_CHARACTERS,
        help_text=NOTE_HINT,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
        error_messages={
            "required": "Enter what changed, or why",
            "max_length": f"The note must be {MAX_NOTE_CHARACTERS} characters or fewer",
        },
    )


class ScheduleForm(NoteForm):
    """The time at which the draft is to be published."""

    at = LocalDateTimeField(
        label="Publish at",
        widget=AdminSplitDateTime(),
        help_text="In UK time. What is in the draft now is published then, whatever is changed in between.",
        error_messages={
            "required": "Enter a date and a time",
            "invalid_date": "The date must be a real date, like 2026-10-04",
            "invalid_time": "The time must be a real time, like 09:30",
        },
    )
    field_order = ("version", "at", "note")

    def clean_at(self) -> datetime:
        """Refuse a time in the past."""
        at: datetime = self.cleaned_data["at"]
        if at <= timezone.now():
            raise ValidationError("The date and time must be in the future")
        return at


class ConfirmForm(CleansText, forms.Form):
    """A confirmation. `version` is the version of the draft that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class ReviewForm(VersionsForm):
    """The review-by date for several pages."""

    review_by = forms.DateField(
        label="Review by",
        widget=AdminDateWidget(),
        error_messages={"required": "Enter a date", "invalid": "Review by must be a real date"},
    )
