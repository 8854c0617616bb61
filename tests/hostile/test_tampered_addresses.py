"""An address of the journey that was tampered with leads nowhere."""

from urllib.parse import quote

import pytest
from django.test import Client

from booking.journey.steps import STEPS
from booking.models import Booking, Draft
from tests.booking.journeys import answer_up_to
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db
CASE = "/cases/X000001/arrange"
TAMPERED = [
    "type%2Fcheck",
    "type%2f..%2fcheck",
    "type%252Fcheck",
    "type%5Ccheck",
    "type/check",
    "type/../check",
    "type//",
    "type/type",
    "..",
    ".",
    "%2e%2e",
    "%2e%2e%2f%2e%2e%2fX000014%2farrange",
    "../../X000014/schedule",
    "type.",
    "type.html",
    "type;jsessionid=1",
    "type%3F",
    "type%23",
    "type%20",
    "%20type",
    "type%0A",
    "type%0D%0AHostile:%201",
    "type%00",
    "%00",
    "type~",
    "type*",
    "TYPE",
    "Type",
    quote("tуpe"),  # the second letter is Cyrillic
    quote("ｔｙｐｅ"),
    quote("ty\u200bpe"),
    quote("\u202etype"),
    quote("type\u0301"),
    quote("notés"),
    "%ff%fe",
    "%ed%a0%80",
    "%c0%ae%c0%ae",
    "-",
    "_",
    "-type",
    "type-",
    "location_not_listed",
    "locationnotlisted",
    "repeat_rar",
    "__class__",
    "constructor",
    "no-such-question",
    "0",
    "1" * 40,
    "a" * 2000,
    "%3Chostile%3E",
]


@pytest.mark.parametrize("slug", TAMPERED)
def test_a_tampered_question_is_not_there_and_keeps_and_books_nothing(
    robin: Client, simulator: Simulator, slug: str
) -> None:
    answer_up_to(robin, "rar")
    before = Draft.objects.values()[0]
    sent = {"type": "CHVS", "rar": "yes", "notes": "x", "answers": Draft.objects.get().fingerprint}
    for answer in (robin.get(f"{CASE}/{slug}/"), robin.post(f"{CASE}/{slug}/", sent)):
        assert answer.status_code in {400, 404}
        assert b"<hostile" not in answer.content
        assert "Hostile" not in answer.headers
    assert Draft.objects.values()[0] == before
    assert not Booking.objects.exists()


@pytest.mark.parametrize("slug", [step.slug for step in STEPS])
def test_an_address_without_its_last_slash_leads_to_the_one_with_it(robin: Client, slug: str) -> None:
    answer = robin.get(f"{CASE}/{slug}?change=1")
    assert (answer.status_code, answer["Location"]) == (301, f"{CASE}/{slug}/?change=1")


@pytest.mark.parametrize("query", ["back=../../X000014", "back=check", "back=//elsewhere.example", "back=javascript:x"])
def test_the_page_to_go_back_to_is_one_of_the_questions(robin: Client, query: str) -> None:
    answer_up_to(robin, "rar")
    page = robin.get(f"{CASE}/rar/?{query}").content.decode()
    assert f'href="{CASE}/type/" class="govuk-back-link"' in page


@pytest.mark.parametrize("crn", ["x000001", "X000001"])
def test_a_crn_is_the_same_in_small_letters(robin: Client, crn: str) -> None:
    robin.post(f"/cases/{crn}/arrange/type/", {"type": "COAP"})
    assert Draft.objects.get().crn == "X000001"


@pytest.mark.parametrize(
    "crn", ["X000001%2F", "X000001%00", "X000001 ", "X00000１", "Ｘ000001", "../X000001", "X000001X"]
)
def test_what_is_nearly_a_crn_is_none(robin: Client, crn: str) -> None:
    for page in ("arrange/", "schedule/", "risk-flags/"):
        assert robin.get(f"/cases/{crn}/{page}").status_code in {400, 404}
