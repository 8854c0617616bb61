"""The forms in which content designers write guidance and decide what becomes of it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar, cast

from django import forms
from django.contrib.admin.widgets import AdminDateWidget, AdminSplitDateTime, AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import QueryDict
from django.utils import timezone

from guidance.models import Format, Gender, Page, PageState, RiskFlagGuidance, Setting, ToolkitGuidance
from guidance.presenters.differences import Difference, differences
from guidance.services.publishing import MOST_NOTE_CHARACTERS
from guidance.text.markdown import MOST_CHARACTERS
from toolkits.selectors import all_toolkits

NOTE_HINT = f"For colleagues, up to {MOST_NOTE_CHARACTERS} characters, like: Added the new referral form."


class TermsField(forms.CharField):
    """A list of terms, one on each line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=AdminTextareaWidget(attrs={"rows": 5}), **options)

    def prepare_value(self, value: Any) -> Any:
        """Return the lines that stand for a list."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return the list that lines stand for."""
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether the terms differ, whatever the spaces around them."""
        return (initial or []) != self.to_python(data)


class PageForm(forms.ModelForm):
    """A page's draft.

    `begun_with` is the version of the draft that the author began with. Where the page was saved since, `meanwhile`
    tells what differs, and saving again replaces what the other person wrote.
    """

    begun_with = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    note = forms.CharField(
        label="What changed",
        required=False,
        max_length=MOST_NOTE_CHARACTERS,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
        error_messages={"max_length": f"The note must be {MOST_NOTE_CHARACTERS} characters or fewer"},
    )

    meanwhile: list[Difference]

    class Meta:
        labels: ClassVar = {"slug": "Address"}
        help_texts: ClassVar = {
            "title": "The name that practitioners know, in sentence case.",
            "slug": "The last part of the page’s address. It cannot be changed while the page is published.",
            "summary": "One sentence, shown in lists, in search and where a toolkit is chosen.",
            "owner": "Who keeps the page right: a team rather than one person.",
            "review_by": "When the page has to be looked at again.",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.meanwhile = []
        page: Page = self.instance
        self.initial["begun_with"] = page.version
        self.is_read = page.state == PageState.PUBLISHED
        if self.is_read and "slug" in self.fields:
            self.fields["slug"].disabled = True
        self.fields["note"].help_text = (
            f"{NOTE_HINT} Needed because the page is published." if self.is_read else NOTE_HINT
        )
        described = [(each.field, each.label, each.hint) for each in page.facts]
        described += [(each.field, each.heading, each.hint) for each in page.sections]
        for name, label, hint in described:
            if name in self.fields:
                self.fields[name].label, self.fields[name].help_text = label, hint
        for section in page.sections:
            if section.field in self.fields:
                self.fields[section.field].widget = AdminTextareaWidget(
                    attrs={"rows": 8, "data-most-characters": MOST_CHARACTERS}
                )
        self._say_what_to_do()
        if "summary" in self.fields:
            self.fields["summary"].widget = AdminTextareaWidget(attrs={"rows": 2, "data-most-characters": 200})

    def _say_what_to_do(self) -> None:
        for field in self.fields.values():
            label = str(field.label or "")
            field.error_messages["required"] = f"Enter the {label[:1].lower()}{label[1:]}"
            for validator in field.validators:
                if isinstance(validator, MaxLengthValidator):
                    validator.message = f"Text must be {validator.limit_value:,} characters or fewer"

    def clean_note(self) -> str:
        """Ask for a note where people read the page."""
        note: str = self.cleaned_data["note"].strip()
        if self.is_read and not note:
            raise ValidationError("Enter what changed: the page is published, and colleagues need to know why")
        return note

    def clean(self) -> dict[str, Any] | None:
        """Notice that somebody else saved the page since its author began."""
        cleaned = super().clean()
        begun = self.cleaned_data.get("begun_with") or 0
        latest = type(self.instance)._default_manager.filter(pk=self.instance.pk).first()
        if latest is not None and latest.version != begun:
            self._warn(latest)
        return cleaned

    def _warn(self, latest: Page) -> None:
        """Show what was saved meanwhile; everything typed stays, and the next save is of the version shown now."""
        data = cast(QueryDict, self.data).copy()
        data["begun_with"] = str(latest.version)
        self.data = data
        mine = {name: value for name, value in self.cleaned_data.items() if name in latest.content_fields()}
        saved = {name: getattr(latest, name) for name in mine}
        self.meanwhile = differences(latest, saved, mine)
        last = latest.history.select_related("history_user").order_by("-history_id").first()  # type: ignore[attr-defined]
        who = last.history_user.get_username() if last and last.history_user else "Somebody"
        self.add_error(
            None,
            f"{who} saved this page while you were writing. Nothing of yours is lost: it is in the fields below. "
            "Look at what differs, take over what should stay, then save again",
        )


def _several(choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(choices=choices, required=False, widget=forms.CheckboxSelectMultiple)


class ToolkitGuidanceForm(PageForm):
    """The draft of guidance on a toolkit."""

    toolkit = forms.ChoiceField(required=False, label="Toolkit")
    genders = _several(Gender.choices)
    settings = _several(Setting.choices)
    formats = _several(Format.choices)
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


class NoteForm(forms.Form):
    """Why something is done to a page. `version` is that of the draft which was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label="What changed",
        max_length=MOST_NOTE_CHARACTERS,
        help_text=NOTE_HINT,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
        error_messages={
            "required": "Enter what changed, or why",
            "max_length": f"The note must be {MOST_NOTE_CHARACTERS} characters or fewer",
        },
    )


class ScheduleForm(NoteForm):
    """From when people are to read the draft."""

    at = forms.SplitDateTimeField(
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
        """Refuse a moment that has passed."""
        at: datetime = self.cleaned_data["at"]
        if at <= timezone.now():
            raise ValidationError("The date and time must be in the future")
        return at


class BareForm(forms.Form):
    """Nothing but the version of the draft that was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class ReviewForm(forms.Form):
    """When several pages are to be looked at again."""

    review_by = forms.DateField(
        label="Review by",
        widget=AdminDateWidget(),
        error_messages={"required": "Enter a date", "invalid": "Review by must be a real date"},
    )
