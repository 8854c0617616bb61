"""No two choices read the same."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.journey.toolkit_records import nsi_labels
from booking.presenters.cases import case_row, told_apart
from cases.offices import office_names
from cases.presenters.appointment_types import type_names
from cases.presenters.distinguishing import Described, distinct_names
from cases.presenters.sentences import requirement_names, sentence_names
from delius.records import AppointmentType, Case, CaseRow, Event, Nsi, Office
from delius.selectors import rar_requirements
from govuk.sorting import folded_words

RELATION: dict[str, Any] = {"crn": "X000001", "access": {"limited": False}, "relation": "USER"}
TEXTS = st.one_of(st.sampled_from(["", "Mill Lane", "mill lane", "Mill  Lane.", "Mill Lane, office 1 of 2"]), st.text())
CHOICES = st.lists(st.builds(Described, TEXTS, st.lists(TEXTS, max_size=3)), max_size=6).map(
    lambda found: dict(enumerate(found))
)


@given(CHOICES)
def test_whatever_choices_are_called_no_two_read_the_same(choices: dict[int, Described]) -> None:
    names = distinct_names(choices, noun="office")
    assert names.keys() == choices.keys()
    assert len({_as_read(name) for name in names.values()}) == len(choices)


@given(CHOICES)
def test_a_name_that_no_other_choice_has_stays_as_it_is(choices: dict[int, Described]) -> None:
    read = [_as_read(each.name) for each in choices.values()]
    names = distinct_names(choices, noun="office")
    for key, choice in choices.items():
        assert names[key].startswith(choice.name)
        if read.count(_as_read(choice.name)) > 1:
            assert names[key] != choice.name


def test_the_first_detail_that_tells_all_apart_is_added_and_no_other() -> None:
    details = {1: ["same", "a", "x"], 2: ["same", "b", "y"]}
    choices = {key: Described("Order", each) for key, each in details.items()} | {
        3: Described("Licence", ["same", "c"])
    }
    assert distinct_names(choices, noun="sentence") == {1: "Order, a", 2: "Order, b", 3: "Licence"}


def test_several_details_are_added_where_it_takes_several() -> None:
    details = {1: ["a", "x"], 2: ["a", "y"], 3: ["b", "x"]}
    choices = {key: Described("Order", each) for key, each in details.items()}
    assert distinct_names(choices, noun="sentence") == {1: "Order, a, x", 2: "Order, a, y", 3: "Order, b, x"}


def test_offices_of_one_name_have_their_address_and_those_without_one_their_place() -> None:
    lane = Office(code="A", description="Mill Lane", street_name="Mill Lane", town="Northmoor")
    weir = Office(code="B", description="Mill Lane", building_name="Weir Court", town="Westmoor")
    nowhere = Office(code="C", description="MILL LANE")
    assert office_names([lane, weir]) == {
        "A": "Mill Lane, Mill Lane, Northmoor",
        "B": "Mill Lane, Weir Court, Westmoor",
    }
    assert office_names([lane, weir, nowhere])["C"] == "MILL LANE, office 3 of 3"


def _event(event_id: int, **fields: Any) -> dict[str, Any]:
    order = {"description": "ORA Community Order", "startDate": "2026-05-12"} | fields.pop("order", {})
    return {"eventId": event_id, "order": order, "requirements": []} | fields


def test_sentences_of_one_order_from_one_day_have_the_number_of_their_event() -> None:
    events = [Event.model_validate(_event(number, number=str(number), mainOffence="Theft")) for number in (1, 2)]
    assert sentence_names(events) == {
        1: "ORA Community Order, started 12 May 2026, event 1",
        2: "ORA Community Order, started 12 May 2026, event 2",
    }


def test_sentences_without_numbers_have_their_offence() -> None:
    events = [Event.model_validate(_event(key, mainOffence=offence)) for key, offence in ((1, "Theft"), (2, "Fraud"))]
    assert [name.rsplit(", ", 1)[1] for name in sentence_names(events).values()] == ["Theft", "Fraud"]


@pytest.mark.parametrize(
    ("first", "second", "added"),
    [
        ({"startDate": "2026-05-12"}, {"startDate": "2026-06-01"}, ["RAR from 12 May 2026", "RAR from 1 June 2026"]),
        ({}, {}, ["requirement 1 of 2", "requirement 2 of 2"]),
        (
            {"rar": {"ordered": 20, "completed": 1}},
            {"rar": {"ordered": 10, "completed": 0}},
            ["RAR of 20 days", "RAR of 10 days"],
        ),
    ],
)
def test_rars_of_one_sentence_are_told_apart_by_what_differs(first: Any, second: Any, added: list[str]) -> None:
    rars = []
    for number, fields in enumerate((first, second), 1):
        days = {"requirementId": number, "eventId": 1, "booked": 0, "completed": 0, "ordered": 20} | fields.get(
            "rar", {}
        )
        category = {"code": "F", "description": "RAR"}
        rars.append({"requirementId": number, "mainCategory": category} | fields | {"rar": days})
    case = Case.model_validate(RELATION | {"events": [_event(1, requirements=rars)]})
    names = requirement_names(rar_requirements(case, on=date(2026, 11, 1)))
    assert [name.removeprefix("ORA Community Order, started 12 May 2026, ") for name in names.values()] == added


def test_types_of_one_name_have_where_they_take_place() -> None:
    kinds = [
        AppointmentType.model_validate({"code": "COAP", "description": "Planned Office Visit", "location": "REQUIRED"}),
        AppointmentType.model_validate({"code": "C2", "description": "Office visit", "location": "OPTIONAL"}),
    ]
    assert list(type_names(kinds).values()) == ["Office visit, at an office", "Office visit, with or without an office"]


def test_records_of_one_day_have_the_number_of_their_appointments_and_the_same_words_in_any_order() -> None:
    kind = {"code": "TKDEV", "description": "Developing Dialogues"}
    of_one_day = {"type": kind, "active": True, "referralDate": "2026-05-12"}
    nsis = [
        Nsi.model_validate(of_one_day | {"nsiId": key, "appointmentCount": count}) for key, count in ((1, 3), (2, 1))
    ]
    labels = nsi_labels(nsis)
    assert labels == {
        1: "referred on 12 May 2026, with 3 appointments",
        2: "referred on 12 May 2026, with 1 appointment",
    }
    assert nsi_labels(reversed(nsis)) == labels


def _as_read(text: str) -> str:
    return " ".join(folded_words(text)) or text


def test_people_of_one_name_have_when_they_were_born() -> None:
    seen = {"access": {"limited": False}, "name": {"forename": "Brian", "surname": "Example"}}
    cases = [
        CaseRow.model_validate(seen | {"crn": "X000001", "dateOfBirth": "1985-03-14"}),
        CaseRow.model_validate(seen | {"crn": "X000002", "dateOfBirth": "1990-11-02"}),
        CaseRow.model_validate({"crn": "X000003", "access": {"limited": True}}),
    ]
    rows = [case_row(each, has_draft=False, may_arrange=True) for each in cases]
    assert [row.name for row in told_apart(rows, cases)] == [
        "Brian Example, born 14 March 1985",
        "Brian Example, born 2 November 1990",
        "",
    ]
