"""Error messages of pages that the user was redirected to."""

CLASH = "clash"
ORDER = "order"
CHANGED = "changed"
NOT_ASKED = "not-asked"
NOT_SENT = "not-sent"


def step_problem(kind: str, *, first_name: str) -> str:
    """Return the message on a question: a CLASH with another appointment, or unanswered questions (ORDER)."""
    return {
        CLASH: f"{first_name} already has an appointment at this time. Enter a different date or time",
        ORDER: "Answer this question first. The page you asked for comes after it",
    }.get(kind, "")


def check_problem(kind: str, *, first_name: str) -> str:
    """Return the message on *Check your answers*.

    A CLASH with another appointment, answers CHANGED elsewhere, a question NOT_ASKED, or NOT_SENT to Delius.
    """
    return {
        CLASH: f"{first_name} already has an appointment at this time. Change the date or time, or arrange it anyway",
        NOT_SENT: "The appointment was not confirmed because Delius is not answering. Nothing was sent. "
        "Try again later",
        CHANGED: "Your answers were changed in another tab. Check them and confirm again",
        NOT_ASKED: "The page you asked for is not needed for this appointment. Check your answers here",
    }.get(kind, "")
