"""Which of several NSIs a toolkit's appointments hang from."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delius.nsis import choose
from delius.records import Nsi
from tests.delius.values import DEVELOPING_DIALOGUES, NEW_ME_MOT, URN, an_nsi

MINE = 1
ANOTHER_OF_OURS = "urn:hmpps:rarbooking:nsi:00000000-0000-4000-8000-000000000002"
APPOINTMENTS = {1: 2, 2: 2, 3: 5, 4: 1}
DAYS = st.dates(date(2025, 1, 1), date(2025, 1, 5))
NSIS = st.lists(
    st.builds(
        an_nsi,
        nsi_id=st.integers(1, 20),
        type_code=st.sampled_from(["TKDEV", "TKCAC"]),
        requirement_id=st.sampled_from([MINE, 2, None]),
        referral_date=DAYS | st.none(),
        end_date=st.none() | DAYS,
        active=st.booleans(),
        soft_deleted=st.booleans(),
        external_reference=st.sampled_from([None, URN, ANOTHER_OF_OURS, "urn:other"]),
    ),
    max_size=12,
    unique_by=lambda nsi: nsi.nsi_id,
)


def chosen(nsis: list[Nsi]) -> list[Nsi]:
    return choose(nsis, requirement_id=MINE, nsi_type=DEVELOPING_DIALOGUES, urn=URN, appointments=APPOINTMENTS)


def may_be_used(nsi: Nsi) -> bool:
    made_for_it = nsi.requirement_id is None and nsi.external_reference == URN
    kind = nsi.type_code == "TKDEV" and (nsi.requirement_id == MINE or made_for_it)
    return kind and nsi.active and not nsi.soft_deleted and nsi.end_date is None


@given(NSIS)
def test_what_is_chosen_from_is_exactly_what_may_be_used(nsis):
    assert {nsi.nsi_id for nsi in chosen(nsis)} == {nsi.nsi_id for nsi in nsis if may_be_used(nsi)}


@given(NSIS.flatmap(lambda nsis: st.tuples(st.just(nsis), st.permutations(nsis))))
def test_the_choice_does_not_depend_on_the_order_delius_answers_in(both):
    one, other = both
    assert chosen(one) == chosen(other)


@given(NSIS)
def test_nothing_passed_over_is_better_than_what_is_chosen(nsis):
    def badness(nsi: Nsi) -> tuple[bool, bool, int, int, int]:
        referred = nsi.referral_date.toordinal() if nsi.referral_date else 0
        ours = nsi.external_reference in {URN, ANOTHER_OF_OURS}
        return (nsi.external_reference != URN, not ours, -APPOINTMENTS.get(nsi.nsi_id, 0), -referred, nsi.nsi_id)

    best, *others = chosen(nsis) or [None]
    assert all(badness(best) < badness(other) for other in others)


def test_the_latest_referral_is_chosen_and_of_those_the_lowest_id():
    earlier = an_nsi(7, referral_date=date(2026, 1, 1))
    later, latest = an_nsi(9, referral_date=date(2026, 2, 1)), an_nsi(8, referral_date=date(2026, 2, 1))
    assert chosen([earlier, later, latest]) == [latest, later, earlier]


def test_the_one_with_more_appointments_is_chosen_before_a_later_referral():
    busier, later = an_nsi(3, referral_date=date(2026, 1, 1)), an_nsi(4, referral_date=date(2026, 2, 1))
    assert chosen([later, busier]) == [busier, later]


@pytest.mark.parametrize("mark", [{"external_reference": URN}, {"notes": f"Workbook.\n\n{URN}"}])
def test_an_nsi_that_bears_our_urn_is_chosen_before_a_later_one(mark):
    ours, later = an_nsi(1, referral_date=date(2026, 1, 1), **mark), an_nsi(2, referral_date=date(2026, 2, 1))
    assert chosen([later, ours]) == [ours, later]


def test_no_urn_is_not_borne_by_everything():
    earlier, later = an_nsi(1, referral_date=date(2026, 1, 1), notes=""), an_nsi(2, referral_date=date(2026, 2, 1))
    assert choose([earlier, later], requirement_id=MINE, nsi_type=DEVELOPING_DIALOGUES)[0] == later


@pytest.mark.parametrize(
    "changes",
    [
        {"requirement_id": 2},
        {"requirement_id": None},
        {"type_code": "TKCAC"},
        {"active": False},
        {"soft_deleted": True},
        {"end_date": date(2026, 1, 1)},
    ],
)
def test_an_nsi_of_another_requirement_or_type_or_an_ended_or_deleted_one_is_not_reused(changes):
    assert chosen([an_nsi(**changes)]) == []


def test_an_nsi_that_does_not_say_whether_it_is_active_is_reused():
    nsi = Nsi.model_validate({"nsiId": 1, "nsiType": {"code": "TKDEV"}, "requirement": {"requirementId": MINE}})
    assert chosen([nsi]) == [nsi]


def test_where_a_toolkit_has_a_sub_type_only_nsis_of_it_are_reused():
    mot, other, without = (
        an_nsi(number, type_code="TKNEW", sub_type_code=code)
        for number, code in enumerate(["TKNEW1", "TKNEW2", None], start=1)
    )
    assert choose([mot, other, without], requirement_id=MINE, nsi_type=NEW_ME_MOT) == [mot]
    any_sub_type = replace(NEW_ME_MOT, sub_type_code=None)
    assert len(choose([mot, other, without], requirement_id=MINE, nsi_type=any_sub_type)) == 3
