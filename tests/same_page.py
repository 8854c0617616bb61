"""Whether two answers are the same page."""

import re
from typing import Any

DIFFERS = re.compile(r'<strong>[0-9a-f]{8}</strong>|value="\w+"|data-rar-seconds="\d+"')


def text_of(answer: Any) -> str:
    """Return a page without what differs from request to request: its reference, tokens, and the time that is left."""
    return DIFFERS.sub("", answer.content.decode())
