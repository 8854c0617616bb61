"""The Flask app: the three services and the control door, over one record system."""

from flask import Flask, jsonify, request
from flask.json.provider import DefaultJSONProvider
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from delius.simulator import auth, community, control, delius_api, health, pages, spoiling
from delius.simulator.state import EXTENSION, State


class OrderedJson(DefaultJSONProvider):
    """Answers with fields in the order they were written."""

    sort_keys = False


def create_app(state: State) -> Flask:
    """Return the app that serves this simulator."""
    app = Flask("delius.simulator")
    app.json = OrderedJson(app)
    app.extensions[EXTENSION] = state
    for module in (auth, community, delius_api, health, control, pages):
        app.register_blueprint(module.blueprint)
    app.register_error_handler(HTTPException, _http_problem)
    spoiling.install(app)
    return app


def _http_problem(problem: HTTPException) -> ResponseReturnValue:
    status = problem.code or 500
    message = problem.description
    if request.path.startswith(delius_api.blueprint.url_prefix or "/delius-api"):
        return jsonify(status=status, userMessage=message, developerMessage=message), status
    return jsonify(status=status, developerMessage=message), status
