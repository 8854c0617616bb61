"""The Flask app: HMPPS Auth, the integration service, GOV.UK Notify, the contact log and the control API."""

from flask import Flask, jsonify
from flask.json.provider import DefaultJSONProvider
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from simulator import contact_log, notify
from simulator.auth import endpoints as auth
from simulator.control import endpoints as control
from simulator.control import fault_injection
from simulator.http.errors import Problem
from simulator.integration import appointments, cases, changes, nsis, reference, service, users
from simulator.state import EXTENSION, State

OPERATIONS = (users, cases, nsis, appointments, reference, changes)


class OrderedJson(DefaultJSONProvider):
    """JSON provider that preserves the order of fields."""

    sort_keys = False


def create_app(state: State) -> Flask:
    """Return the app of a simulator."""
    app = Flask("simulator", static_folder=None)
    app.json = OrderedJson(app)
    app.extensions[EXTENSION] = state
    for blueprint in (auth.blueprint, service.blueprint, notify.blueprint, control.blueprint, contact_log.blueprint):
        app.register_blueprint(blueprint)
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(HTTPException, _http_problem)
    fault_injection.install(app)
    return app


def _problem(problem: Problem) -> ResponseReturnValue:
    return jsonify(problem.body), problem.status, {"WWW-Authenticate": "Bearer"} if problem.status == 401 else {}


def _http_problem(problem: HTTPException) -> ResponseReturnValue:
    status = problem.code or 500
    return jsonify(status=status, message=problem.description), status
