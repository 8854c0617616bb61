"""Operation names: the contract's operationIds, which are the names of the Flask endpoints."""

from flask import Flask

CONTROL = "control"


def operation_of(endpoint: str | None) -> str | None:
    """Return the operation of an endpoint, None for those of the control API."""
    blueprint, _, name = (endpoint or "").partition(".")
    return name if name and blueprint != CONTROL else None


def operation_names(app: Flask) -> set[str]:
    """Return the names of all operations."""
    return {name for rule in app.url_map.iter_rules() if (name := operation_of(rule.endpoint))}
