"""What may stand in a log line, and in a report of an error: no CRN, but what stands for it."""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

CRN = re.compile(r"\b[A-Za-z]\d{6}\b")
DIGITS = 16

Processor = Callable[[Any, str, MutableMapping[str, Any]], Mapping[str, Any]]


def alias(crn: str, *, key: str) -> str:
    """Return what stands for a CRN: the same for the same CRN, and not to be undone or guessed without the key."""
    digest = hmac.new(key.encode(), f"crn:{crn.upper()}".encode(), hashlib.sha256).hexdigest()
    return f"crn-{digest[:DIGITS]}"


def without_crns(value: Any, *, key: str) -> Any:
    """Return a text, or what is made of texts, with every CRN replaced by its alias; anything else as it is."""
    if isinstance(value, str):
        return CRN.sub(lambda found: alias(found[0], key=key), value)
    if isinstance(value, Mapping):
        return {without_crns(name, key=key): without_crns(each, key=key) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [without_crns(each, key=key) for each in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    return without_crns(text, key=key) if CRN.search(text) else value


def hiding_crns(key: str) -> Processor:
    """Return a processor of structlog that puts aliases for CRNs, and leaves out what was searched for.

    Addresses of pages and of upstream calls hold CRNs; what follows the `?` of a page may be a name.
    """

    def hide(logger: Any, method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        shown = {name: value if name.startswith("_") else without_crns(value, key=key) for name, value in event.items()}
        if isinstance(asked := shown.get("request"), str):
            shown["request"] = asked.partition("?")[0]
        return shown

    return hide
