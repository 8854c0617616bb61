"""The control door: what tests and demonstrations do to the simulator from outside. Answers this machine only."""

from datetime import datetime
from ipaddress import ip_address
from typing import Annotated

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from simulator.clock import to_instant
from simulator.control_records import blueprint as records
from simulator.datasets import DATASETS
from simulator.errors import Problem, not_found, refused
from simulator.faults import ALWAYS, ANY_OPERATION, DEFAULT_SECONDS, DEFAULT_STATUS, Fault, Kind
from simulator.operations import operation_names
from simulator.requests_read import Model, read_body
from simulator.state import current

blueprint = Blueprint("control", __name__, url_prefix="/control")
blueprint.register_blueprint(records)


class Reset(Model):
    """A data set to start again with, and the instant to stand still at; the real time where there is none."""

    dataset: str = "demo"
    now: datetime | None = None


class ClockSet(Model):
    """The instant to stand still at; the clock runs again where there is none."""

    now: datetime | None = None


class SwitchesSet(Model):
    """How many seconds tokens are good for."""

    token_seconds: int


class NsiTypeSet(Model):
    """What is to be changed of an NSI type."""

    allows_duplicates: bool | None = None
    selectable: bool | None = None


class AccountSet(Model):
    """What is to be changed of an account: its roles, separated by commas, and whether it is in use."""

    roles: str | None = None
    active: bool | None = None


class FaultAsked(Model):
    """A fault, once unless `times` says how often; each time unless `chance` is below 1."""

    operation: str
    kind: Kind
    status: int = DEFAULT_STATUS
    seconds: Annotated[float, Field(ge=0)] = DEFAULT_SECONDS
    field: str = ""
    times: Annotated[int, Field(ge=1)] | None = None
    retry_after: int | None = None
    chance: Annotated[float, Field(gt=0, le=1)] = ALWAYS


class Seed(Model):
    """What chance starts from."""

    seed: int


@blueprint.before_request
def _only_from_this_machine() -> None:
    if not request.remote_addr or not ip_address(request.remote_addr).is_loopback:
        raise Problem(403, "The control door answers this machine only")


@blueprint.get("/health")
def health() -> ResponseReturnValue:
    """Say that the simulator runs, and what time it has."""
    return {"status": "UP", "now": current().clock.now().isoformat()}


@blueprint.post("/reset")
def reset() -> ResponseReturnValue:
    """Start again with a data set: {"dataset": "demo", "now": instant to stand still at, or null for the real time}."""
    asked = read_body(Reset)
    if asked.dataset not in DATASETS:
        raise refused("dataset", f"There is no data set '{asked.dataset}': there is {', '.join(DATASETS)}")
    current().reset(dataset=asked.dataset, now=to_instant(asked.now) if asked.now else None)
    return health()


@blueprint.put("/clock")
def clock() -> ResponseReturnValue:
    """Freeze the clock at {"now": instant}, or let it run again with {"now": null}."""
    now = read_body(ClockSet).now
    current().clock.freeze(to_instant(now) if now else None)
    return health()


@blueprint.put("/switches")
def switches() -> ResponseReturnValue:
    """Set how long tokens are good for: {"tokenSeconds": number}."""
    current().switches.token_seconds = read_body(SwitchesSet).token_seconds
    return {"tokenSeconds": current().switches.token_seconds}


@blueprint.put("/nsi-types/<code>")
def nsi_type(code: str) -> ResponseReturnValue:
    """Change an NSI type: {"allowsDuplicates": true or false, "selectable": true or false}, either or both."""
    asked = read_body(NsiTypeSet)
    with current().store.writing() as connection:
        changed = connection.execute(
            "UPDATE nsi_type SET allows_duplicates = coalesce(?, allows_duplicates),"
            " selectable = coalesce(?, selectable) WHERE code = ?",
            (asked.allows_duplicates, asked.selectable, code),
        ).rowcount
    if not changed:
        raise not_found("NSI type", code)
    return {"code": code, **asked.model_dump(by_alias=True)}


@blueprint.put("/accounts/<username>")
def account(username: str) -> ResponseReturnValue:
    """Change what HMPPS Auth holds of a user: {"roles": "ROLE_…,ROLE_…", "active": true or false}, either or both."""
    asked = read_body(AccountSet)
    with current().store.writing() as connection:
        changed = connection.execute(
            "UPDATE account SET roles = coalesce(?, roles), active = coalesce(?, active) WHERE username = ?",
            (asked.roles, asked.active, username),
        ).rowcount
    if not changed:
        raise not_found("Account", username)
    return {"username": username, **asked.model_dump(by_alias=True)}


@blueprint.post("/faults")
def add_fault() -> ResponseReturnValue:
    """Ask for a fault, once unless `times` is a number or null (until cleared), at each request or by `chance`."""
    asked = read_body(FaultAsked)
    operations = {ANY_OPERATION, *operation_names(current_app)}
    if asked.operation not in operations:
        raise refused("operation", f"must be one of {', '.join(sorted(operations))}")
    if asked.kind == "missing_field" and not asked.field:
        raise refused("field", "is required")
    given = asked.model_dump()
    if "times" not in (request.get_json() or {}):
        given["times"] = 1
    current().faults.add(Fault(**given))
    return jsonify(current().faults.waiting()), 201


@blueprint.get("/faults")
def list_faults() -> ResponseReturnValue:
    """Return the faults that have yet to happen."""
    return jsonify(current().faults.waiting())


@blueprint.put("/faults/seed")
def seed_faults() -> ResponseReturnValue:
    """Let the chance of faults fall as it fell before with {"seed": number}."""
    current().faults.seed(read_body(Seed).seed)
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
    """Return what was asked of the services, oldest first."""
    return jsonify(current().log.entries())


@blueprint.delete("/requests")
def clear_requests() -> ResponseReturnValue:
    """Forget what was asked."""
    current().log.clear()
    return "", 204
