"""GOV.UK Notify, through its own client. Nobody but the worker calls it."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient
from requests import ConnectTimeout

from appointments.models import TextKind

SECONDS = 10
# Too many requests, or a key that is not (or no longer) right.
TEMPORARILY_REFUSED = frozenset({401, 403, 429})
UNANSWERED = 500


class TemporarilyRefused(Exception):
    """Notify certainly did not take the request, and may take it later."""


class Unanswered(Exception):
    """Whether Notify took the request is not known."""


class PermanentlyRefused(Exception):
    """Notify will never take it. The text is Notify's own error, such as `ValidationError`."""


@dataclass(frozen=True)
class Notification:
    """A text that Notify has, and its status as Notify calls it."""

    id: uuid.UUID
    status: str


def texts_are_on() -> bool:
    """Return whether the key and both templates are set."""
    return bool(settings.NOTIFY_API_KEY and all(_template_ids().values()))


class Notify:
    """A connection to Notify. Not for several threads.

    Each method raises TemporarilyRefused, Unanswered or PermanentlyRefused.
    """

    def __init__(self) -> None:
        self._client = NotificationsAPIClient(settings.NOTIFY_API_KEY, base_url=settings.NOTIFY_URL, timeout=SECONDS)

    def preview(self, kind: TextKind, personalisation: dict[str, str]) -> str:
        """Return what Notify would send."""
        previewed = _answer(self._client.post_template_preview, _template_ids()[kind], personalisation)
        if "body" not in previewed:
            raise Unanswered("no body")
        return str(previewed["body"])

    def send(self, kind: TextKind, personalisation: dict[str, str], *, to: str, reference: uuid.UUID) -> Notification:
        """Have a text sent to a number."""
        sent = _answer(
            self._client.send_sms_notification,
            phone_number=to,
            template_id=_template_ids()[kind],
            personalisation=personalisation,
            reference=str(reference),
        )
        return _notification({"status": "created", **sent})

    def find(self, reference: uuid.UUID) -> Notification | None:
        """Return the text of a reference, or None where Notify has none. Notify forgets texts after seven days."""
        try:
            found = _answer(self._client.get_all_notifications, reference=str(reference)).get("notifications")
        except PermanentlyRefused as error:
            raise Unanswered(str(error)) from None
        if not isinstance(found, list):
            raise Unanswered("no list")
        return _notification(found[0]) if found else None

    def get(self, notify_id: uuid.UUID) -> Notification | None:
        """Return a text, or None where Notify has it no longer."""
        try:
            return _notification(_answer(self._client.get_notification_by_id, str(notify_id)))
        except PermanentlyRefused:
            return None


def _template_ids() -> dict[TextKind, str]:
    return {
        TextKind.ARRANGED: settings.NOTIFY_ARRANGED_TEMPLATE_ID,
        TextKind.MOVED: settings.NOTIFY_MOVED_TEMPLATE_ID,
    }


def _answer(call: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
    try:
        answer = call(*args, **kwargs)
    except APIError as error:
        status = error.response.status_code if error.response is not None else None
        if status in TEMPORARILY_REFUSED or isinstance(error.__cause__, ConnectTimeout):
            raise TemporarilyRefused(str(status)) from None
        if status is None or status >= UNANSWERED or status < 400:
            raise Unanswered(str(status)) from None
        raise PermanentlyRefused(_name_of(error)) from None
    if not isinstance(answer, dict):
        raise Unanswered("no object")
    return answer


def _notification(document: dict[str, Any]) -> Notification:
    try:
        return Notification(uuid.UUID(document["id"]), str(document["status"]))
    except (KeyError, ValueError) as error:
        raise Unanswered(type(error).__name__) from None


def _name_of(error: APIError) -> str:
    """Return the kind of error that Notify names, without its words, which may have what was sent in them."""
    errors = error.message
    named = [each.get("error", "") for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
    return next((name for name in named if name), "BadRequestError")
