"""Tag colours of the categories of risk flags."""

from guidance.models import FlagCategory

COLOURS = {
    FlagCategory.ALERTS: "magenta",
    FlagCategory.SAFEGUARDING: "teal",
    FlagCategory.PUBLIC_PROTECTION: "purple",
    FlagCategory.INFORMATION: "grey",
}


def tag_colour(category: str) -> str:
    """Return the GOV.UK tag colour of a category; grey for an unknown one."""
    return COLOURS.get(FlagCategory(category), "grey") if category in FlagCategory.values else "grey"
