"""Optimistic locking of the administration's forms: whoever saves second is warned, and nothing of either is lost."""

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Field, Model
from django.http import HttpRequest, QueryDict

from govuk.differences import Difference, differences
from govuk.error_messages import use_plain_messages
from govuk.forms import CleansText


def version_of(*rows: Model) -> str:
    """Return a digest of all values of rows, which changes when any of them does."""
    values = [[field.value_to_string(row) for field in row._meta.concrete_fields] for row in rows]
    return sha256(json.dumps(values).encode()).hexdigest()[:32]


class OptimisticLockingForm(CleansText, forms.ModelForm):
    """A form of a row that several people may be editing.

    `base_version` is the version of the row that the person started from. Where the row was saved since,
    `conflicting_changes` has what differs between it and what was typed, which stays in the fields; saving again
    overwrites the row. The row is locked until the end of the transaction in which the form is validated.
    """

    base_version = forms.CharField(widget=forms.HiddenInput, required=False)

    conflicting_changes: list[Difference]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.conflicting_changes = []
        if "base_version" in self.fields and self.instance.pk is not None:
            self.initial["base_version"] = self.version_of(self.instance)

    def full_clean(self) -> None:
        """Validate with messages in plain words, which name fields by the labels that they have by then."""
        use_plain_messages(self.fields.values())
        super().full_clean()

    def version_of(self, row: Any) -> str:
        """Return the version of a stored row."""
        return version_of(row)

    def saved_by(self, row: Any) -> str:
        """Return the name of the user who saved a row last; empty where it is not known."""
        kind = ContentType.objects.get_for_model(row)
        last = LogEntry.objects.filter(content_type=kind, object_id=str(row.pk)).select_related("user").first()
        return last.user.get_username() if last else ""

    def labels(self) -> dict[str, str]:
        """Return the label of each field, in the order in which differences are shown."""
        return {name: str(field.label or "") for name, field in self.fields.items() if name != "base_version"}

    def clean(self) -> dict[str, Any] | None:
        """Detect an edit conflict: the row was saved since `base_version`."""
        cleaned = super().clean()
        latest = self.stored()
        if latest is not None and self.version_of(latest) != self.cleaned_data.get("base_version"):
            self._report_conflict(latest)
        return cleaned

    def stored(self) -> Any:
        """Return the row as it is stored, locked; None for a new one."""
        if self.instance.pk is None:
            return None
        return type(self.instance)._default_manager.select_for_update().filter(pk=self.instance.pk).first()

    def _report_conflict(self, latest: Any) -> None:
        """Add an error with the differences, and rebase the form on the latest version; its data stays."""
        data = cast(QueryDict, self.data).copy()
        data[self.add_prefix("base_version")] = self.version_of(latest)
        self.data = data
        labels = self.labels()
        mine = {name: self.cleaned_data[name] for name in labels if name in self.cleaned_data and _has(latest, name)}
        saved = {name: getattr(latest, name) for name in mine}
        self.conflicting_changes = differences(latest, saved, mine, labels=labels)
        self.add_error(
            None,
            f"{self.saved_by(latest) or 'Somebody'} saved this while you were writing. Nothing of yours is lost: it is "
            "in the fields below. Look at what differs, take over what should stay, then save again",
        )


class OptimisticLockingAdminMixin:
    """Mixin for a ModelAdmin whose form is an OptimisticLockingForm: sends the version with the form."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Add the version to the first fieldset of what may be changed."""
        fieldsets = super().get_fieldsets(request, obj)  # type: ignore[misc]
        if obj is None or not cast(admin.ModelAdmin, self).has_change_permission(request, obj):
            return fieldsets
        (name, options), *others = fieldsets
        return [(name, {**options, "fields": (*options["fields"], "base_version")}), *others]


class VersionsForm(CleansText, forms.Form):
    """Base of a form that changes several rows at once: refuses where one of them was saved since they were shown."""

    base_version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, rows: Iterable[Model], **options: Any) -> None:
        super().__init__(*args, **options)
        self.version = version_of(*rows)
        self.initial["base_version"] = self.version

    def clean(self) -> dict[str, Any]:
        """Detect an edit conflict, and rebase the form on the rows as they are now."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("base_version") != self.version:
            self.data = cast(QueryDict, self.data).copy()
            self.data[self.add_prefix("base_version")] = self.version
            self.add_error(None, "Somebody changed one of these while you were writing. Look at them, then save again")
        return cleaned


def _has(row: Model, name: str) -> bool:
    return any(isinstance(field, Field) and field.name == name for field in row._meta.get_fields())
