"""A session that ends while somebody is answering costs them nothing that they typed."""

from collections.abc import Callable

import pytest
from django.test import Client

from booking.models import Booking, Draft
from rarbooking.models import Session
from tests.booking.journeys import ORDER, answer_all, answer_up_to, sent_by_the_page_of, typed
from tests.booking.test_bad_input import errors_in
from tests.people import account
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db
CASE = "/cases/X000001/arrange"
BANNER = "You had to sign in again before this answer was saved"


def owner_on(page: str) -> str:
    return page.split('name="typed_by" value="')[1].split('"')[0]


def sign_out_meanwhile() -> None:
    Session.objects.all().delete()


def sign_in_again(client: Client, username: str = "ROBIN.SAMPLE") -> None:
    """Sign in at the same browser, as the callback does: what the nameless session held is carried over."""
    client.force_login(account(username))


@pytest.mark.parametrize("step", ORDER)
def test_what_was_typed_after_the_session_ended_is_on_the_page_after_signing_in_again(robin: Client, step: str) -> None:
    answer_up_to(robin, step)
    answers = typed(notes="Bring the workbook")[step]
    mark = owner_on(robin.get(f"{CASE}/{step}/").content.decode())
    sign_out_meanwhile()
    answer = robin.post(f"{CASE}/{step}/", {**answers, "typed_by": mark})
    assert answer["Location"] == f"/sign-in/?next={CASE}/{step}/"
    sign_in_again(robin)
    page = robin.get(f"{CASE}/{step}/").content.decode()
    assert BANNER in page
    for value in filter(None, answers.values()):
        assert value in page
    assert not Draft.objects.filter(answers__has_key=step).exists()
    assert robin.post(f"{CASE}/{step}/", answers).status_code == 302
    assert step in Draft.objects.get().answers
    assert BANNER not in robin.get(f"{CASE}/{step}/").content.decode()


def test_the_answers_before_are_kept_too(robin: Client) -> None:
    answer_up_to(robin, "sensitive", notes="Bring the workbook")
    sign_out_meanwhile()
    sign_in_again(robin)
    assert "Bring the workbook" in robin.get(f"{CASE}/notes/").content.decode()
    assert robin.get(f"{CASE}/")["Location"] == f"{CASE}/sensitive/"


def test_what_was_typed_wrongly_comes_back_with_its_error(robin: Client) -> None:
    answer_up_to(robin, "when")
    mark = owner_on(robin.get(f"{CASE}/when/").content.decode())
    sign_out_meanwhile()
    robin.post(f"{CASE}/when/", {"date_day": "31", "date_month": "6", "date_year": "2030", "typed_by": mark})
    sign_in_again(robin)
    assert "Date must be a real date, like 27 3 2027" in errors_in(robin.get(f"{CASE}/when/"))


def test_nobody_else_who_signs_in_at_the_same_browser_is_shown_it(robin: Client) -> None:
    answer_up_to(robin, "notes")
    mark = owner_on(robin.get(f"{CASE}/notes/").content.decode())
    sign_out_meanwhile()
    robin.post(f"{CASE}/notes/", {"notes": "Only Robin wrote this", "typed_by": mark})
    sign_in_again(robin, "TERRY.TWOTEAMS")
    answer_up_to_notes = robin.get(f"{CASE}/notes/", follow=True).content.decode()
    assert "Only Robin wrote this" not in answer_up_to_notes
    assert BANNER not in answer_up_to_notes


@pytest.mark.parametrize("mark", ["", "forged", "ImZvcmdlZCI:1abc:def"])
def test_what_does_not_come_from_a_page_of_ours_is_not_kept(robin: Client, mark: str) -> None:
    answer_up_to(robin, "notes")
    sign_out_meanwhile()
    robin.post(f"{CASE}/notes/", {"notes": "From somewhere else", "typed_by": mark})
    sign_in_again(robin)
    assert "From somewhere else" not in robin.get(f"{CASE}/notes/").content.decode()


def test_more_than_any_question_takes_is_not_kept(robin: Client) -> None:
    answer_up_to(robin, "notes")
    mark = owner_on(robin.get(f"{CASE}/notes/").content.decode())
    sign_out_meanwhile()
    robin.post(f"{CASE}/notes/", {"notes": "n" * 20_001, "typed_by": mark})
    assert all("n" * 100 not in str(each.get_decoded()) for each in Session.objects.all())


def test_confirming_after_the_session_ended_books_nothing_and_leads_back_to_the_answers(
    robin: Client, simulator: Simulator
) -> None:
    answer_all(robin)
    sent = sent_by_the_page_of(Draft.objects.get())
    sign_out_meanwhile()
    address = f"http://testserver{CASE}/check/"
    answer = robin.post(f"{CASE}/check/", sent, headers={"Referer": address})
    assert answer["Location"] == f"/sign-in/?next={CASE}/check/"
    assert not Booking.objects.exists()
    sign_in_again(robin)
    assert robin.get(f"{CASE}/check/").status_code == 200


@pytest.mark.parametrize("referer", ["", "https://elsewhere.example/cases/X000001/", "//elsewhere.example/"])
def test_a_form_without_a_page_of_ours_leads_to_your_cases_after_signing_in(db: None, referer: str) -> None:
    answer = Client().post(f"{CASE}/discard/", headers={"Referer": referer})
    assert answer["Location"] == "/sign-in/?next=/"


def test_terry_and_robin_each_get_their_own(signed_in: Callable[[str], Client]) -> None:
    robin, terry = signed_in("ROBIN.SAMPLE"), signed_in("TERRY.TWOTEAMS")
    terry.post(f"{CASE}/team/", {"team": "N90AAA"})
    for client, name in ((robin, "ROBIN.SAMPLE"), (terry, "TERRY.TWOTEAMS")):
        answer_up_to(client, "notes")
        mark = owner_on(client.get(f"{CASE}/notes/").content.decode())
        client.session.flush()
        client.post(f"{CASE}/notes/", {"notes": f"Typed by {name}", "typed_by": mark})
    for client, name in ((robin, "ROBIN.SAMPLE"), (terry, "TERRY.TWOTEAMS")):
        sign_in_again(client, name)
        assert f"Typed by {name}" in client.get(f"{CASE}/notes/").content.decode()
