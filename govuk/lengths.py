"""The length of text as Delius and a browser count it."""

from django.core.exceptions import ValidationError
from django.utils.deconstruct import deconstructible


def utf16_length(text: str) -> int:
    """Return the length of text in UTF-16 units: a character beyond U+FFFF, such as an emoji, counts as two.

    That is how Delius counts (RULES.md), and how the count on a page does (`String.length` of JavaScript). A line break
    is one unit: cleaning made it so.
    """
    return len(text) + sum(letter > "\uffff" for letter in text)


@deconstructible
class MaxLengthInDelius:
    """Validator of text that goes to Delius: at most `most` UTF-16 units. `name` begins its message."""

    def __init__(self, most: int, *, name: str) -> None:
        self.most, self.name = most, name

    def __call__(self, text: str) -> None:
        """Raise ValidationError for text that is too long."""
        if utf16_length(text) > self.most:
            raise ValidationError(f"{self.name} must be {self.most:,} characters or fewer", code="max_length")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MaxLengthInDelius) and (self.most, self.name) == (other.most, other.name)

    def __hash__(self) -> int:
        return hash((self.most, self.name))
