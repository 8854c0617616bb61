"""One rule for how long text may be that goes to Delius."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.forms import Form
from hypothesis import given
from hypothesis import strategies as st

from appointments.forms.moving import WhyForm
from appointments.forms.outcomes import OutcomeForm
from booking.forms.steps import NotesForm
from govuk.lengths import MaxLengthInDelius, utf16_length
from tests.simulator_process import Simulator
from toolkits.forms import ToolkitForm


@given(st.text(st.characters(codec="utf-8")))
def test_text_is_counted_as_delius_counts_it(text: str) -> None:
    assert utf16_length(text) == len(text.encode("utf-16-le")) // 2


def test_an_emoji_beyond_the_limit_is_refused() -> None:
    check = MaxLengthInDelius(4000, name="Notes")
    check("n" * 3998 + "😀")
    with pytest.raises(ValidationError, match="Notes must be 4,000 characters or fewer"):
        check("n" * 3999 + "😀")


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (lambda data: NotesForm(data), "notes"),
        (lambda data: WhyForm(data, first_name="Brian"), "reason"),
        (lambda data: OutcomeForm(data, answers=[], first_name="Brian", may_set_sensitive=False), "notes"),
        (lambda data: ToolkitForm(data), "nsi_notes"),
    ],
    ids=["notes of an appointment", "why it is moved", "notes of an outcome", "notes of a toolkit's records"],
)
def test_whatever_goes_to_delius_is_held_to_its_limit_as_delius_counts(
    db: None, simulator: Simulator, form: Callable[[dict[str, str]], Form], field: str
) -> None:
    assert field not in form({field: "n" * 3998 + "😀"}).errors
    [message] = form({field: "n" * 3999 + "😀"}).errors[field]
    assert message.endswith("must be 4,000 characters or fewer")
