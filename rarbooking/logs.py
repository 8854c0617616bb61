"""What may stand in a log line."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

CRN = re.compile(r"\b[A-Za-z]\d{6}\b")
HIDDEN = "[CRN]"


def without_crns(logger: Any, method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Return a log event with every CRN in its text hidden: addresses of pages and of upstream calls hold them."""
    return {key: CRN.sub(HIDDEN, value) if isinstance(value, str) else value for key, value in event.items()}
