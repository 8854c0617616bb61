"""The people who sign in, and their sessions."""

from collections.abc import Iterable
from importlib import import_module
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils import timezone

from rarbooking.roles import ADMINISTRATION, Role


class User(AbstractUser):
    """A person with an HMPPS Auth account; `username` is their HMPPS Auth user name, in capitals.

    The row is made at the first sign-in and holds no password. The roles are those of the token that was read last, and
    whether somebody may enter the admin (`is_staff`) follows from them.
    """

    role_names = models.CharField("roles", max_length=200, blank=True, default="", db_default="")

    class Meta(AbstractUser.Meta):
        db_table = "rarbooking_user"
        permissions: ClassVar = [("end_sessions", "Can end all sessions of a person")]

    def has_usable_password(self) -> bool:
        """Return whether there is a password. Django takes an empty one, as signing in leaves it, for one."""
        return bool(self.password) and super().has_usable_password()

    @property
    def roles(self) -> frozenset[Role]:
        """What HMPPS Auth lets the person do here."""
        names = self.role_names.split(",")
        return frozenset(role for role in Role if role.value in names)

    @roles.setter
    def roles(self, roles: Iterable[Role]) -> None:
        self.role_names = ",".join(sorted(roles))
        self.is_staff = not ADMINISTRATION.isdisjoint(roles)


class SessionManager(BaseSessionManager[Any]):
    """Sessions, each read together with the person whose it is: every page needs both."""

    def get_queryset(self) -> models.QuerySet[Any]:
        """Return all sessions."""
        return super().get_queryset().select_related("user")


class Session(AbstractBaseSession):
    """A session, with what has to change without its data being written again: several requests share it.

    `refresh_token` is sealed. `refreshing_until` is set while somebody asks HMPPS Auth for a new token.
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
        """Return the store that keeps these rows."""
        store: type = import_module(settings.SESSION_ENGINE).SessionStore
        return store

    def save(self, *args: Any, force_update: bool = False, **options: Any) -> None:
        """Write a new row, or of one that exists only what the store made it from: the rest may have changed since."""
        if force_update:
            options["update_fields"] = ["session_data", "expire_date", "user", "signed_in_at"]
        super().save(*args, **options)
