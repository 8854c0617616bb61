"""Error reports to Sentry (SENTRY_DSN), scrubbed of personal data by an allow-list."""

from collections.abc import Mapping
from typing import Any, cast

import sentry_sdk
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.types import Event, Hint

from rarbooking.observability.pseudonymisation import pseudonymise_crns

REDACTED = "[hidden]"
# All other fields are dropped: the user, breadcrumbs, extra, the environment, arguments.
ALLOWED_FIELDS = frozenset(
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
ALLOWED_FRAME_FIELDS = frozenset(
    {"filename", "abs_path", "function", "module", "lineno", "pre_context", "context_line", "post_context", "in_app"}
)


def start(*, dsn: str, environment: str, release: str, key: str) -> None:
    """Start reporting uncaught errors. `key` is that of CRN pseudonyms in the log."""

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
        # Log lines are not sent to Sentry.
        integrations=[DjangoIntegration(), LoggingIntegration(level=None, event_level=None, sentry_logs_level=None)],
    )


def scrubbed(event: Mapping[str, Any], *, key: str) -> dict[str, Any]:
    """Return an event with only the allowed fields, and CRNs replaced by pseudonyms.

    The text of an error is redacted, because it may quote user input; its type and stack trace stay.
    """
    report: dict[str, Any] = {name: value for name, value in event.items() if name in ALLOWED_FIELDS}
    if request := event.get("request"):
        report["request"] = {
            "method": request.get("method"),
            "url": str(request.get("url", "")).partition("?")[0],
        }
    if errors := (event.get("exception") or {}).get("values"):
        report["exception"] = {"values": [_error(each) for each in errors]}
    return cast(dict[str, Any], pseudonymise_crns(report, key=key))


def _error(error: Mapping[str, Any]) -> dict[str, Any]:
    frames = (error.get("stacktrace") or {}).get("frames") or []
    return {
        "type": error.get("type"),
        "module": error.get("module"),
        "value": REDACTED,
        "stacktrace": {
            "frames": [{name: value for name, value in each.items() if name in ALLOWED_FRAME_FIELDS} for each in frames]
        },
    }
