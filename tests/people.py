"""Accounts, as signing in leaves them."""

from django.test import Client

from rarbooking.models import User
from rarbooking.roles import Role

# What the accounts of the demo have; everybody else may arrange appointments.
ROLES = {
    "REA.READONLY": frozenset({Role.READ_ONLY}),
    "DANA.DESIGNER": frozenset({Role.CONTENT_DESIGNER}),
    "DEE.DRAFTER": frozenset({Role.CONTENT_DESIGNER}),
    "TAYLOR.TOOLKITS": frozenset({Role.TOOLKIT_ADMINISTRATOR}),
    "SUE.SUPPORT": frozenset({Role.SERVICE_SUPPORT}),
}


def account(username: str, *roles: Role) -> User:
    """An account with some roles; with those of the demo where none are named."""
    user, _ = User.objects.get_or_create(username=username)
    user.roles = roles or ROLES.get(username, {Role.READ_WRITE})
    user.save()
    return user


def client_of(user: User) -> Client:
    """A browser at which somebody is signed in."""
    client = Client()
    client.force_login(user)
    return client
