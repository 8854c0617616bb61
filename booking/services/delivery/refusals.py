"""Refusals by Delius in plain words, with the question whose answer to change."""

from typing import Any

from delius.errors import Conflict, ConflictReason, LimitedAccess, NotFound, Refused

OVERLAPS = "There is another appointment at this time."
DELETED = "This appointment was saved and has since been deleted in Delius. Arrange it again if it is still needed."
NOT_ALLOWED = "Your Delius account is not allowed to record this for this person."
NO_LONGER_THERE = "Delius no longer has the sentence or requirement this was for."
OTHER = "Delius did not accept this appointment."

CLOSED = "The toolkit record this was to be added to has ended in Delius."
_TOOLKIT = "This toolkit is not set up as Delius expects it. Tell the support team of this service."
_TEAM = "Delius does not let you record appointments for this team."
# By the field of the contract in the refusal: the reason, and the question whose answer to change.
_BY_FIELD: dict[str, tuple[str, str]] = {
    "typeCode": ("This type of appointment cannot be recorded here in Delius.", "type"),
    "nsiId": ("This type of appointment cannot be used with this toolkit.", "type"),
    "officeCode": ("Delius does not accept this location for this type of appointment and team.", "where"),
    "start": ("Delius does not accept this date and time.", "when"),
    "end": ("Delius does not accept this date and time.", "when"),
    "notes": ("The notes are too long for Delius.", "notes"),
    "requirementId": ("The RAR requirement does not allow this toolkit, or is no longer in force.", "rar"),
    "countsTowardsRar": ("The RAR requirement is no longer in force.", "rar"),
    "referralDate": (
        "Delius has a referral date in the future for this sentence, so a RAR toolkit cannot be recorded on it yet.",
        "rar",
    ),
    "subTypeCode": (_TOOLKIT, "toolkit"),
    "statusCode": (_TOOLKIT, "toolkit"),
    "length": (_TOOLKIT, "toolkit"),
    "manager": (_TEAM, "team"),
}
_BY_CONFLICT: dict[ConflictReason, tuple[str, str]] = {
    ConflictReason.OVERLAP: (OVERLAPS, "when"),
    ConflictReason.REFERENCE_SPENT: (DELETED, ""),
    ConflictReason.NSI_CLOSED: (CLOSED, ""),
}


def refusal(answer: Refused | Conflict | LimitedAccess | NotFound, *, of_nsi: bool) -> dict[str, Any]:
    """Return the fields of a booking that say why it was refused: `reason`, and `refused_step` where one is known.

    `of_nsi` says that the NSI was refused and not the appointment: both have a type code.
    """
    if isinstance(answer, Conflict):
        reason, step = _BY_CONFLICT.get(answer.reason, (OTHER, ""))
        return {"reason": reason, "refused_step": step}
    if isinstance(answer, LimitedAccess):
        return {"reason": NOT_ALLOWED}
    if isinstance(answer, NotFound):
        return {"reason": NO_LONGER_THERE}
    # A field inside another, such as manager.teamCode, is known by the outer one.
    by_field = {**_BY_FIELD, "typeCode": (_TOOLKIT, "toolkit")} if of_nsi else _BY_FIELD
    known = (by_field.get(each.field.split(".")[0]) for each in answer.fields)
    reason, step = next(filter(None, known), (OTHER, ""))
    return {"reason": reason, "refused_step": step}
