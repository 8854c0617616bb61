"""Session store (`SESSION_ENGINE`): Django's database store, with our model and the row that was read."""

from datetime import datetime
from typing import Any, cast

from django.contrib.auth import SESSION_KEY as USER_ID
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import connection
from django.utils import timezone

from govuk.compiled_queries import CompiledQuery, as_model
from rarbooking.models import Session, User

SIGNED_IN_AT = "signed_in_at"
TOKEN_FIELDS = ("refresh_token", "token_expires_at")
SESSION_WITH_USER = CompiledQuery(lambda: Session.objects.filter(session_key="").filter(expire_date__gt=timezone.now()))


class SessionStore(DatabaseStore):
    """Django's database store. `row` is the row that was read for this request, None where there is none."""

    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the session model."""
        return Session

    def load(self) -> dict[str, Any]:
        """Return the session's data, and set `row`."""
        self.row = _session_with_user(self.session_key or "")
        if self.row is None:
            self._session_key = None
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


def _session_with_user(session_key: str) -> Session | None:
    """Return the row of a session that has not expired, with its user, in one query."""
    found = SESSION_WITH_USER.first(session_key, connection.ops.adapt_datetimefield_value(timezone.now()))
    if found is None:
        return None
    columns = len(Session._meta.concrete_fields)
    row = as_model(Session, found[:columns])
    row.user = as_model(User, found[columns:]) if row.user_id is not None else None
    return row
