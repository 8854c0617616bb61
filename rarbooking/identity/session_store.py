"""Session store (`SESSION_ENGINE`): Django's database store, with our model and the row that was read."""

from datetime import datetime
from typing import Any, cast

from django.contrib.auth import SESSION_KEY as USER_ID
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from rarbooking.models import Session

SIGNED_IN_AT = "signed_in_at"
TOKEN_FIELDS = ("refresh_token", "token_expires_at")


class SessionStore(DatabaseStore):
    """Django's database store. `row` is the row that was read for this request, None where there is none."""

    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the session model."""
        return Session

    def load(self) -> dict[str, Any]:
        """Return the session's data, and set `row`."""
        self.row = self._get_session_from_db()  # type: ignore[attr-defined]  # not in the stubs
        return self.decode(self.row.session_data) if self.row else {}

    def cycle_key(self) -> None:
        """Change the session key (sign-in, changed SECRET_KEY) and copy the token fields to the new row."""
        before = self.row
        super().cycle_key()
        if before:
            token_fields = {name: getattr(before, name) for name in TOKEN_FIELDS}
            Session.objects.filter(session_key=self.session_key).update(**token_fields)
        self.row = Session.objects.filter(session_key=self.session_key).first()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return an unsaved row for session data, with user and sign-in time copied into columns."""
        row = cast(Session, super().create_model_instance(data))
        row.user_id = int(data[USER_ID]) if USER_ID in data else None
        row.signed_in_at = datetime.fromisoformat(data[SIGNED_IN_AT]) if SIGNED_IN_AT in data else None
        return row
