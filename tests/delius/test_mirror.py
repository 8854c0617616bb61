"""What the mirror says, from rows as a sync leaves them."""

from datetime import date

import pytest

from delius.mirror import selectors as mirror
from delius.mirror.selectors import TypeUse
from tests.delius.factories import ENDED, GONE, SOFT_DELETED, TEAM, make_nsi
from tests.delius.values import BRIAN, CLARA

pytestmark = [pytest.mark.django_db, pytest.mark.database]

OTHER_TEAM = "N90BBB"
INACTIVE = {"active": False}


class TestUsedTypeCodes:
    def test_ended_toolkits_were_used_and_mistakes_were_not(self):
        make_nsi(type_code="TKDEV", **ENDED)
        make_nsi(type_code="TKMAP")
        make_nsi(type_code="TKMAP")
        make_nsi(type_code="TKCAC", **SOFT_DELETED)
        make_nsi(type_code="TKSFR", **GONE)
        make_nsi(type_code="TKNEW", crn=CLARA)
        assert mirror.used_type_codes(BRIAN) == {"TKDEV", "TKMAP"}


class TestDuplicates:
    def test_two_active_nsis_of_a_type_on_a_requirement_are(self):
        make_nsi(nsi_id=1, referral_date=date(2026, 4, 1))
        make_nsi(nsi_id=2, referral_date=date(2026, 5, 1))
        [found] = mirror.duplicates()
        assert (found.crn, found.requirement_id, found.type_code, found.sub_type_code) == (BRIAN, 1, "TKDEV", "")
        assert [nsi.nsi_id for nsi in found.nsis] == [2, 1]

    @pytest.mark.parametrize(
        "other",
        [
            SOFT_DELETED,
            GONE,
            ENDED,
            INACTIVE,
            {"requirement_id": 2},
            {"type_code": "TKMAP"},
            {"sub_type_code": "TKDEV1"},
        ],
        ids=lambda other: next(iter(other)),
    )
    def test_one_that_is_not_active_or_is_of_something_else_is_none(self, other):
        make_nsi()
        make_nsi(**other)
        assert mirror.duplicates() == []

    def test_nsis_without_a_requirement_are_none(self):
        make_nsi(requirement_id=None)
        make_nsi(requirement_id=None)
        assert mirror.duplicates() == []

    def test_they_can_be_asked_for_of_some_people_in_one_query(self, django_assert_num_queries):
        for crn, requirement in ((CLARA, 2), (BRIAN, 1)):
            make_nsi(crn=crn, requirement_id=requirement)
            make_nsi(crn=crn, requirement_id=requirement)
        make_nsi(crn=CLARA, requirement_id=2, type_code="TKMAP")
        with django_assert_num_queries(1):
            assert [(each.crn, len(each.nsis)) for each in mirror.duplicates()] == [(BRIAN, 2), (CLARA, 2)]
        assert [each.crn for each in mirror.duplicates([CLARA])] == [CLARA]
        assert mirror.duplicates([]) == []


class TestMostUsed:
    def test_a_teams_types_come_most_used_first(self):
        make_nsi(type_code="TKDEV")
        make_nsi(type_code="TKMAP", **ENDED)
        make_nsi(type_code="TKMAP")
        make_nsi(type_code="TKNEW", sub_type_code="TKNEW1")
        make_nsi(type_code="TKDEV", **SOFT_DELETED)
        make_nsi(type_code="TKDEV", **GONE)
        make_nsi(type_code="TKCAC", team_code=OTHER_TEAM)
        assert mirror.most_used(TEAM) == [
            TypeUse(type_code="TKMAP", sub_type_code="", nsis=2),
            TypeUse(type_code="TKDEV", sub_type_code="", nsis=1),
            TypeUse(type_code="TKNEW", sub_type_code="TKNEW1", nsis=1),
        ]
