"""Which of several NSIs a toolkit's appointments hang from: the order in which the integration service matches."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delius.reads.nsis import RequirementNsis, choose
from delius.records import Nsi
from tests.delius.values import URN, an_nsi

MINE = 1001
DAYS = st.dates(date(2025, 1, 1), date(2025, 1, 5))
NSIS = st.lists(
    st.builds(
        an_nsi,
        nsi_id=st.integers(1, 20),
        type=st.sampled_from([{"code": "TKDEV"}, {"code": "TKCAC"}]),
        requirement_id=st.sampled_from([MINE, 2, 2002, None]),
        referral_date=DAYS | st.none(),
        active=st.booleans(),
        soft_deleted=st.booleans(),
        external_reference=st.sampled_from(["", URN, "urn:hmpps:another:nsi:1"]),
        appointment_count=st.integers(0, 3),
    ),
    max_size=12,
    unique_by=lambda nsi: nsi.nsi_id,
)


def of_mine(nsis: list[Nsi], type_code: str = "TKDEV", sub_type_code: str = "") -> RequirementNsis:
    """The choice by ids and codes as they come from elsewhere: the same, but other objects."""
    requirement_id, type_code, sub_type_code = int(str(MINE)), "".join([*type_code]), "".join([*sub_type_code])
    return choose(nsis, requirement_id=requirement_id, type_code=type_code, sub_type_code=sub_type_code)


def chosen(nsis: list[Nsi]) -> list[Nsi]:
    return list(of_mine(nsis).usable)


@given(NSIS)
def test_what_is_chosen_from_is_exactly_what_may_be_used(nsis: list[Nsi]) -> None:
    of_the_toolkit = [nsi for nsi in nsis if nsi.type.code == "TKDEV" and nsi.active and not nsi.soft_deleted]
    found = of_mine(nsis)
    assert {nsi.nsi_id for nsi in found.usable} == {n.nsi_id for n in of_the_toolkit if n.requirement_id == MINE}
    assert {nsi.nsi_id for nsi in found.elsewhere} == {n.nsi_id for n in of_the_toolkit if n.requirement_id != MINE}


@given(NSIS.flatmap(lambda nsis: st.tuples(st.just(nsis), st.permutations(nsis))))
def test_the_choice_does_not_depend_on_the_order_delius_answers_in(both: tuple[list[Nsi], list[Nsi]]) -> None:
    one, other = both
    assert chosen(one) == chosen(other)


@given(NSIS)
def test_nothing_passed_over_is_better_than_what_is_chosen(nsis: list[Nsi]) -> None:
    def badness(nsi: Nsi) -> tuple[bool, int, int, int]:
        referred = nsi.referral_date.toordinal() if nsi.referral_date else 0
        return nsi.external_reference != URN, -nsi.appointment_count, -referred, nsi.nsi_id

    best, *others = [badness(nsi) for nsi in chosen(nsis)] or [None]
    assert all(best < other for other in others)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"external_reference": URN}, {"appointment_count": 9, "referral_date": date(2026, 6, 9)}),
        ({"appointment_count": 1, "referral_date": date(2026, 1, 1)}, {"referral_date": date(2026, 6, 9)}),
        ({"referral_date": date(2026, 2, 1)}, {"referral_date": date(2026, 1, 1)}),
        ({"referral_date": date(2026, 1, 1)}, {"referral_date": None}),
    ],
    ids=["one of ours", "the one with more appointments", "the latest referral", "one that was referred"],
)
def test_the_first_of_several(better: dict[str, Any], worse: dict[str, Any]) -> None:
    first, second = an_nsi(8, requirement_id=MINE, **better), an_nsi(7, requirement_id=MINE, **worse)
    assert chosen([second, first]) == [first, second]


def test_of_two_alike_the_lowest_id_comes_first() -> None:
    assert [nsi.nsi_id for nsi in chosen([an_nsi(number, requirement_id=MINE) for number in (9, 8)])] == [8, 9]


def test_where_a_toolkit_has_a_sub_type_only_nsis_of_it_are_reused() -> None:
    mot, other, without = (
        an_nsi(number, requirement_id=MINE, type={"code": "TKNEW"}, sub_type=code and {"code": code})
        for number, code in enumerate(["TKNEW1", "TKNEW2", None], start=1)
    )
    every = [mot, other, without]
    assert of_mine(every, "TKNEW", "TKNEW1").usable == (mot,)
    assert len(of_mine(every, "TKNEW").usable) == 3
