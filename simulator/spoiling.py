"""Carries out the faults that were asked for, and keeps the log of requests."""

import json
import time
from typing import Any

from flask import Flask, Response, g, request

from simulator.faults import Fault, Trouble, without_field
from simulator.operations import operation_of
from simulator.server import DROP
from simulator.state import current
from simulator.tokens import expire_presented_token, presented_claims

SECRET_FIELDS = {"code", "code_verifier", "refresh_token", "client_secret"}
GATEWAY_TIMEOUT = 504


def install(app: Flask) -> None:
    """Let faults spoil the app's requests, those of the control door excepted."""
    app.before_request(_before)
    app.after_request(_after)


def _before() -> Response | None:
    operation = operation_of(request.endpoint)
    if operation is None:
        return None
    g.began = time.perf_counter()
    g.trouble = current().faults.take(operation)
    claims = presented_claims() or {}
    g.entry = current().log.add(
        {
            "method": request.method,
            "operation": operation,
            "path": request.path,
            "query": {name: values if len(values) > 1 else values[0] for name, values in request.args.lists()},
            "contentType": request.mimetype,
            "body": _sent_body(),
            "status": None,
            "milliseconds": None,
            "correlationId": request.headers.get("X-Correlation-Id"),
            "username": claims.get("user_name"),
        }
    )
    trouble: Trouble = g.trouble
    if trouble.delay_seconds and not _slept_undisturbed(trouble.delay_seconds):
        return _dropped()
    return _instead(trouble.fault) if trouble.fault else None


def _slept_undisturbed(seconds: float) -> bool:
    """Hold the request; return False where the simulator was reset meanwhile: it must not touch the new records."""
    resets = current().resets
    time.sleep(seconds)
    return current().resets == resets


def _sent_body() -> Any:
    if request.is_json:
        return request.get_json(force=True, silent=True)
    return {name: value for name, value in request.form.items() if name not in SECRET_FIELDS} or None


def _instead(fault: Fault) -> Response | None:
    """Return an answer that keeps the operation from happening, or None to let it happen."""
    match fault.kind:
        case "status":
            return _error(fault.status, retry_after=fault.retry_after)
        case "drop_before":
            return _dropped()
        case "timeout_before":
            time.sleep(fault.seconds)
            return _error(GATEWAY_TIMEOUT)
        case "expire_token":
            expire_presented_token()
    return None


def _after(response: Response) -> Response:
    trouble: Trouble | None = g.get("trouble")
    if trouble is None:
        return response
    if trouble.fault:
        response = _spoiled(response, trouble.fault)
    g.entry["status"] = None if request.environ[DROP].is_set() else response.status_code
    g.entry["milliseconds"] = round((time.perf_counter() - g.began) * 1000, 1)
    return response


def _spoiled(response: Response, fault: Fault) -> Response:
    match fault.kind:
        case "status_after":
            return _error(fault.status, retry_after=fault.retry_after)
        case "drop_after":
            return _dropped()
        case "timeout_after":
            time.sleep(fault.seconds)
        case "malformed":
            response.set_data(response.get_data()[: len(response.get_data()) // 2])
        case "missing_field" if response.is_json:
            response.set_data(json.dumps(without_field(response.get_json(), fault.field.split("."))))
    return response


def _error(status: int, *, retry_after: int | None = None) -> Response:
    body = {"status": status, "message": "A fault was asked for"}
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Response(json.dumps(body), status=status, mimetype="application/json", headers=headers)


def _dropped() -> Response:
    request.environ[DROP].set()
    return Response(status=GATEWAY_TIMEOUT)
