"""The people who sign in."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A person with an HMPPS Auth account; `username` is their HMPPS Auth user name, in capitals.

    The row is made at the first sign-in and holds no password.
    """

    class Meta(AbstractUser.Meta):
        db_table = "rarbooking_user"
