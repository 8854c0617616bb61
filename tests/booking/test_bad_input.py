"""Whatever is typed, tampered with or visited out of order: a clear answer, and nothing lost."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from booking.models import Booking, Draft
from tests.booking.journeys import answer_all, answer_up_to, day_in, sent_by_the_page_of
from tests.booking.test_confirming import visits
from tests.same_page import text_of
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db
CASE = "/cases/X000001/arrange"


def errors_in(answer: Any) -> list[str]:
    """The messages of the error summary, each of which must link to an input on the page."""
    page = answer.content.decode()
    summary = re.search(r'govuk-error-summary__list">(.*?)</ul>', page, re.DOTALL)
    if not summary:
        return []
    links = re.findall(r'<a href="#([^"]+)">(.*?)</a>', summary[1], re.DOTALL)
    for target, _ in links:
        assert f'id="{target}"' in page
    assert "<title>Error: " in page
    return [html.unescape(text.strip()) for _, text in links]


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("type", "Select the type of appointment"),
        ("rar", "Select yes if this will be a RAR toolkit session"),
        ("toolkit", "Select the RAR toolkit you will use"),
        ("where", "Select a location for this appointment"),
        ("when", "Enter the date of the appointment"),
        ("sensitive", "Select yes if this appointment includes sensitive information"),
    ],
)
def test_choosing_nothing_is_answered_with_what_to_do(robin: Client, step: str, message: str) -> None:
    answer_up_to(robin, step)
    assert errors_in(robin.post(f"{CASE}/{step}/", {}))[0] == message


@pytest.mark.parametrize("tampered", ["nat1", "no-such-toolkit", "", "Developing Dialogues", "<script>"])
def test_a_toolkit_that_is_not_offered_is_refused(robin: Client, tampered: str) -> None:
    answer_up_to(robin, "toolkit")
    assert errors_in(robin.post(f"{CASE}/toolkit/", {"toolkit": tampered})) == ["Select the RAR toolkit you will use"]


def test_a_type_that_is_not_offered_is_refused(robin: Client) -> None:
    robin.get(f"{CASE}/")
    assert errors_in(robin.post(f"{CASE}/type/", {"type": "CITA"})) == ["Select the type of appointment"]


def test_a_choice_that_was_not_offered_is_in_the_log_by_its_field_and_without_what_was_sent(
    robin: Client, caplog: pytest.LogCaptureFixture
) -> None:
    for sent in ({"type": "TAMPERED"}, {}, {"type": "COAP"}):
        robin.post(f"{CASE}/type/", sent)
    [line] = [record.msg for record in caplog.records if "invalid_choice_submitted" in str(record.msg)]
    assert (line["step"], line["fields"]) == ("type", ["type"])
    assert line["user_id"]
    assert not [record for record in caplog.records if "TAMPERED" in str(record.msg)]


def test_an_office_of_another_team_is_refused(robin: Client) -> None:
    answer_up_to(robin, "where")
    assert errors_in(robin.post(f"{CASE}/where/", {"office": "NOWHERE"})) == ["Select a location for this appointment"]


@pytest.mark.parametrize(
    ("typed", "messages"),
    [
        ({"date_day": "31", "date_month": "6"}, ["Date must be a real date, like 27 3 2027"]),
        ({"date_year": "2020"}, ["Date must be today or in the future"]),
        ({"start_time": "3pm", "end_time": "2pm"}, ["End time must be after the start time"]),
        ({"start_time": "x" * 10_000}, ["Start time must be a real time, like 9am or 1:30pm"]),
    ],
)
def test_a_day_or_time_that_cannot_be_is_refused_and_what_was_typed_is_kept(
    robin: Client, typed: dict[str, str], messages: list[str]
) -> None:
    answer_up_to(robin, "when")
    sent = day_in(7) | {"start_time": "1pm", "end_time": "2pm"} | typed
    answer = robin.post(f"{CASE}/when/", sent)
    assert errors_in(answer) == messages
    for value in sent.values():
        assert f'value="{value}"' in answer.content.decode()


def test_notes_of_4001_characters_are_refused_and_kept_on_the_page(robin: Client) -> None:
    answer_up_to(robin, "notes")
    answer = robin.post(f"{CASE}/notes/", {"notes": "n" * 4001})
    assert errors_in(answer) == ["Appointment notes must be 4,000 characters or fewer"]
    assert "n" * 4001 in answer.content.decode()


def test_notes_of_4000_characters_with_line_breaks_are_taken(robin: Client) -> None:
    answer_up_to(robin, "notes")
    answer = robin.post(f"{CASE}/notes/", {"notes": ("x" * 99 + "\r\n") * 40})
    assert answer["Location"] == f"{CASE}/sensitive/"


def test_what_nobody_sees_is_left_out_of_notes(robin: Client, simulator: Simulator) -> None:
    answer_all(robin, notes="Bring\x00 the\u202e work\u200bbook\r\nand\ta pen")
    robin.post(f"{CASE}/check/", sent_by_the_page_of(Draft.objects.get()))
    assert [each["notes"] for each in visits(simulator)] == ["Bring the workbook\nand\ta pen"]


@pytest.mark.parametrize("day", ["1_0", "٣", "²", "+5", "1e1", " "])
def test_a_day_is_a_number_as_people_write_it(robin: Client, day: str) -> None:
    answer_up_to(robin, "when")
    typed = day_in(7) | {"date_day": day, "start_time": "9am", "end_time": "10am"}
    (error,) = errors_in(robin.post(f"{CASE}/when/", typed))
    assert error in {"Date must be a real date, like 27 3 2027", "Date must include a day"}


def test_notes_are_shown_as_text_and_never_as_markup(robin: Client) -> None:
    answer_all(robin, notes="<script>alert(1)</script> & 'more'")
    page = robin.get(f"{CASE}/check/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("step", ["rar", "toolkit", "where", "when", "notes", "sensitive", "check"])
def test_a_step_visited_out_of_order_leads_to_the_first_unanswered_question_and_says_so(
    robin: Client, step: str
) -> None:
    answer = robin.get(f"{CASE}/{step}/", follow=True)
    assert answer.redirect_chain[-1][0] == f"{CASE}/type/?problem=order"
    assert errors_in(answer) == ["Answer this question first. The page you asked for comes after it"]


def test_what_is_typed_out_of_order_is_kept(robin: Client) -> None:
    assert robin.post(f"{CASE}/notes/", {"notes": "Too early"})["Location"] == f"{CASE}/type/"
    answer_up_to(robin, "notes")
    assert "Too early" in robin.get(f"{CASE}/notes/").content.decode()


def test_a_question_that_is_not_asked_leads_to_the_answers_and_says_so(robin: Client) -> None:
    answer_all(robin, rar="no")
    answer = robin.get(f"{CASE}/toolkit/", follow=True)
    assert answer.redirect_chain[-1][0] == f"{CASE}/check/?problem=not-asked"
    assert errors_in(answer) == ["The page you asked for is not needed for this appointment. Check your answers here"]


def test_a_question_that_a_new_date_brings_up_leads_back_to_the_date(signed_in: Callable[[str], Client]) -> None:
    sam, case = signed_in("SAM.MOCKTON"), "/cases/X000015/arrange"
    answer_all(sam, crn="X000015", days=7, office="N90CAS")
    after_the_move = day_in(20) | {"start_time": "9am", "end_time": "10am"}
    address = sam.post(f"{case}/when/?change=1", after_the_move)["Location"]
    assert address == f"{case}/toolkit/?back=when"
    assert f'href="{case}/when/" class="govuk-back-link"' in sam.get(address).content.decode()
    assert sam.get(f"{case}/when/").status_code == 200
    before_the_move = day_in(7) | {"start_time": "9am", "end_time": "10am"}
    assert sam.post(f"{case}/when/", before_the_move)["Location"] == f"{case}/check/"


def test_confirming_before_everything_is_answered_sends_nothing(robin: Client, simulator: Simulator) -> None:
    answer_up_to(robin, "when")
    simulator.clear_requests()
    assert robin.post(f"{CASE}/check/")["Location"] == f"{CASE}/when/?problem=order"
    assert not Booking.objects.exists()
    assert not [each for each in simulator.requests() if each["operation"].startswith("create")]


def test_a_question_that_does_not_exist_is_not_found(robin: Client) -> None:
    assert robin.get(f"{CASE}/no-such-question/").status_code == 404


@pytest.mark.parametrize("crn", ["X000014", "X999999"])
def test_somebody_elses_case_and_an_unknown_crn_get_the_same_page(robin: Client, crn: str) -> None:
    answer = robin.get(f"/cases/{crn}/arrange/")
    assert answer.status_code == 404
    assert text_of(answer) == text_of(robin.get("/cases/X888888/arrange/"))
    assert "Omar" not in text_of(answer)


@pytest.mark.parametrize("crn", ["X00001", "XX00001", "0000001", "X0000011", "X00000１"])
def test_what_is_not_shaped_like_a_crn_is_not_found(robin: Client, crn: str) -> None:
    assert robin.get(f"/cases/{crn}/arrange/").status_code == 404


@pytest.mark.parametrize("path", ["arrange/", "arrange/type/", "arrange/check/", "arrange/location-not-listed/"])
def test_every_page_of_somebody_elses_case_is_not_found(robin: Client, path: str) -> None:
    assert robin.get(f"/cases/X000014/{path}").status_code == 404


@pytest.mark.parametrize(("crn", "name"), [("X000011", "Lou"), ("X000012", "Max")])
def test_a_record_with_limited_access_shows_delius_own_message_and_nothing_else(
    robin: Client, crn: str, name: str
) -> None:
    answer = robin.get(f"/cases/{crn}/arrange/")
    assert answer.status_code == 403
    assert "limited access" in answer.content.decode()
    assert name not in answer.content.decode()


@pytest.mark.parametrize("crn", ["X000011", "X000012"])
def test_a_record_with_limited_access_is_not_there_for_people_who_do_not_manage_it(
    signed_in: Callable[[str], Client], crn: str
) -> None:
    assert signed_in("SAM.MOCKTON").get(f"/cases/{crn}/arrange/").status_code == 404


def test_a_draft_that_somebody_tampered_with_is_asked_again(robin: Client) -> None:
    answer_all(robin)
    draft = Draft.objects.get()
    draft.answers["toolkit"] = {"toolkit": "no-such-toolkit"}
    draft.save()
    answer = robin.get(f"{CASE}/check/", follow=True)
    assert answer.redirect_chain[-1][0] == f"{CASE}/toolkit/?problem=order"
