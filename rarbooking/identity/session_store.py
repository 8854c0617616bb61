"""Where sessions are kept: Django's own store in the database, with the row at hand (`SESSION_ENGINE`)."""

from datetime import datetime
from typing import Any, cast

from django.contrib.auth import SESSION_KEY as USER_ID
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from rarbooking.models import Session

SIGNED_IN_AT = "signed_in_at"
VOUCHED_WITH = ("refresh_token", "token_expires_at")


class SessionStore(DatabaseStore):
    """`row` is the session's row as it was read for this request, or None where there was none."""

    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the model of a session."""
        return Session

    def load(self) -> dict[str, Any]:
        """Return the session's data, and keep its row."""
        self.row = self._get_session_from_db()  # type: ignore[attr-defined]  # not in the stubs
        return self.decode(self.row.session_data) if self.row else {}

    def cycle_key(self) -> None:
        """Change the key, as signing in and a changed SECRET_KEY do, and keep what HMPPS Auth vouches with."""
        before = self.row
        super().cycle_key()
        if before:
            kept = {name: getattr(before, name) for name in VOUCHED_WITH}
            Session.objects.filter(session_key=self.session_key).update(**kept)
        self.row = Session.objects.filter(session_key=self.session_key).first()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row for some data, which say whose session it is and since when."""
        row = cast(Session, super().create_model_instance(data))
        row.user_id = int(data[USER_ID]) if USER_ID in data else None
        row.signed_in_at = datetime.fromisoformat(data[SIGNED_IN_AT]) if SIGNED_IN_AT in data else None
        return row
