"""What Delius refuses is told in words that a practitioner can act on."""

import re
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from booking.journey.steps import STEPS
from booking.models import Booking
from booking.presenters.outcome import ANSWERS
from booking.services.delivery.refusals import OTHER, refusal
from delius.errors import Conflict, ConflictReason, LimitedAccess, NotFound, Refused, RefusedField
from tests.booking.journeys import answer_all, press
from tests.delius.values import a_new_nsi, a_phone_call
from tests.simulator_process import Simulator

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
    assert not told["refused_step"] or told["refused_step"] in ANSWERS


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
        Conflict(ConflictReason.NSI_CLOSED),
        Conflict(ConflictReason.CHANGED),
    ],
    ids=lambda answer: str(answer),
)
def test_every_other_no_is_told_in_words_too(answer: NotFound | LimitedAccess | Conflict) -> None:
    assert not CODES.search(refusal(answer, of_nsi=False)["reason"])


@pytest.mark.django_db
@pytest.mark.parametrize("step", sorted(ANSWERS))
@pytest.mark.parametrize("user", ["ROBIN.SAMPLE", "JO.PLACEHOLDER"])
def test_the_link_of_a_refusal_leads_to_a_question_that_is_asked_of_this_person(
    signed_in: Callable[[str], Client], simulator: Simulator, user: str, step: str
) -> None:
    client, crn = signed_in(user), {"ROBIN.SAMPLE": "X000001", "JO.PLACEHOLDER": "X000014"}[user]
    answer_all(client, crn=crn, type="COPT")
    simulator.change_nsi_type("TKDEV", selectable=False)
    simulator.change_nsi_type("NAT1", selectable=False)
    address = press(client, crn=crn)["Location"]
    Booking.objects.update(refused_step=step)
    page = client.get(address).content.decode()
    assert "This appointment was not arranged" in page
    links = re.findall(r'href="([^"]+change=1)">Change ', page)
    assert len(links) == (0 if step == "team" else 1)
    for link in links:
        assert client.get(link).status_code == 200


@pytest.mark.django_db
def test_a_refusal_can_be_read_while_delius_does_not_answer_what_is_asked(robin: Client, simulator: Simulator) -> None:
    answer_all(robin)
    simulator.change_nsi_type("TKDEV", selectable=False)
    address = press(robin)["Location"]
    cache.clear()
    simulator.fault("getAppointmentTypes", "status", status=503, times=20)
    page = robin.get(address)
    assert page.status_code == 200
    assert "This toolkit is not set up as Delius expects it." in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("refused", "question", "words"),
    [
        ("notes", "notes", "Change an answer and arrange it"),
        ("when", "when", "Arrange it for another time"),
        ("", "when", "Arrange it for another time"),
    ],
)
def test_one_of_several_that_was_refused_is_arranged_again_from_the_answer_that_was(
    robin: Client, refused: str, question: str, words: str
) -> None:
    answer_all(robin)
    press(robin)
    booking = Booking.objects.get()
    Booking.objects.update(state="refused", series_id=booking.id, refused_step=refused, reason="Told in words.")
    address = f"/cases/X000001/appointments/{booking.id}/"
    assert words in robin.get(address).content.decode()
    assert robin.post(f"{address}again/")["Location"] == f"/cases/X000001/arrange/{question}/?change=1"
