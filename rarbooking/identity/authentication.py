"""Authentication backend: permissions from the roles on the user's row, without a query."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.auth import SESSION_KEY as USER_ID
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import BaseBackend

from rarbooking.roles import permissions_for

_session_user: ContextVar[Any] = ContextVar("session_user", default=None)


@contextmanager
def user_cached_from_session(session: Any) -> Iterator[None]:
    """Cache the user that was read together with the session, so that `get_user` makes no second query."""
    row = session.row if USER_ID in session else None
    before = _session_user.set(row.user if row else None)
    try:
        yield
    finally:
        _session_user.reset(before)


class HmppsAuthBackend(BaseBackend):
    """Backend for users of HMPPS Auth. It takes no credentials: `rarbooking/identity/sign_in.py` verifies tokens."""

    def get_user(self, user_id: int) -> Any:
        """Return the user; None for an account that is inactive or does not exist."""
        person = _session_user.get()
        if person is None or person.pk != user_id:
            person = get_user_model().objects.filter(pk=user_id).first()
        return person if person and person.is_active else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return the permissions of the user's roles; none for an inactive account."""
        return set(permissions_for(user_obj.roles)) if user_obj.is_active and obj is None else set()

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Return whether the user's roles give any permission in an app."""
        return any(each.startswith(f"{app_label}.") for each in self.get_all_permissions(user_obj))
