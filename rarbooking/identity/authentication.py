"""What somebody may do follows from their roles, which stand on their own row: asking costs no query."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.auth import SESSION_KEY as USER_ID
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import BaseBackend

from rarbooking.roles import permissions_of

_read_with_session: ContextVar[Any] = ContextVar("read_with_session", default=None)


@contextmanager
def reading_nobody_twice(session: Any) -> Iterator[None]:
    """Take the person from a session's row, which is read together with them, for as long as the block lasts."""
    row = session.row if USER_ID in session else None
    before = _read_with_session.set(row.user if row else None)
    try:
        yield
    finally:
        _read_with_session.reset(before)


class HmppsAuthBackend(BaseBackend):
    """People who signed in with HMPPS Auth. It takes no credentials: `rarbooking/identity/sign_in.py` checks tokens."""

    def get_user(self, user_id: int) -> Any:
        """Return the person, or None for an account that was turned off or is gone."""
        person = _read_with_session.get()
        if person is None or person.pk != user_id:
            person = get_user_model().objects.filter(pk=user_id).first()
        return person if person and person.is_active else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return what the person's roles allow; nothing for an account that was turned off."""
        return set(permissions_of(user_obj.roles)) if user_obj.is_active and obj is None else set()

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Return whether the person's roles allow anything in a room."""
        return any(each.startswith(f"{app_label}.") for each in self.get_all_permissions(user_obj))
