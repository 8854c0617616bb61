"""Form of the question whether to text the person."""

from typing import Any

from cases.forms import StepForm
from govuk.fields import RadioField


class TextForm(StepForm):
    """Whether the person agrees to get a text. `first_name` is theirs."""

    def __init__(self, *args: Any, first_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["send"] = RadioField(
            label=f"Do you want to text {first_name}?",
            choices=[("yes", f"Yes, {first_name} agrees to get this text"), ("no", "No")],
            missing=f"Select yes if {first_name} agrees to get this text",
        )
