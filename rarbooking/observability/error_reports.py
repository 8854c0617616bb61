"""Reports of errors to Sentry, where it is set: what went wrong and where in our code, and nothing of anybody."""

from collections.abc import Mapping
from typing import Any, cast

import sentry_sdk
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.types import Event, Hint

from rarbooking.observability.logs import without_crns

HIDDEN = "[hidden]"
# Everything else that an event can hold is left out: the user, breadcrumbs, extra, the environment, arguments.
KEPT = frozenset(
    {
        "event_id",
        "timestamp",
        "level",
        "platform",
        "release",
        "environment",
        "transaction",
        "sdk",
        "type",
    }
)
KEPT_OF_A_FRAME = frozenset(
    {"filename", "abs_path", "function", "module", "lineno", "pre_context", "context_line", "post_context", "in_app"}
)


def start(*, dsn: str, environment: str, release: str, key: str) -> None:
    """Have errors that nothing caught reported. `key` is that of the aliases for CRNs in the log."""

    def before_send(event: Event, hint: Hint) -> Event | None:
        return cast(Event, scrubbed(cast(Mapping[str, Any], event), key=key))

    sentry_sdk.init(
        dsn=dsn,
        environment=environment or None,
        release=release,
        before_send=before_send,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        auto_enabling_integrations=False,
        # The log has its own way out of the house.
        integrations=[DjangoIntegration(), LoggingIntegration(level=None, event_level=None, sentry_logs_level=None)],
    )


def scrubbed(event: Mapping[str, Any], *, key: str) -> dict[str, Any]:
    """Return what of an event may leave the house.

    The text of an error is hidden, because it may quote what somebody typed; its type and its place in the code stay.
    """
    kept: dict[str, Any] = {name: value for name, value in event.items() if name in KEPT}
    if request := event.get("request"):
        kept["request"] = {"method": request.get("method"), "url": str(request.get("url", "")).partition("?")[0]}
    if errors := (event.get("exception") or {}).get("values"):
        kept["exception"] = {"values": [_error(each) for each in errors]}
    return cast(dict[str, Any], without_crns(kept, key=key))


def _error(error: Mapping[str, Any]) -> dict[str, Any]:
    frames = (error.get("stacktrace") or {}).get("frames") or []
    return {
        "type": error.get("type"),
        "module": error.get("module"),
        "value": HIDDEN,
        "stacktrace": {
            "frames": [{name: value for name, value in each.items() if name in KEPT_OF_A_FRAME} for each in frames]
        },
    }
