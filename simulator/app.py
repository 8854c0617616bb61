"""The Flask app: HMPPS Auth, the integration service, Delius's own page and the control door."""

from flask import Flask, jsonify
from flask.json.provider import DefaultJSONProvider
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from simulator import auth, control, pages, spoiling
from simulator.errors import Problem
from simulator.integration import appointments, cases, changes, nsis, reference, service, users
from simulator.state import EXTENSION, State

OPERATIONS = (users, cases, nsis, appointments, reference, changes)


class OrderedJson(DefaultJSONProvider):
    """Answers with fields in the order they were written."""

    sort_keys = False


def create_app(state: State) -> Flask:
    """Return the app that serves this simulator."""
    app = Flask("simulator", static_folder=None)
    app.json = OrderedJson(app)
    app.extensions[EXTENSION] = state
    for blueprint in (auth.blueprint, service.blueprint, control.blueprint, pages.blueprint):
        app.register_blueprint(blueprint)
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(HTTPException, _http_problem)
    spoiling.install(app)
    return app


def _problem(problem: Problem) -> ResponseReturnValue:
    return jsonify(problem.answer), problem.status, {"WWW-Authenticate": "Bearer"} if problem.status == 401 else {}


def _http_problem(problem: HTTPException) -> ResponseReturnValue:
    status = problem.code or 500
    return jsonify(status=status, message=problem.description), status
