"""The control API for tests and demonstrations: reset, clock, faults and request log. Loopback only."""

from datetime import datetime
from ipaddress import ip_address
from typing import Annotated

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from simulator.control.records import blueprint as records
from simulator.datasets import DATASETS
from simulator.http.errors import Problem, bad_request, not_found
from simulator.http.operations import operation_names
from simulator.http.request_parsing import Model, parse_body
from simulator.state import current
from simulator.state.clock import to_instant
from simulator.state.faults import ALWAYS, ANY_OPERATION, DEFAULT_SECONDS, DEFAULT_STATUS, Fault, Kind

blueprint = Blueprint("control", __name__, url_prefix="/control")
blueprint.register_blueprint(records)


class Reset(Model):
    """A data set, and the instant to freeze the clock at; None for the real time."""

    dataset: str = "demo"
    now: datetime | None = None


class ClockSet(Model):
    """The instant to freeze the clock at; None to unfreeze it."""

    now: datetime | None = None


class SwitchesSet(Model):
    """The lifetime of tokens in seconds."""

    token_seconds: int


class NsiTypeSet(Model):
    """Changes to an NSI type."""

    allows_duplicates: bool | None = None
    selectable: bool | None = None


class AccountSet(Model):
    """Changes to an account: its comma-separated roles, and whether it is active."""

    roles: str | None = None
    active: bool | None = None


class TextSet(Model):
    """What became of a text, as Notify calls it."""

    status: str


class TextTemplateSet(Model):
    """The words of a template of texts."""

    body: str


class FaultBody(Model):
    """A fault to inject `times` times (once by default), with probability `chance`."""

    operation: str
    kind: Kind
    status: int = DEFAULT_STATUS
    seconds: Annotated[float, Field(ge=0)] = DEFAULT_SECONDS
    field: str = ""
    times: Annotated[int, Field(ge=1)] | None = None
    retry_after: int | None = None
    chance: Annotated[float, Field(gt=0, le=1)] = ALWAYS


class Seed(Model):
    """The seed of the random generator of faults."""

    seed: int


@blueprint.before_request
def _only_from_this_machine() -> None:
    if not request.remote_addr or not ip_address(request.remote_addr).is_loopback:
        raise Problem(403, "The control API answers this machine only")


@blueprint.get("/health")
def health() -> ResponseReturnValue:
    """Health check, with the simulator's time."""
    return {"status": "UP", "now": current().clock.now().isoformat()}


@blueprint.post("/reset")
def reset() -> ResponseReturnValue:
    """Reset with a data set: {"dataset": "demo", "now": instant to freeze the clock at, or null for the real time}."""
    asked = parse_body(Reset)
    if asked.dataset not in DATASETS:
        raise bad_request("dataset", f"There is no data set '{asked.dataset}': there is {', '.join(DATASETS)}")
    current().reset(dataset=asked.dataset, now=to_instant(asked.now) if asked.now else None)
    return health()


@blueprint.put("/clock")
def clock() -> ResponseReturnValue:
    """Freeze the clock at {"now": instant}, or unfreeze it with {"now": null}."""
    now = parse_body(ClockSet).now
    current().clock.freeze(to_instant(now) if now else None)
    return health()


@blueprint.put("/switches")
def switches() -> ResponseReturnValue:
    """Set the lifetime of tokens: {"tokenSeconds": number}."""
    current().switches.token_seconds = parse_body(SwitchesSet).token_seconds
    return {"tokenSeconds": current().switches.token_seconds}


@blueprint.put("/nsi-types/<code>")
def nsi_type(code: str) -> ResponseReturnValue:
    """Change an NSI type: {"allowsDuplicates": true or false, "selectable": true or false}, either or both."""
    asked = parse_body(NsiTypeSet)
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
    """Change an account: {"roles": "ROLE_…,ROLE_…", "active": true or false}, either or both."""
    asked = parse_body(AccountSet)
    with current().store.writing() as connection:
        changed = connection.execute(
            "UPDATE account SET roles = coalesce(?, roles), active = coalesce(?, active) WHERE username = ?",
            (asked.roles, asked.active, username),
        ).rowcount
    if not changed:
        raise not_found("Account", username)
    return {"username": username, **asked.model_dump(by_alias=True)}


@blueprint.get("/texts")
def list_texts() -> ResponseReturnValue:
    """Return the texts that GOV.UK Notify took, oldest first."""
    return jsonify(current().texts.as_list())


@blueprint.put("/texts/<text_id>")
def text(text_id: str) -> ResponseReturnValue:
    """Set what became of a text: {"status": Notify's name of it}."""
    status = parse_body(TextSet).status
    if not current().texts.set_status(text_id, status):
        raise not_found("Text", text_id)
    return {"id": text_id, "status": status}


@blueprint.put("/text-templates/<template_id>")
def text_template(template_id: str) -> ResponseReturnValue:
    """Set the words of a template: {"body": words}."""
    current().texts.templates[template_id] = parse_body(TextTemplateSet).body
    return "", 204


@blueprint.post("/faults")
def add_fault() -> ResponseReturnValue:
    """Add a fault: once unless `times` is a number or null (until cleared), with probability `chance`."""
    asked = parse_body(FaultBody)
    operations = {ANY_OPERATION, *operation_names(current_app)}
    if asked.operation not in operations:
        raise bad_request("operation", f"must be one of {', '.join(sorted(operations))}")
    if asked.kind == "missing_field" and not asked.field:
        raise bad_request("field", "is required")
    given = asked.model_dump()
    if "times" not in (request.get_json() or {}):
        given["times"] = 1
    current().faults.add(Fault(**given))
    return jsonify(current().faults.pending()), 201


@blueprint.get("/faults")
def list_faults() -> ResponseReturnValue:
    """Return the pending faults."""
    return jsonify(current().faults.pending())


@blueprint.put("/faults/seed")
def seed_faults() -> ResponseReturnValue:
    """Seed the random generator of faults with {"seed": number}."""
    current().faults.seed(parse_body(Seed).seed)
    return "", 204


@blueprint.get("/faults/happened")
def faults_happened() -> ResponseReturnValue:
    """Return the number of injected faults by kind."""
    return jsonify(current().faults.counts())


@blueprint.delete("/faults")
def clear_faults() -> ResponseReturnValue:
    """Remove all pending faults."""
    current().faults.clear()
    return "", 204


@blueprint.get("/requests")
def list_requests() -> ResponseReturnValue:
    """Return the request log, oldest first."""
    return jsonify(current().log.entries())


@blueprint.delete("/requests")
def clear_requests() -> ResponseReturnValue:
    """Clear the request log."""
    current().log.clear()
    return "", 204
