"""RAR days of a requirement: ordered, completed, booked, and added by this booking."""

from dataclasses import dataclass

from booking.journey.answers import Answers
from booking.journey.situation import Situation
from delius.errors import DeliusError
from delius.records import Requirement


@dataclass(frozen=True)
class RarDays:
    """The days of a requirement, as Delius counts them, and those that this booking adds.

    `ordered` is None where Delius has no length in days; `added` where it cannot say which days have a session already.
    """

    ordered: int | None
    completed: int
    booked: int
    added: int | None
    requirement: Requirement | None = None

    @property
    def beyond(self) -> int:
        """How many days past those ordered there would be with this booking; 0 where it is not known."""
        if self.ordered is None or self.added is None:
            return 0
        return max(self.completed + self.booked + self.added - self.ordered, 0)


def rar_days(answers: Answers, situation: Situation) -> RarDays | None:
    """Return the days of the requirement that a session counts towards; None for one that does not count."""
    requirement = answers.requirement
    if not answers.rar or not requirement or not answers.day:
        return None
    wanted = {answers.day, *(answers.repeat_days if answers.repeat_rar else ())}
    days, of = requirement.days, requirement.requirement
    try:
        ahead = situation.rar_days_ahead(requirement)
    except DeliusError:
        return RarDays(days.ordered, days.completed, days.booked, added=None, requirement=of)
    # Counted here and not taken from the case, which may be a minute older than an appointment that we made.
    added = len(wanted - ahead.completed - ahead.booked)
    return RarDays(days.ordered, days.completed, len(ahead.booked), added=added, requirement=of)
