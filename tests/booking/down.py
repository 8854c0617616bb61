"""Having services left alone, as they are after they did not answer for a while."""

from django.conf import settings

from delius import breakers
from delius.services import Service


def leave_alone(*services: Service) -> None:
    """Have each service fail as often as it takes; nothing is sent to it from then on."""
    for service in services:
        for _ in range(settings.DELIUS_BREAKER_FAILURES):
            with breakers.request(service, "test") as result:
                result.no_answer()
        assert breakers.states()[service] == "open"
