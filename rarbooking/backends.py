"""What somebody may do follows from their roles, which stand on their own row: asking costs no query."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import BaseBackend

from rarbooking.roles import permissions_of


class HmppsAuthBackend(BaseBackend):
    """People who signed in with HMPPS Auth. It takes no credentials: `rarbooking/sign_in.py` checks tokens."""

    def get_user(self, user_id: int) -> Any:
        """Return the person, or None for an account that was turned off or is gone."""
        return get_user_model().objects.filter(pk=user_id, is_active=True).first()

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return what the person's roles allow; nothing for an account that was turned off."""
        return set(permissions_of(user_obj.roles)) if user_obj.is_active and obj is None else set()

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Return whether the person's roles allow anything in a room."""
        return any(each.startswith(f"{app_label}.") for each in self.get_all_permissions(user_obj))
