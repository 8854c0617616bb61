"""Recording of searches without results, except those that may contain personal data."""

import re
import unicodedata

from django.db.models import F

from guidance.models import ZeroResultSearch

MAX_CHARACTERS = 100

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
_INVISIBLE = {"Cf": "", "Cc": " ", "Cs": " ", "Cn": " ", "Co": " "}


def record_zero_results(words: str) -> None:
    """Count a search without results. One that may contain personal data is not stored: see `may_be_personal`."""
    text = _normalised(words)
    if not text or may_be_personal(text):
        return
    ZeroResultSearch.objects.update_or_create(
        words=text[:MAX_CHARACTERS].rstrip(), defaults={"times": F("times") + 1}, create_defaults={"times": 1}
    )


def may_be_personal(words: str) -> bool:
    """Return whether a search has something that looks like a CRN, a date, a telephone number or an email address.

    Errs on the side of caution: any four digits are enough.
    """
    text = _normalised(words)
    return any(pattern.search(text) for pattern in _PERSONAL)


def _normalised(words: str) -> str:
    """Return the text normalised: NFKC, lower case, single spaces, no invisible characters."""
    text = unicodedata.normalize("NFKC", words).casefold()
    seen = (_INVISIBLE.get(unicodedata.category(char), char) for char in text)
    return " ".join("".join(seen).split())
