"""Remembering what people searched for and did not find, and never whom they searched for."""

import re
import unicodedata

from django.db.models import F

from guidance.models import FruitlessSearch

MOST_CHARACTERS = 100

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
# A person's number or the year of a date has four digits at least: a CRN, a telephone, prison or insurance number.
_PERSONAL = (
    re.compile(r"@"),
    re.compile(r"(?:\d\D*){4}"),
    re.compile(r"\d{1,2}\s*[-/.]\s*\d{1,2}"),
    re.compile(rf"\b{_DAY}[\s,./-]*(?:of\s+)?{_MONTH}\b"),
    re.compile(rf"\b{_MONTH}[\s,./-]*{_DAY}\b"),
)
# Soft hyphens and the like are within words; the others are between them.
_UNSEEN = {"Cf": "", "Cc": " ", "Cs": " ", "Cn": " ", "Co": " "}


def record_fruitless(words: str) -> None:
    """Count a search that found nothing. What may be about a person is not stored: see `is_personal`."""
    text = _normalised(words)
    if not text or is_personal(text):
        return
    FruitlessSearch.objects.update_or_create(
        words=text[:MOST_CHARACTERS].rstrip(), defaults={"times": F("times") + 1}, create_defaults={"times": 1}
    )


def is_personal(words: str) -> bool:
    """Whether there is anything in a search that looks like a CRN, a date, a telephone number or an email address.

    Rather too much than too little: four digits anywhere are enough, whatever is between them.
    """
    text = _normalised(words)
    return any(pattern.search(text) for pattern in _PERSONAL)


def _normalised(words: str) -> str:
    """Return the words in one form: small letters, single spaces, ordinary digits, nothing that cannot be seen."""
    text = unicodedata.normalize("NFKC", words).casefold()
    seen = (_UNSEEN.get(unicodedata.category(char), char) for char in text)
    return " ".join("".join(seen).split())
