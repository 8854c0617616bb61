"""Which teams are on toolkits, which toolkits they are offered, and in what order."""

from dataclasses import FrozenInstanceError
from datetime import date, timedelta

import pytest

from tests.toolkits.factories import make_placeholder, make_rollout, make_toolkit
from toolkits import selectors
from toolkits.models import Toolkit
from toolkits.services import load_toolkits

pytestmark = [pytest.mark.django_db, pytest.mark.database]

TODAY = date(2026, 6, 15)
DAY = timedelta(days=1)
HARROW_END = {"provider_code": "N90", "team_code": "N90AAA"}


def is_transitioned(on=TODAY, **team):
    return selectors.is_transitioned(**HARROW_END | team, on=on)


def names_offered(on=TODAY, **team):
    return [choice.name for choice in selectors.toolkits_for(**HARROW_END | team, on=on)]


class TestIsTransitioned:
    def test_a_team_nobody_has_said_anything_about_is_not(self):
        assert not is_transitioned()

    def test_a_team_with_a_row_in_force_is(self):
        make_rollout(team_code="N90AAA", starts_on=TODAY - DAY)
        assert is_transitioned()

    def test_a_team_of_a_provider_with_a_row_in_force_is(self):
        make_rollout(starts_on=TODAY - DAY)
        assert is_transitioned()

    @pytest.mark.parametrize("team_code", ["N90AAA", ""], ids=["team", "provider"])
    def test_the_first_day_counts_and_the_day_before_does_not(self, team_code):
        make_rollout(team_code=team_code, starts_on=TODAY)
        assert is_transitioned(on=TODAY)
        assert not is_transitioned(on=TODAY - DAY)

    @pytest.mark.parametrize("team_code", ["N90AAA", ""], ids=["team", "provider"])
    def test_the_last_day_counts_and_the_day_after_does_not(self, team_code):
        make_rollout(team_code=team_code, starts_on=TODAY - 30 * DAY, ends_on=TODAY)
        assert is_transitioned(on=TODAY)
        assert not is_transitioned(on=TODAY + DAY)

    def test_a_rollout_of_one_day_is_in_force_on_that_day_only(self):
        make_rollout(starts_on=TODAY, ends_on=TODAY)
        assert [is_transitioned(on=TODAY + days * DAY) for days in (-1, 0, 1)] == [False, True, False]

    def test_a_team_whose_own_row_has_ended_is_not_although_its_provider_is(self):
        make_rollout(starts_on=TODAY - 30 * DAY)
        make_rollout(team_code="N90AAA", starts_on=TODAY - 30 * DAY, ends_on=TODAY - DAY)
        assert not is_transitioned()
        assert is_transitioned(team_code="N90BBB")

    def test_a_team_whose_own_row_starts_later_is_not_although_its_provider_is(self):
        make_rollout(starts_on=TODAY - 30 * DAY)
        make_rollout(team_code="N90AAA", starts_on=TODAY + DAY)
        assert not is_transitioned()
        assert is_transitioned(on=TODAY + DAY)

    def test_a_team_whose_own_row_is_in_force_is_although_its_provider_has_ended(self):
        make_rollout(starts_on=TODAY - 30 * DAY, ends_on=TODAY - DAY)
        make_rollout(team_code="N90AAA", starts_on=TODAY - DAY)
        assert is_transitioned()
        assert not is_transitioned(team_code="N90BBB")

    def test_a_team_whose_own_row_is_in_force_is_although_its_provider_starts_later(self):
        make_rollout(starts_on=TODAY + DAY)
        make_rollout(team_code="N90AAA", starts_on=TODAY)
        assert is_transitioned()
        assert not is_transitioned(team_code="N90BBB")

    def test_another_teams_row_says_nothing(self):
        make_rollout(team_code="N90BBB")
        assert not is_transitioned()

    def test_another_providers_row_says_nothing(self):
        make_rollout(provider_code="N91")
        assert not is_transitioned()

    def test_a_row_with_the_same_team_code_under_another_provider_says_nothing(self):
        make_rollout(provider_code="N91", team_code="N90AAA")
        assert not is_transitioned()

    def test_a_team_whose_provider_has_no_code_is_not(self):
        make_rollout(team_code="N90AAA")
        assert not is_transitioned(provider_code="")

    def test_a_team_without_a_code_goes_by_its_provider(self):
        make_rollout()
        assert is_transitioned(team_code="")

    @pytest.mark.parametrize("team_code", ["N90AAA", ""], ids=["team", "provider"])
    def test_asking_takes_one_query(self, team_code, django_assert_num_queries):
        make_rollout(team_code=team_code)
        make_rollout(provider_code="N91")
        with django_assert_num_queries(1):
            assert is_transitioned()


class TestToolkitsFor:
    def test_a_team_that_is_not_transitioned_is_offered_none(self):
        make_toolkit()
        assert names_offered() == []

    def test_a_team_moving_later_is_offered_toolkits_for_a_date_after_its_move_only(self):
        make_rollout(team_code="N90AAA", starts_on=TODAY + 14 * DAY)
        make_toolkit(name="Stepping Stones")
        assert names_offered(on=TODAY + 13 * DAY) == []
        assert names_offered(on=TODAY + 14 * DAY) == ["Stepping Stones"]

    def test_the_placeholder_is_never_offered(self):
        make_rollout()
        make_placeholder()
        make_toolkit(name="Stepping Stones")
        assert names_offered() == ["Stepping Stones"]

    def test_a_toolkit_is_offered_from_its_first_day(self):
        make_rollout()
        make_toolkit(active_from=TODAY)
        assert [len(names_offered(on=TODAY + days * DAY)) for days in (-1, 0, 1)] == [0, 1, 1]

    def test_a_toolkit_is_offered_up_to_its_last_day(self):
        make_rollout()
        make_toolkit(active_to=TODAY)
        assert [len(names_offered(on=TODAY + days * DAY)) for days in (-1, 0, 1)] == [1, 1, 0]

    def test_a_toolkit_is_offered_once_its_codes_are_confirmed_or_an_administrator_says_so(self):
        make_rollout()
        make_toolkit(name="Guessed", offered_unconfirmed=False)
        make_toolkit(name="Confirmed", offered_unconfirmed=False, code_confirmed=True)
        make_toolkit(name="Tried out")
        assert names_offered() == ["Confirmed", "Tried out"]

    def test_the_toolkits_that_come_with_the_product_are_offered_in_alphabetical_order(self):
        make_rollout()
        load_toolkits()
        Toolkit.objects.filter(slug__in=["new-me-mot", "maps-for-change", "stepping-stones"]).update(
            code_confirmed=True
        )
        assert names_offered() == ["Maps for Change", "New Me MOT", "Stepping Stones"]

    def test_small_letters_and_accents_do_not_change_the_order(self):
        make_rollout()
        for name in ["Zebra", "elbow", "Azimuth", "Élan", "Ångström", "éclair"]:
            make_toolkit(name=name)
        assert names_offered() == ["Ångström", "Azimuth", "éclair", "Élan", "elbow", "Zebra"]

    def test_a_toolkit_can_be_pinned_to_the_top_or_sent_to_the_bottom(self):
        make_rollout()
        make_toolkit(name="Alpha", order=1)
        make_toolkit(name="Beta")
        make_toolkit(name="Gamma")
        make_toolkit(name="Omega", order=-1)
        assert names_offered() == ["Omega", "Beta", "Gamma", "Alpha"]

    def test_the_list_takes_two_queries_at_most_however_long_it_is(self, django_assert_max_num_queries):
        make_rollout()
        load_toolkits()
        Toolkit.objects.update(code_confirmed=True)
        with django_assert_max_num_queries(2):
            assert len(names_offered()) == 13

    def test_a_team_that_is_not_transitioned_costs_one_query(self, django_assert_num_queries):
        with django_assert_num_queries(1):
            assert names_offered() == []


class TestToolkitChoice:
    def test_a_choice_carries_all_that_an_nsi_is_created_with(self):
        make_toolkit(
            name="Sample",
            slug="sample",
            nsi_type_code="TKX",
            nsi_sub_type_code="TKX1",
            nsi_status_code="REFER",
            nsi_length=12,
            nsi_notes="Made by Arrange RAR appointments",
        )
        assert selectors.toolkit_by_slug("sample") == selectors.ToolkitChoice(
            name="Sample",
            slug="sample",
            nsi_type_code="TKX",
            nsi_sub_type_code="TKX1",
            nsi_status_code="REFER",
            nsi_length=12,
            nsi_notes="Made by Arrange RAR appointments",
            is_placeholder=False,
        )

    def test_a_toolkit_without_sub_type_or_unit_sends_neither(self):
        make_toolkit(slug="sample")
        choice = selectors.toolkit_by_slug("sample")
        assert choice is not None
        assert (choice.nsi_sub_type_code, choice.nsi_length) == (None, None)

    def test_a_new_toolkits_nsis_start_in_progress(self):
        make_toolkit(slug="sample")
        choice = selectors.toolkit_by_slug("sample")
        assert choice is not None
        assert choice.nsi_status_code == "INPROG"

    def test_a_choice_cannot_be_changed(self):
        make_placeholder()
        with pytest.raises(FrozenInstanceError):
            selectors.placeholder().name = "Another"


class TestPlaceholder:
    def test_it_is_nat1(self, django_assert_num_queries):
        load_toolkits()
        with django_assert_num_queries(1):
            choice = selectors.placeholder()
        assert choice.is_placeholder
        assert (choice.name, choice.nsi_type_code) == ("Non-Approved Transition Toolkit (NAT1)", "NAT1")

    def test_without_one_the_error_says_what_to_run(self):
        make_toolkit()
        with pytest.raises(selectors.ToolkitsNotLoaded, match=r"manage\.py load_toolkits"):
            selectors.placeholder()


class TestToolkitBySlug:
    def test_a_toolkit_no_longer_active_is_still_described(self, django_assert_num_queries):
        make_toolkit(name="Gone", slug="gone", active_to=date(2020, 1, 1))
        with django_assert_num_queries(1):
            choice = selectors.toolkit_by_slug("gone")
        assert choice is not None
        assert choice.name == "Gone"

    def test_the_placeholder_is_found_too(self):
        make_placeholder(slug="stand-in")
        assert selectors.toolkit_by_slug("stand-in") == selectors.placeholder()

    def test_each_is_found_by_its_own_slug(self):
        slugs = ["beta", "alpha", "gamma"]
        for slug in slugs:
            make_toolkit(slug=slug)
        found = [selectors.toolkit_by_slug(slug) for slug in slugs]
        assert [choice and choice.slug for choice in found] == slugs

    def test_an_unknown_slug_finds_nothing(self):
        make_toolkit(slug="known")
        assert selectors.toolkit_by_slug("unknown") is None


class TestNsiTypeCodes:
    def test_every_toolkit_counts_once_whatever_its_dates(self, django_assert_num_queries):
        make_placeholder()
        make_toolkit(nsi_type_code="TKOLD", active_to=date(2020, 1, 1))
        make_toolkit(nsi_type_code="TKNEW", nsi_sub_type_code="TKNEW1")
        make_toolkit(nsi_type_code="TKNEW", nsi_sub_type_code="TKNEW2")
        with django_assert_num_queries(1):
            assert selectors.nsi_type_codes() == {"NAT1", "TKOLD", "TKNEW"}

    def test_a_code_that_is_a_guess_does_not_count(self):
        make_toolkit(nsi_type_code="TKGUESS", offered_unconfirmed=False)
        assert selectors.nsi_type_codes() == frozenset()


class TestAllToolkits:
    def test_they_are_in_alphabetical_order_whatever_their_days_and_wherever_they_are_pinned(self):
        make_placeholder(name="Stand-in")
        make_toolkit(name="Zebra", order=-5)
        make_toolkit(name="Antelope", order=5)
        make_toolkit(name="Over", active_to=TODAY - DAY)
        assert [choice.name for choice in selectors.all_toolkits()] == ["Antelope", "Over", "Stand-in", "Zebra"]


class TestToolkitsInUse:
    def test_they_are_those_of_the_day_and_the_placeholder_in_alphabetical_order(self):
        make_placeholder(name="Stand-in")
        make_toolkit(name="Zebra", order=-5, active_to=TODAY)
        make_toolkit(name="Antelope", active_from=TODAY)
        make_toolkit(name="Over", active_to=TODAY - DAY)
        make_toolkit(name="Later", active_from=TODAY + DAY)
        assert [choice.name for choice in selectors.toolkits_in_use(TODAY)] == ["Antelope", "Stand-in", "Zebra"]
