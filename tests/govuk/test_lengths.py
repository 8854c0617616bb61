"""One rule for how long text may be that goes to Delius."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from govuk.lengths import MaxLengthInDelius, utf16_length


@given(st.text(st.characters(codec="utf-8")))
def test_text_is_counted_as_delius_counts_it(text: str) -> None:
    assert utf16_length(text) == len(text.encode("utf-16-le")) // 2


def test_an_emoji_beyond_the_limit_is_refused() -> None:
    check = MaxLengthInDelius(4000, name="Notes")
    check("n" * 3998 + "😀")
    with pytest.raises(ValidationError, match="Notes must be 4,000 characters or fewer"):
        check("n" * 3999 + "😀")
