"""Presenter of the structured facts of a page."""

from collections.abc import Callable
from dataclasses import dataclass

from govuk.formats import counted
from guidance.models import Gender, RiskFlagGuidance, ToolkitGuidance
from guidance.text.structure import NOT_RECORDED


@dataclass(frozen=True)
class Row:
    """A fact: its label and its value."""

    label: str
    value: str

    @property
    def is_recorded(self) -> bool:
        """Whether the fact has a value."""
        return self.value != NOT_RECORDED


def toolkit_rows(page: ToolkitGuidance) -> list[Row]:
    """Return the facts of a toolkit, in a fixed order."""
    return [Row(label, value(page) or NOT_RECORDED) for label, value in TOOLKIT_ROWS]


def flag_rows(page: RiskFlagGuidance) -> list[Row]:
    """Return the facts of a risk flag besides its category."""
    return [Row("Code in Delius", page.code), Row("Suggested review frequency", review_frequency(page.review_months))]


def age_range(page: ToolkitGuidance) -> str:
    """Return the ages a toolkit is for, like *18 and over*; empty where neither limit is recorded."""
    youngest, oldest = page.min_age, page.max_age
    if youngest is not None and oldest is not None:
        return f"{youngest} to {oldest}"
    if youngest is not None:
        return f"{youngest} and over"
    return f"Up to {oldest}" if oldest is not None else ""


def genders(page: ToolkitGuidance) -> str:
    """Return the genders a toolkit is for, like *Men and women*; empty where not recorded."""
    names = [Gender(each).label for each in Gender.values if each in page.genders]
    return names[0] if len(names) == 1 else " and ".join(names).capitalize()


def session_count(page: ToolkitGuidance) -> str:
    """Return the number of sessions, like *5 to 6*; empty where not recorded."""
    fewest, most = page.sessions_min, page.sessions_max
    count = ""
    if fewest and most:
        count = str(fewest) if fewest == most else f"{fewest} to {most}"
    elif fewest:
        count = f"At least {fewest}"
    elif most:
        count = f"Up to {most}"
    if not page.flexible_length:
        return count
    return f"Flexible: {count[:1].lower()}{count[1:]}" if count else "Flexible"


def session_length(page: ToolkitGuidance) -> str:
    """Return the length of a session, like *60 minutes*; empty where not recorded."""
    return counted(page.session_minutes, "minute") if page.session_minutes else ""


def review_frequency(months: int | None) -> str:
    """Return the review frequency of a flag. 0 months means that there is no set period."""
    if months is None:
        return NOT_RECORDED
    if months == 0:
        return "No set period"
    return "Every month" if months == 1 else f"Every {months} months"


def _listed(name: str) -> Callable[[ToolkitGuidance], str]:
    return lambda page: ", ".join(getattr(page, name))


TOOLKIT_ROWS: tuple[tuple[str, Callable[[ToolkitGuidance], str]], ...] = (
    ("Age range", age_range),
    ("Gender", genders),
    ("Offence types", _listed("offence_types")),
    ("Setting", _listed("settings")),
    ("Format", _listed("formats")),
    ("Needs addressed", _listed("needs")),
    ("Number of sessions", session_count),
    ("Length of a session", session_length),
)
