"""The control door: what tests and demonstrations do to the simulator from outside. Answers this machine only."""

from ipaddress import ip_address
from typing import Any

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from delius.simulator.clock import to_instant
from delius.simulator.control_records import blueprint as records
from delius.simulator.datasets import DATASETS
from delius.simulator.errors import Refusal, bad_request
from delius.simulator.faults import ALWAYS, ANY_OPERATION, DEFAULT_SECONDS, DEFAULT_STATUS, KINDS, Fault
from delius.simulator.operations import operation_names
from delius.simulator.requests_read import Body, json_body
from delius.simulator.state import current

blueprint = Blueprint("control", __name__, url_prefix="/control")
blueprint.register_blueprint(records)

LONGEST_TEXT = 4000
SWITCHES = {
    "tokenSeconds": "token_seconds",
    "naiveTimes": "naive_times",
    "returnsExternalReference": "returns_external_reference",
}


@blueprint.before_request
def _only_from_this_machine() -> None:
    if not request.remote_addr or not ip_address(request.remote_addr).is_loopback:
        raise Refusal(403, "The control door answers this machine only")


@blueprint.errorhandler(Refusal)
def _refusal(refusal: Refusal) -> ResponseReturnValue:
    return jsonify(status=refusal.status, message=refusal.reason), refusal.status


@blueprint.get("/health")
def health() -> ResponseReturnValue:
    """Say that the simulator runs, and what time it has."""
    return {"status": "UP", "now": current().clock.now().isoformat()}


@blueprint.post("/reset")
def reset() -> ResponseReturnValue:
    """Start again with a data set: {"dataset": "demo", "now": instant to stand still at, or null for the real time}."""
    body = Body(json_body())
    dataset = body.text("dataset", longest=LONGEST_TEXT) or "demo"
    now = body.date_time("now")
    body.refuse_if_unsound()
    if dataset not in DATASETS:
        raise bad_request(f"There is no data set '{dataset}': there is {', '.join(DATASETS)}")
    current().reset(dataset=dataset, now=to_instant(now) if now else None)
    return health()


@blueprint.put("/clock")
def clock() -> ResponseReturnValue:
    """Freeze the clock at {"now": instant}, or let it run again with {"now": null}."""
    body = Body(json_body())
    now = body.date_time("now")
    body.refuse_if_unsound()
    current().clock.freeze(to_instant(now) if now else None)
    return health()


@blueprint.put("/switches")
def switches() -> ResponseReturnValue:
    """Set the given switches and return them all."""
    state = current()
    for name, value in _object(json_body()).items():
        kind = int if name == "tokenSeconds" else bool
        if name not in SWITCHES or type(value) is not kind:
            raise bad_request(f"'{name}' is not a switch that takes {value!r}")
        setattr(state.switches, SWITCHES[name], value)
    return {name: getattr(state.switches, attribute) for name, attribute in SWITCHES.items()}


@blueprint.put("/nsi-types/<code>")
def nsi_type(code: str) -> ResponseReturnValue:
    """Say whether a type may have several active NSIs: {"allowsActiveDuplicates": true or false}."""
    body = Body(json_body())
    allowed = body.boolean("allowsActiveDuplicates")
    body.refuse_if_unsound()
    if allowed is None:
        raise bad_request("allowsActiveDuplicates is required")
    with current().store.writing() as connection:
        changed = connection.execute(
            "UPDATE nsi_type SET allows_active_duplicates = ? WHERE code = ?", (allowed, code)
        ).rowcount
    if not changed:
        raise Refusal(404, f"There is no NSI type '{code}'")
    return {"code": code, "allowsActiveDuplicates": allowed}


@blueprint.put("/accounts/<username>")
def account(username: str) -> ResponseReturnValue:
    """Change what HMPPS Auth holds of a user: {"roles": "ROLE_…,ROLE_…", "active": true or false}, either or both."""
    body = Body(json_body())
    roles, active = body.text("roles", longest=LONGEST_TEXT), body.boolean("active")
    body.refuse_if_unsound()
    with current().store.writing() as connection:
        changed = connection.execute(
            "UPDATE account SET roles = coalesce(?, roles), active = coalesce(?, active) WHERE username = ?",
            (roles, active, username),
        ).rowcount
    if not changed:
        raise Refusal(404, f"There is no account '{username}'")
    return {"username": username, "roles": roles, "active": active}


@blueprint.post("/faults")
def add_fault() -> ResponseReturnValue:
    """Ask for a fault, once unless `times` is a number or null (until cleared), at each request or by `chance`."""
    wanted = _object(json_body())
    body = Body(wanted)
    operation = body.text("operation", longest=LONGEST_TEXT, required=True) or ""
    kind = body.text("kind", longest=LONGEST_TEXT, required=True) or ""
    operations = {ANY_OPERATION, *operation_names(current_app)}
    if operation not in operations:
        body.note("operation", f"must be one of {', '.join(sorted(operations))}")
    if kind not in KINDS:
        body.note("kind", f"must be one of {', '.join(KINDS)}")
    fault = Fault(
        operation=operation,
        kind=kind,
        status=body.number("status") or DEFAULT_STATUS,
        seconds=body.seconds("seconds", usual=DEFAULT_SECONDS),
        field=body.text("field", longest=LONGEST_TEXT, required=kind == "missing_field") or "",
        times=body.number("times") if "times" in wanted else 1,
        retry_after=body.number("retryAfter"),
        chance=body.share("chance", usual=ALWAYS),
    )
    if fault.times is not None and fault.times < 1:
        body.note("times", "must be at least 1, or null")
    body.refuse_if_unsound()
    current().faults.add(fault)
    return jsonify(current().faults.waiting()), 201


@blueprint.get("/faults")
def list_faults() -> ResponseReturnValue:
    """Return the faults that have yet to happen."""
    return jsonify(current().faults.waiting())


@blueprint.put("/faults/seed")
def seed_faults() -> ResponseReturnValue:
    """Let the chance of faults fall as it fell before with {"seed": number}."""
    body = Body(json_body())
    seed = body.number("seed")
    body.refuse_if_unsound()
    if seed is None:
        raise bad_request("seed is required")
    current().faults.seed(seed)
    return "", 204


@blueprint.get("/faults/happened")
def faults_happened() -> ResponseReturnValue:
    """Return how many requests each kind of fault has spoiled."""
    return jsonify(current().faults.happened())


@blueprint.delete("/faults")
def clear_faults() -> ResponseReturnValue:
    """Forget every fault."""
    current().faults.clear()
    return "", 204


@blueprint.get("/requests")
def list_requests() -> ResponseReturnValue:
    """Return what was asked of the three services, oldest first."""
    return jsonify(current().log.entries())


@blueprint.delete("/requests")
def clear_requests() -> ResponseReturnValue:
    """Forget what was asked."""
    current().log.clear()
    return "", 204


def _object(document: Any) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise bad_request("An object is expected")
    return document
