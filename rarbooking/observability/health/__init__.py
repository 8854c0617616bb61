"""Health endpoints: liveness, readiness, health of dependencies, build info."""
