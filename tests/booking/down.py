"""Opening circuits, as they open where a service does not answer for a while."""

from django.conf import settings

from delius.http import circuit_breaker
from delius.upstream import Service


def open_circuits(*services: Service) -> None:
    """Have each service fail as often as it takes; nothing is sent to it from then on."""
    for service in services:
        for _ in range(settings.DELIUS_CIRCUIT_FAILURES):
            with circuit_breaker.request(service, "test") as result:
                result.no_answer()
        assert circuit_breaker.states()[service] == "open"
