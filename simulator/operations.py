"""What an operation is called: the contract's operationId, which is the name of the endpoint that serves it."""

from flask import Flask

CONTROL = "control"


def operation_of(endpoint: str | None) -> str | None:
    """Return the operation an endpoint serves, or None: the control door's own are none."""
    blueprint, _, name = (endpoint or "").partition(".")
    return name if name and blueprint != CONTROL else None


def operation_names(app: Flask) -> set[str]:
    """Return the names of all operations."""
    return {name for rule in app.url_map.iter_rules() if (name := operation_of(rule.endpoint))}
