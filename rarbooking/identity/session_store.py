"""Session store (`SESSION_ENGINE`): Django's database store, with our model and the row that was read."""

from datetime import datetime
from functools import cache
from typing import Any, cast

from django.contrib.auth import SESSION_KEY as USER_ID
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import connection
from django.utils import timezone

from rarbooking.models import Session, User

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
    sql, converters = _query(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, [session_key, connection.ops.adapt_datetimefield_value(timezone.now())])
        found = cursor.fetchone()
    if found is None:
        return None
    values = list(found)
    for position, (functions, expression) in converters.items():
        for convert in functions:
            values[position] = convert(values[position], expression, connection)
    names, names_of_user = _columns(Session), _columns(User)
    row = Session.from_db(connection.alias, names, values[: len(names)])
    row.user = User.from_db(connection.alias, names_of_user, values[len(names) :]) if row.user_id is not None else None
    return row


@cache
def _query(vendor: str) -> tuple[str, dict[int, Any]]:
    """Return the SQL of the query, and the converters of its columns, by position.

    Compiled once: every page makes this query, and compiling it takes longer than making it.
    """
    query = Session.objects.filter(session_key="").filter(expire_date__gt=timezone.now()).query
    compiler = query.get_compiler(connection=connection)
    sql, _ = compiler.as_sql()
    return sql, compiler.get_converters(expression for expression, *_ in compiler.select)


@cache
def _columns(model: type[Session | User]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]
