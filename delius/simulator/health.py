"""Health, as Spring Boot services answer it: without a token, for each of the three services."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

blueprint = Blueprint("health", __name__)


@blueprint.get("/auth/health", endpoint="auth_health")
@blueprint.get("/auth/health/ping", endpoint="auth_health")
@blueprint.get("/community-api/health", endpoint="community_health")
@blueprint.get("/community-api/health/ping", endpoint="community_health")
@blueprint.get("/delius-api/health", endpoint="delius_health")
@blueprint.get("/delius-api/health/ping", endpoint="delius_health")
def health() -> ResponseReturnValue:
    """Say that the service runs."""
    return {"status": "UP"}
