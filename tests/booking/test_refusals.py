"""What Delius refuses is told in words that a practitioner can act on."""

import re

import pytest

from booking.journey.steps import STEPS
from booking.services.delivery.refusals import OTHER, refusal
from delius.errors import Conflict, ConflictReason, LimitedAccess, NotFound, Refused, RefusedField
from tests.delius.values import a_new_nsi, a_phone_call

STEPS_BY_SLUG = {step.slug for step in STEPS}
OF_AN_NSI = sorted(a_new_nsi(sub_type_code="SUB", length=1, notes="N").to_json())
OF_AN_APPOINTMENT = sorted(a_phone_call(nsi_id=1, office_code="N90HAR", notes="N").to_json())
CODES = re.compile(r"[A-Z]{3,}|[a-z][A-Z]|\d")


def refused(field: str) -> Refused:
    return Refused("typeCode CODE1 is not allowed", [RefusedField(field, "unknown", "CODE1 is not in TEAM2")])


@pytest.mark.parametrize(
    ("field", "of_nsi"), [*((name, True) for name in OF_AN_NSI), *((name, False) for name in OF_AN_APPOINTMENT)]
)
def test_whatever_field_is_refused_the_reason_is_in_words_without_codes(field: str, of_nsi: bool) -> None:
    told = refusal(refused(field), of_nsi=of_nsi)
    assert told["reason"].endswith(".")
    assert not CODES.search(told["reason"].replace("RAR", ""))
    assert told["refused_step"] in {"", *STEPS_BY_SLUG}


@pytest.mark.parametrize(
    ("field", "of_nsi", "step"),
    [
        ("typeCode", False, "type"),
        ("typeCode", True, "toolkit"),
        ("officeCode", False, "where"),
        ("start", False, "when"),
        ("end", False, "when"),
        ("notes", False, "notes"),
        ("requirementId", True, "rar"),
        ("referralDate", True, "rar"),
        ("manager.teamCode", False, "team"),
    ],
)
def test_the_answer_to_change_is_that_to_the_question_about_the_field(field: str, of_nsi: bool, step: str) -> None:
    assert refusal(refused(field), of_nsi=of_nsi)["refused_step"] == step


def test_a_field_that_nobody_knows_leads_to_no_question() -> None:
    assert refusal(refused("moonPhase"), of_nsi=False) == {"reason": OTHER, "refused_step": ""}
    assert refusal(Refused(), of_nsi=False) == {"reason": OTHER, "refused_step": ""}


@pytest.mark.parametrize(
    "answer",
    [
        NotFound("putNsi"),
        LimitedAccess("CODE1: you are excluded"),
        Conflict(ConflictReason.OVERLAP),
        Conflict(ConflictReason.REFERENCE_SPENT),
    ],
    ids=lambda answer: str(answer),
)
def test_every_other_no_is_told_in_words_too(answer: NotFound | LimitedAccess | Conflict) -> None:
    assert not CODES.search(refusal(answer, of_nsi=False)["reason"])
