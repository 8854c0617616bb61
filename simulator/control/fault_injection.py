"""Fault injection and request logging around every request."""

import json
import time
from typing import Any

from flask import Flask, Response, g, request

from simulator.auth.tokens import bearer_claims, expire_bearer_token
from simulator.http.operations import operation_of
from simulator.http.server import DROP
from simulator.state import current
from simulator.state.faults import Fault, InjectedFaults, without_field

SECRET_FIELDS = {"code", "code_verifier", "refresh_token", "client_secret"}
GATEWAY_TIMEOUT = 504


def install(app: Flask) -> None:
    """Register the hooks of an app. Requests of the control API are excepted."""
    app.before_request(_before)
    app.after_request(_after)


def _before() -> Response | None:
    operation = operation_of(request.endpoint)
    if operation is None:
        return None
    g.began = time.perf_counter()
    g.injected = current().faults.take(operation)
    claims = bearer_claims() or {}
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
    injected: InjectedFaults = g.injected
    if injected.delay_seconds and not _delay(injected.delay_seconds):
        return _dropped()
    return _fault_response(injected.fault) if injected.fault else None


def _delay(seconds: float) -> bool:
    """Delay the request; return False if the simulator was reset meanwhile, so that it cannot touch the new records."""
    resets = current().resets
    time.sleep(seconds)
    return current().resets == resets


def _sent_body() -> Any:
    if request.is_json:
        return request.get_json(force=True, silent=True)
    return {name: value for name, value in request.form.items() if name not in SECRET_FIELDS} or None


def _fault_response(fault: Fault) -> Response | None:
    """Return a response in place of the operation, or None to carry it out."""
    match fault.kind:
        case "status":
            return _error(fault.status, retry_after=fault.retry_after)
        case "drop_before":
            return _dropped()
        case "timeout_before":
            time.sleep(fault.seconds)
            return _error(GATEWAY_TIMEOUT)
        case "expire_token":
            expire_bearer_token()
    return None


def _after(response: Response) -> Response:
    injected: InjectedFaults | None = g.get("injected")
    if injected is None:
        return response
    if injected.fault:
        response = _with_fault(response, injected.fault)
    g.entry["status"] = None if request.environ[DROP].is_set() else response.status_code
    g.entry["milliseconds"] = round((time.perf_counter() - g.began) * 1000, 1)
    return response


def _with_fault(response: Response, fault: Fault) -> Response:
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
