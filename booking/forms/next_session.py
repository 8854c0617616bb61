"""The form that asks before a draft is replaced."""

from typing import Any

from django import forms

from govuk.fields import RadioField
from govuk.forms import CleansText

KEEP = "keep"
REPLACE = "replace"


class ReplaceDraftForm(CleansText, forms.Form):
    """Whether to go on with the appointment that was begun, or to arrange the next session instead."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["draft"] = RadioField(
            label="Which appointment do you want to go on with?",
            choices=[
                (KEEP, "The one I have started. Keep its answers"),
                (REPLACE, "The next session. Delete the answers that I have given"),
            ],
            missing="Select which appointment you want to go on with",
        )
