"""Audit events of sign-in, sign-out and refused passwords."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from audit.events import record


def connect() -> None:
    """Connect to Django's authentication signals."""
    user_logged_in.connect(_signed_in, dispatch_uid="audit")
    user_logged_out.connect(_signed_out, dispatch_uid="audit")
    user_login_failed.connect(_login_failed, dispatch_uid="audit")


def _signed_in(sender: Any, user: Any, **rest: Any) -> None:
    record(what="SIGNED_IN", who=user)


def _signed_out(sender: Any, user: Any, **rest: Any) -> None:
    if user is not None:
        record(what="SIGNED_OUT", who=user)


def _login_failed(sender: Any, credentials: dict[str, Any], **rest: Any) -> None:
    # The user name is not recorded: a password may have been typed there.
    record(what="SIGN_IN_REFUSED", who=None)
