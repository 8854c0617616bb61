"""What is pasted into the journey and the search from other programs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.models import Draft
from tests.booking.journeys import answer_all, answer_up_to, day_in, sent_by_the_page_of
from tests.booking.test_bad_input import errors_in
from tests.booking.test_case_list import crns, looking_for
from tests.booking.test_confirming import visits
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db
CASE = "/cases/X000001/arrange"
LONGEST = 4000


@pytest.mark.parametrize("soft_break", ["\x0b", "\u2028", "\x85", "\r"])
def test_a_line_break_of_another_program_arrives_in_delius_as_one(
    robin: Client, simulator: Simulator, soft_break: str
) -> None:
    answer_all(robin, notes=f"Bring the workbook{soft_break}and\xa0a pen")
    robin.post(f"{CASE}/check/", sent_by_the_page_of(Draft.objects.get()))
    assert [each["notes"] for each in visits(simulator)] == ["Bring the workbook\nand a pen"]


def test_what_nobody_sees_does_not_spoil_a_date_or_a_time(robin: Client) -> None:
    answer_up_to(robin, "when")
    typed = {
        name: f"\u200b{value}\xa0" for name, value in (day_in(7) | {"start_time": "9am", "end_time": "10am"}).items()
    }
    assert robin.post(f"{CASE}/when/", typed)["Location"] == f"{CASE}/repeat/"
    assert Draft.objects.get().answers["when"] == day_in(7) | {"start_time": "9am", "end_time": "10am"}


def test_what_nobody_sees_does_not_spoil_a_number(robin: Client) -> None:
    answer_up_to(robin, "repeat")
    answer = robin.post(f"{CASE}/repeat/", {"repeat": "yes", "frequency": "week", "number": "\ufeff2\u202f"})
    assert answer["Location"] == f"{CASE}/dates/"


@pytest.mark.parametrize(
    "pasted", ["CRN X000002", "X 000002", "x000002\u200b", "X000002\r\n", "\xa0X000002", "Clara Fixture (X000002)"]
)
def test_a_person_is_found_by_their_crn_however_it_is_pasted(robin: Client, pasted: str) -> None:
    assert crns(looking_for(robin, pasted).content.decode()) == ["X000002"]


@pytest.mark.parametrize("pasted", ["CRN X000001", "X 000001", "x000001\u200b"])
def test_somebody_elses_case_is_found_by_its_crn_however_it_is_pasted(
    signed_in: Callable[[str], Client], pasted: str
) -> None:
    answer = looking_for(signed_in("TERRY.TWOTEAMS"), pasted)
    assert answer["Location"].startswith("/cases/X000001/")


@pytest.mark.parametrize(
    ("typed", "crn"),
    [
        ("Sian", "X000021"),
        ("Siân", "X000021"),
        ("Sia\u0302n", "X000021"),
        ("O’Invent", "X000021"),
        ("O'Invent", "X000021"),
        ("OInvent", "X000021"),
        ("O\u200bInvent", "X000021"),
        ("Shan", "X000021"),
        ("Example, Brian", "X000001"),
        ("Jacko", "X000009"),
        ("aberg asa", "X000022"),
    ],
)
def test_a_person_is_found_by_their_name_however_it_is_written(robin: Client, typed: str, crn: str) -> None:
    assert crns(looking_for(robin, typed).content.decode()) == [crn]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_name_is_found_with_any_case_accents_and_unseen_characters(robin: Client, data: st.DataObject) -> None:
    typed = "".join(
        data.draw(st.sampled_from([letter, letter.upper(), f"{letter}\u0301", f"\u200b{letter}"])) for letter in "gita"
    )
    assert crns(looking_for(robin, f"{typed}\xa0Twosentence").content.decode()) == ["X000006"]


def test_a_surname_with_an_accent_stands_where_people_look_for_it(robin: Client) -> None:
    shown = crns(robin.get("/").content.decode())
    assert shown.index("X000022") < shown.index("X000001")


@pytest.mark.parametrize("notes", ["n" * 3998 + "😀", ("n" * 99 + "\r\n") * 40, "n\u200b" * LONGEST])
def test_notes_of_as_many_characters_as_delius_takes_are_arranged(
    robin: Client, simulator: Simulator, notes: str
) -> None:
    answer_all(robin, notes=notes)
    robin.post(f"{CASE}/check/", sent_by_the_page_of(Draft.objects.get()))
    assert len(visits(simulator)) == 1


def test_notes_that_an_emoji_makes_too_long_for_delius_are_refused_and_kept(robin: Client) -> None:
    answer_up_to(robin, "notes")
    answer: Any = robin.post(f"{CASE}/notes/", {"notes": "n" * 3999 + "😀"})
    assert errors_in(answer) == ["Appointment notes must be 4,000 characters or fewer"]
    assert "n" * 3999 + "😀" in answer.content.decode()
