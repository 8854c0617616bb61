"""Pseudonymisation of CRNs in log lines, traces and error reports."""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

CRN = re.compile(r"\b[A-Za-z]\d{6}\b")
DIGITS = 16

Processor = Callable[[Any, str, MutableMapping[str, Any]], Mapping[str, Any]]


def crn_pseudonym(crn: str, *, key: str) -> str:
    """Return a CRN's pseudonym: a keyed hash (HMAC-SHA-256), the same for the same CRN."""
    digest = hmac.new(key.encode(), f"crn:{crn.upper()}".encode(), hashlib.sha256).hexdigest()
    return f"crn-{digest[:DIGITS]}"


def pseudonymise_crns(value: Any, *, key: str) -> Any:
    """Return a text, or a collection of texts, with every CRN replaced by its pseudonym; other values unchanged."""
    if isinstance(value, str):
        return CRN.sub(lambda found: crn_pseudonym(found[0], key=key), value)
    if isinstance(value, Mapping):
        return {pseudonymise_crns(name, key=key): pseudonymise_crns(each, key=key) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [pseudonymise_crns(each, key=key) for each in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    return pseudonymise_crns(text, key=key) if CRN.search(text) else value


def crn_pseudonymiser(key: str) -> Processor:
    """Return a structlog processor that replaces CRNs by pseudonyms, and drops query strings of requests.

    URLs of pages and upstream calls hold CRNs; the query string of a page may hold a name.
    """

    def pseudonymise(logger: Any, method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        shown = {
            name: value if name.startswith("_") else pseudonymise_crns(value, key=key) for name, value in event.items()
        }
        if isinstance(asked := shown.get("request"), str):
            shown["request"] = asked.partition("?")[0]
        return shown

    return pseudonymise
