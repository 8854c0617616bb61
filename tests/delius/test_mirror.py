"""What the mirror says, from rows as a sync leaves them."""

from datetime import date, datetime

import pytest

from delius.london import LONDON
from delius.mirror import selectors as mirror
from delius.mirror.selectors import SessionCount, TypeUse
from tests.delius.factories import ENDED, GONE, SOFT_DELETED, TEAM, make_contact, make_nsi
from tests.delius.values import BRIAN, CLARA, NOW

pytestmark = [pytest.mark.django_db, pytest.mark.database]

OTHER_TEAM = "N90BBB"
INACTIVE = {"active": False}


class TestNsisOf:
    def test_a_persons_nsis_come_latest_first_whatever_became_of_them(self):
        make_nsi(nsi_id=1, referral_date=None)
        make_nsi(nsi_id=2, referral_date=date(2026, 4, 1), **ENDED)
        make_nsi(nsi_id=3, referral_date=date(2026, 5, 1), **SOFT_DELETED)
        make_nsi(nsi_id=4, crn=CLARA)
        make_nsi(nsi_id=5, referral_date=date(2026, 5, 1), **GONE)
        assert [nsi.nsi_id for nsi in mirror.nsis_of(BRIAN)] == [3, 5, 2, 1]


class TestSessionCounts:
    def test_sessions_attended_are_counted_and_their_days_in_london(self):
        nsi = make_nsi()
        for start in ((2026, 6, 1, 10), (2026, 6, 1, 14), (2026, 6, 3, 0)):
            make_contact(nsi, start=datetime(*start, tzinfo=LONDON))
        assert mirror.session_counts([nsi.nsi_id]) == {nsi.nsi_id: SessionCount(attended=3, days=2)}

    def test_two_sessions_of_one_utc_day_may_be_on_two_days_in_london(self):
        nsi = make_nsi()
        make_contact(nsi, start=datetime(2026, 6, 1, 23, 30, tzinfo=LONDON))
        make_contact(nsi, start=datetime(2026, 6, 2, 0, 15, tzinfo=LONDON))
        assert mirror.session_counts([nsi.nsi_id])[nsi.nsi_id].days == 2

    def test_missed_sessions_do_not_count_and_those_without_an_outcome_are_apart(self):
        nsi = make_nsi()
        make_contact(nsi, outcome_code="AFTA", attended=False)
        make_contact(nsi, outcome_code="", attended=None)
        assert mirror.session_counts([nsi.nsi_id]) == {nsi.nsi_id: SessionCount(no_outcome=1)}

    def test_sessions_that_are_gone_do_not_count(self):
        nsi = make_nsi()
        make_contact(nsi, gone_since=NOW)
        assert mirror.session_counts([nsi.nsi_id]) == {nsi.nsi_id: SessionCount()}

    def test_all_nsis_asked_for_are_answered_at_once(self, django_assert_num_queries):
        first, second = make_nsi(), make_nsi()
        make_contact(first)
        with django_assert_num_queries(1):
            counts = mirror.session_counts([first.nsi_id, second.nsi_id, 99])
        assert [counts[each].attended for each in (first.nsi_id, second.nsi_id, 99)] == [1, 0, 0]


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
