"""Sentences about people read well whatever they are called."""

import re
from datetime import datetime

from django.template import engines
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.presenters import problems
from cases.presenters.phone_numbers import phone_numbers
from cases.warnings import warnings
from delius.errors import Unavailable
from delius.records import Appointment, Case
from govuk.formats import LONDON

# As people are called, and as somebody is entered whose name is not known.
NAMES = st.one_of(
    st.sampled_from(["", " ", "\u200b"]), st.from_regex(r"[A-Za-zé]{1,50}([’' -][A-Za-zé]{1,9}){0,3}", fullmatch=True)
)
NUMBERS = st.sampled_from(["", "07700 900001", "01632 960001"])
HOLE = re.compile(r"^[’ .,]|\s[’.,]|\s$|None|to \.|for \.")
NOON = datetime(2027, 5, 20, 12, tzinfo=LONDON)


def _unavailable() -> list[Appointment]:
    raise Unavailable("getAppointments")


# The first example pays for what is set up once in a process.
@settings(deadline=None)
@given(NAMES, NAMES, NUMBERS, NUMBERS)
def test_no_sentence_has_a_hole_where_a_name_is_missing(first: str, last: str, mobile: str, landline: str) -> None:
    case = Case.model_validate(
        {
            "crn": "X000001",
            "access": {"limited": False},
            "relation": "USER",
            "name": {"forename": first, "surname": last},
            "mobileNumber": mobile,
            "telephoneNumber": landline,
        }
    )
    name = case.name.familiar
    macros = engines["jinja2"].env.get_template("components/phone-numbers.html.jinja").module
    sentences = [
        case.name.full,
        f"Give details of the appointment to {name}.",
        " ".join(re.sub(r"<[^>]+>", "", str(macros.phone_numbers(name, phone_numbers(case)))).split()),
        problems.step_problem(problems.CLASH, first_name=name),
        problems.check_problem(problems.CLASH, first_name=name),
        *warnings([(NOON, NOON)], first_name=name, read_coming=_unavailable).texts,
    ]
    for sentence in sentences:
        assert sentence
        assert not HOLE.search(sentence), sentence


@given(NUMBERS, NUMBERS)
def test_every_number_is_shown_with_its_kind_and_the_mobile_first(mobile: str, landline: str) -> None:
    person = {"crn": "X000001", "access": {"limited": False}, "relation": "USER"}
    case = Case.model_validate(person | {"mobileNumber": mobile, "telephoneNumber": landline})
    expected = [("mobile", mobile), ("landline", landline)]
    assert [(each.kind, each.number) for each in phone_numbers(case)] == [each for each in expected if each[1]]
