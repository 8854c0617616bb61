"""Recording who signed in and out, and who could not."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from audit.events import record


def connect() -> None:
    """Listen to Django's own signals, which every way of signing in sends."""
    user_logged_in.connect(_signed_in, dispatch_uid="audit")
    user_logged_out.connect(_signed_out, dispatch_uid="audit")
    user_login_failed.connect(_refused, dispatch_uid="audit")


def _signed_in(sender: Any, user: Any, **rest: Any) -> None:
    record(what="SIGNED_IN", who=user)


def _signed_out(sender: Any, user: Any, **rest: Any) -> None:
    if user is not None:
        record(what="SIGNED_OUT", who=user)


def _refused(sender: Any, credentials: dict[str, Any], **rest: Any) -> None:
    # What was typed in place of a user name may be a password: it is not kept.
    record(what="SIGN_IN_REFUSED", who=None)
