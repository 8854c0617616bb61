"""The form of *Mark as settled in Delius*."""

from django import forms

REASON_LIMIT = 150


class SettleForm(forms.Form):
    """The reason for marking a booking as settled."""

    reason = forms.CharField(
        label="What did you find in Delius, and what did you do there?",
        help_text="Do not write names or anything else about the person on probation.",
        max_length=REASON_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        error_messages={
            "required": "Enter what you found and did in Delius",
            "max_length": f"Your reason must be {REASON_LIMIT} characters or fewer",
        },
    )
