"""JSON Patch (RFC 6902) on JSON objects."""

import copy
from typing import Any

from delius.simulator.errors import bad_request


def apply_patch(document: dict[str, Any], patch: Any) -> dict[str, Any]:
    """Return a changed copy of a JSON object. Raises a 400 Refusal for what is no patch, or does not fit the object."""
    if not isinstance(patch, list):
        raise bad_request("Invalid JSON patch document: an array of operations is expected")
    changed = copy.deepcopy(document)
    for operation in patch:
        if not isinstance(operation, dict):
            raise bad_request("Invalid JSON patch document: an operation is an object")
        _apply(changed, operation)
    return changed


def _apply(document: dict[str, Any], operation: dict[str, Any]) -> None:
    name = operation.get("op")
    parent, key = _target(document, operation.get("path"))
    if name in ("add", "replace", "test") and "value" not in operation:
        raise bad_request(f"Invalid JSON patch document: '{name}' needs a value")
    if name in ("replace", "remove", "test") and key not in parent:
        raise bad_request(f"Invalid JSON patch document: no such path '{operation['path']}'")
    match name:
        case "add" | "replace":
            parent[key] = operation["value"]
        case "remove":
            del parent[key]
        case "test":
            if parent[key] != operation["value"]:
                raise bad_request(f"Invalid JSON patch document: the test of '{operation['path']}' failed")
        case _:
            raise bad_request(f"Invalid JSON patch document: operation '{name}' is not supported")


def _target(document: dict[str, Any], path: Any) -> tuple[dict[str, Any], str]:
    if not isinstance(path, str) or not path.startswith("/"):
        raise bad_request(f"Invalid JSON patch document: '{path}' is not a path")
    *parents, key = [part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/")]
    for part in parents:
        inner = document.get(part)
        if not isinstance(inner, dict):
            raise bad_request(f"Invalid JSON patch document: no such path '{path}'")
        document = inner
    return document, key
