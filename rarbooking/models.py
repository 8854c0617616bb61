"""User and session models."""

from collections.abc import Iterable
from importlib import import_module
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils import timezone

from rarbooking.roles import ADMIN_ROLES, Role, roles_of_names


class User(AbstractUser):
    """A person with an HMPPS Auth account; `username` is their HMPPS Auth user name, in capitals.

    The row is created at the first sign-in and holds no password. The roles are those of the last token; `is_staff`
    (access to the admin) follows from them.
    """

    role_names = models.CharField("roles", max_length=200, blank=True, default="", db_default="")

    class Meta(AbstractUser.Meta):
        db_table = "rarbooking_user"
        permissions: ClassVar = [("end_sessions", "Can end all sessions of a person")]

    def has_usable_password(self) -> bool:
        """Return whether there is a password. Django counts the empty one of HMPPS Auth users as a password."""
        return bool(self.password) and super().has_usable_password()

    @property
    def roles(self) -> frozenset[Role]:
        """The user's roles, as HMPPS Auth gave them last."""
        return roles_of_names(self.role_names)

    @roles.setter
    def roles(self, roles: Iterable[Role]) -> None:
        self.role_names = ",".join(sorted(roles))
        self.is_staff = not ADMIN_ROLES.isdisjoint(roles)


class SessionManager(BaseSessionManager[Any]):
    """Reads sessions with their user in one query: every page needs both."""

    def get_queryset(self) -> models.QuerySet[Any]:
        """Return all sessions, with their users."""
        return super().get_queryset().select_related("user")


class Session(AbstractBaseSession):
    """A session, with columns that change without rewriting its data: concurrent requests share it.

    `refresh_token` is encrypted. `refreshing_until` is the lease of the request that refreshes the token.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    signed_in_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(default=timezone.now)
    refresh_token = models.TextField(blank=True)
    token_expires_at = models.DateTimeField(null=True)
    refreshing_until = models.DateTimeField(null=True)

    objects: ClassVar[SessionManager] = SessionManager()

    class Meta(AbstractBaseSession.Meta):
        default_permissions = ()
        db_table = "rarbooking_session"

    @classmethod
    def get_session_store_class(cls) -> type:
        """Return the session store class."""
        store: type = import_module(settings.SESSION_ENGINE).SessionStore
        return store

    def save(self, *args: Any, force_update: bool = False, **options: Any) -> None:
        """Insert a row, or update only the columns that the store sets: the others may have changed since."""
        if force_update:
            options["update_fields"] = ["session_data", "expire_date", "user", "signed_in_at"]
        super().save(*args, **options)
