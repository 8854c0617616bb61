"""The practitioners of the simulator's data set `caseloads`, and their people: another system's, known by name only."""

PRACTITIONERS = 64
CASELOAD = 16


def username(number: int) -> str:
    """Return the user name of a practitioner, counted from 1."""
    return f"CREW.PRACTITIONER{number}"


def crn(practitioner: int, number: int) -> str:
    """Return the CRN of one of a practitioner's people, both counted from 1."""
    return f"Y{(practitioner - 1) * CASELOAD + number:06d}"
