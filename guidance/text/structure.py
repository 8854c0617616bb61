"""The structure of guidance pages: their facts and sections, in order.

The single source for pages, comparison, admin, search, files and quality checks.
"""

from dataclasses import dataclass

NOT_RECORDED = "Not recorded yet"


@dataclass(frozen=True)
class Fact:
    """A structured field: its label on the page, and the hint for authors."""

    field: str
    label: str
    hint: str


@dataclass(frozen=True)
class Section:
    """A field of prose: its heading on the page, and the hint for authors."""

    field: str
    heading: str
    hint: str

    @property
    def anchor(self) -> str:
        """Return the section's fragment id."""
        return self.field.replace("_", "-")


TOOLKIT_FACTS = (
    Fact("min_age", "Youngest age", "In years. Leave empty if there is no lower limit."),
    Fact("max_age", "Oldest age", "In years. Leave empty if there is no upper limit."),
    Fact("genders", "Gender", "Leave empty if it is not known who the toolkit is for."),
    Fact("offence_types", "Offence types", "One on each line, like Sexual offences."),
    Fact("settings", "Setting", "Where the toolkit is used."),
    Fact("formats", "Format", "How the sessions are held."),
    Fact("needs", "Needs addressed", "One on each line, like Alcohol use. Use the words of other pages where you can."),
    Fact("sessions_min", "Fewest sessions", "Leave empty if it is not known."),
    Fact("sessions_max", "Most sessions", "Leave empty if there is no upper limit."),
    Fact("session_minutes", "Length of a session", "In minutes."),
    Fact("flexible_length", "Flexible", "The number of sessions depends on the person."),
)

TOOLKIT_SECTIONS = (
    Section("who_for", "Who it is for", "Say who benefits most. Age, gender and offence types have fields above."),
    Section("who_not_for", "Who it is not for", "Say when to choose something else, and what."),
    Section("covers", "What it covers", "What happens in the sessions, and in what order."),
    Section("outcomes", "Outcomes", "What the person can do or understands afterwards."),
    Section(
        "sessions", "Number and length of sessions", "What the numbers above do not say, like sessions one may skip."
    ),
    Section(
        "before_you_start",
        "Before you start",
        "Assessments to look at, programmes to have been considered, and risk to think about.",
    ),
    Section("recording", "How to record it in Delius", "What this service does, and what to do elsewhere."),
    Section("materials", "Materials", "Links into EQuiP."),
    Section("contact", "Contact", "A team or shared mailbox rather than one person."),
)

FLAG_FACTS = (
    Fact("code", "Code", "The code of the register type in Delius, like ALAN."),
    Fact("category", "Category", "This decides the colour of the flag's tag."),
    Fact("review_months", "Suggested review frequency", "In months. 0 means that there is no set period."),
)

FLAG_SECTIONS = (
    Section("purpose", "Purpose", "What the flag tells people who open the record."),
    Section("when_to_use", "When to use it", "When to add the flag, and when not to."),
    Section("reviewing", "Reviewing it", "What to look at in a review."),
    Section("at_termination", "At termination", "Whether the flag stays or is removed, and why."),
    Section("links", "Links", "Pages with more about this, outside this service."),
)
