"""The texts that GOV.UK Notify took, in memory, and the words of its templates."""

import threading
from dataclasses import asdict, dataclass, field
from typing import Any

ARRANGED_TEMPLATE_ID = "33333333-3333-4333-8333-333333333331"
MOVED_TEMPLATE_ID = "33333333-3333-4333-8333-333333333332"
TEMPLATES = {
    ARRANGED_TEMPLATE_ID: "((first_name)), your appointment is on ((day)) at ((time)). ((place))",
    MOVED_TEMPLATE_ID: "((first_name)), your appointment has moved. It is now on ((day)) at ((time)). ((place))",
}


@dataclass
class Text:
    """A text that was taken."""

    id: str
    reference: str | None
    phone_number: str
    template_id: str
    body: str
    status: str = "created"


@dataclass
class Texts:
    """The texts that were taken since the last reset, and the words of the templates."""

    taken: list[Text] = field(default_factory=list)
    templates: dict[str, str] = field(default_factory=lambda: dict(TEMPLATES))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def as_list(self) -> list[dict[str, Any]]:
        """Return the texts, oldest first."""
        with self.lock:
            return [asdict(text) for text in self.taken]

    def set_status(self, text_id: str, status: str) -> bool:
        """Set what became of a text; return whether there is one of this id."""
        with self.lock:
            found = [text for text in self.taken if text.id == text_id]
            for text in found:
                text.status = status
            return bool(found)
