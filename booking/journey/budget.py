"""RAR days as a budget: ordered, completed, booked ahead, and what this booking adds."""

from dataclasses import dataclass

from booking.journey.answers import Answers
from booking.journey.situation import Situation
from delius.errors import DeliusError


@dataclass(frozen=True)
class RarDays:
    """Days with at least one RAR session. `ordered` is None where Delius has no length; `ahead` where it cannot say.

    `added` are the days of this booking that nothing is booked on yet.
    """

    ordered: int | None
    completed: int
    ahead: int | None
    added: int

    @property
    def beyond(self) -> int:
        """How many days past those ordered there would be with this booking; 0 where it is not known."""
        if self.ordered is None or self.ahead is None:
            return 0
        return max(self.completed + self.ahead + self.added - self.ordered, 0)


def rar_days(answers: Answers, situation: Situation) -> RarDays | None:
    """Return the days of the requirement that a session counts towards; None for one that does not count."""
    requirement = answers.requirement
    if not answers.rar or not requirement or not answers.day:
        return None
    days = {answers.day, *(answers.repeat_days if answers.repeat_rar else ())}
    try:
        ahead = situation.rar_days_ahead(requirement)
    except DeliusError:
        return RarDays(requirement.days_ordered, requirement.days_completed, ahead=None, added=len(days))
    return RarDays(requirement.days_ordered, requirement.days_completed, ahead=len(ahead), added=len(days - ahead))
