"""What an administrator can do, and is kept from doing, on the admin's own pages."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse
from pytest_django import Settings

from govuk.optimistic_locking import version_of
from tests.people import account, client_of
from tests.toolkits.factories import make_placeholder, make_rollout, make_toolkit
from toolkits.models import Rollout, Toolkit, ToolkitList

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NEW_TOOLKIT = {
    "name": "Sample",
    "slug": "sample",
    "active_from": "",
    "active_to": "",
    "order": "0",
    "nsi_type_code": "TKX",
    "nsi_sub_type_code": "",
    "nsi_status_code": "INPROG",
    "nsi_length": "",
    "nsi_notes": "",
}
NEW_ROLLOUT = {"provider_code": "N90", "team_code": "N90AAA", "starts_on": "2026-06-01", "ends_on": "", "note": ""}


@pytest.fixture(autouse=True)
def _no_delius(settings: Settings) -> None:
    """Codes are typed here: tests/toolkits/test_checking.py has those that are chosen from what Delius has."""
    settings.HMPPS_AUTH_URL = settings.DELIUS_INTEGRATION_URL = "http://127.0.0.1:9"


def hidden(response):
    """The version that an action's form carries."""
    return {"base_version": response.context["form"]["base_version"].value()}


def errors_of(response):
    """The errors shown on a form, those of fields and those above it."""
    assert response.status_code == 200
    return [error for errors in response.context["errors"] for error in errors]


@pytest.fixture
def add_toolkit(admin_client):
    return lambda **values: admin_client.post(reverse("admin:toolkits_toolkit_add"), NEW_TOOLKIT | values)


@pytest.fixture
def change_toolkit(admin_client):
    def change(toolkit, **values):
        page = reverse("admin:toolkits_toolkit_change", args=[toolkit.pk])
        known = {"name": toolkit.name, "base_version": version_of(toolkit)}
        return admin_client.post(page, NEW_TOOLKIT | known | values)

    return change


@pytest.fixture
def add_rollout(admin_client):
    return lambda **values: admin_client.post(reverse("admin:toolkits_rollout_add"), NEW_ROLLOUT | values)


class TestToolkits:
    def test_a_new_toolkit_can_be_added(self, add_toolkit):
        assert add_toolkit(nsi_length="8").status_code == 302
        toolkit = Toolkit.objects.get()
        assert (toolkit.slug, toolkit.nsi_length, toolkit.is_placeholder) == ("sample", 8, False)

    def test_a_new_toolkits_slug_is_suggested_from_its_name(self, admin_client):
        page = admin_client.get(reverse("admin:toolkits_toolkit_add"))
        [suggestion] = page.context["adminform"].prepopulated_fields
        assert suggestion["field"].name == "slug"
        assert [source.name for source in suggestion["dependencies"]] == ["name"]

    def test_a_new_toolkit_cannot_have_the_placeholders_code(self, add_toolkit):
        assert errors_of(add_toolkit(nsi_type_code="NAT1")) == [
            "NAT1 is the placeholder's code: no other toolkit can have it"
        ]

    def test_a_toolkit_cannot_be_made_the_placeholder(self, add_toolkit):
        add_toolkit(is_placeholder="on")
        assert not Toolkit.objects.get().is_placeholder

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"name": "EXISTING"}, "There is already a toolkit with this name"),
            ({"nsi_type_code": "TKOLD"}, "There is already a toolkit with this NSI type and sub type"),
            ({"slug": "existing"}, "There is already a toolkit with this slug"),
            (
                {"active_from": "2026-06-02", "active_to": "2026-06-01"},
                "The last day must be the same as or after the first day",
            ),
            ({"nsi_type_code": "TK X"}, "Enter the code as it is in Delius, without spaces"),
            ({"nsi_type_code": ""}, "Enter the NSI type code"),
            ({"active_from": "31/2/2026"}, "First day must be a real date, like 2026-10-04"),
            ({"nsi_length": "x"}, "Session count must be a whole number, like 8"),
        ],
        ids=["name", "code", "slug", "dates", "space in code", "no code", "date", "number"],
    )
    def test_what_the_database_would_refuse_is_explained_on_the_page(self, add_toolkit, values, message):
        make_toolkit(name="Existing", slug="existing", nsi_type_code="TKOLD")
        assert message in errors_of(add_toolkit(**values))
        assert Toolkit.objects.count() == 1

    def test_a_session_count_of_nought_and_notes_too_long_are_explained(self, add_toolkit):
        errors = errors_of(add_toolkit(nsi_length="0", nsi_notes="n" * 4001))
        assert "Session count must be 1 or more" in errors
        assert "Notes must be 4,000 characters or fewer" in errors

    def test_notes_that_an_emoji_makes_too_long_for_delius_are_refused(self, add_toolkit):
        assert "Notes must be 4,000 characters or fewer" in errors_of(add_toolkit(nsi_notes="n" * 3999 + "😀"))

    def test_notes_pasted_from_another_program_keep_their_lines(self, add_toolkit):
        add_toolkit(name="Pasted", nsi_notes="Made here.\x0bSee\xa0the\u200b guidance")
        assert Toolkit.objects.get(name="Pasted").nsi_notes == "Made here.\nSee the guidance"

    def test_a_code_can_be_corrected_and_confirmed(self, change_toolkit):
        toolkit = make_toolkit()
        assert change_toolkit(toolkit, nsi_type_code="REAL1", code_confirmed="on").status_code == 302
        toolkit.refresh_from_db()
        assert (toolkit.nsi_type_code, toolkit.code_confirmed) == ("REAL1", True)

    def test_the_slug_bookings_refer_to_never_changes(self, change_toolkit):
        toolkit = make_toolkit(slug="first")
        assert change_toolkit(toolkit, slug="second", name="Renamed").status_code == 302
        toolkit.refresh_from_db()
        assert (toolkit.slug, toolkit.name) == ("first", "Renamed")

    def test_the_placeholder_stays_nat1_and_always_active(self, change_toolkit):
        placeholder = make_placeholder()
        change_toolkit(placeholder, nsi_type_code="OTHER", active_to="2020-01-01", nsi_notes="Edited")
        placeholder.refresh_from_db()
        assert (placeholder.nsi_type_code, placeholder.active_to) == ("NAT1", None)
        assert (placeholder.is_placeholder, placeholder.nsi_notes) == (True, "Edited")

    def test_a_toolkit_is_never_deleted(self, admin_client):
        toolkit = make_toolkit()
        page = reverse("admin:toolkits_toolkit_delete", args=[toolkit.pk])
        assert admin_client.post(page, {"post": "yes"}).status_code == 403
        admin_client.post(
            reverse("admin:toolkits_toolkit_changelist"),
            {"action": "delete_selected", "_selected_action": [toolkit.pk], "post": "yes"},
        )
        assert Toolkit.objects.filter(pk=toolkit.pk).exists()

    def test_the_list_says_which_codes_are_still_to_be_confirmed(self, admin_client):
        make_toolkit(name="Checked", code_confirmed=True)
        make_toolkit(name="Unchecked", nsi_type_code="TKNEW", nsi_sub_type_code="TKNEW1")
        make_toolkit(name="Guessed", offered_unconfirmed=False)
        page = admin_client.get(reverse("admin:toolkits_toolkit_changelist")).content.decode()
        assert "Code to be confirmed" in page
        assert '<td class="field-to_be_confirmed">No</td>' in page
        assert '<td class="field-nsi_codes">TKNEW / TKNEW1</td><td class="field-to_be_confirmed">Yes</td>' in page
        assert '<td class="field-to_be_confirmed">Yes, and not offered until then</td>' in page

    @time_machine.travel("2026-06-15T12:00:00+01:00", tick=False)
    def test_the_list_can_be_narrowed_to_what_is_active_today(self, admin_client):
        ended = make_toolkit(active_to=date(2026, 6, 14))
        active = make_toolkit(active_to=date(2026, 6, 15))

        def shown(**query):
            response = admin_client.get(reverse("admin:toolkits_toolkit_changelist"), query)
            return {toolkit.pk for toolkit in response.context["cl"].queryset}

        assert shown() == {ended.pk, active.pk}
        assert shown(today="yes") == {active.pk}
        assert shown(today="no") == {ended.pk}

    def test_a_toolkit_is_found_by_its_code(self, admin_client):
        make_toolkit(name="Alpha", nsi_type_code="TKAAA")
        make_toolkit(name="Beta", nsi_type_code="TKBBB")
        response = admin_client.get(reverse("admin:toolkits_toolkit_changelist"), {"q": "tkbbb"})
        assert [toolkit.name for toolkit in response.context["cl"].queryset] == ["Beta"]

    @pytest.mark.parametrize("make", [make_toolkit, make_placeholder])
    def test_a_toolkits_page_gives_its_hints(self, admin_client, make):
        page = admin_client.get(reverse("admin:toolkits_toolkit_change", args=[make().pk])).content.decode()
        assert "Stands for the toolkit in addresses and bookings. It cannot be changed later." in page
        assert "toolkits are never deleted, because bookings refer to them" in page


class TestRollout:
    def test_codes_may_be_typed_in_small_letters(self, add_rollout):
        assert add_rollout(provider_code="n90", team_code="n90aaa").status_code == 302
        assert Rollout.objects.values_list("provider_code", "team_code").get() == ("N90", "N90AAA")

    def test_a_row_for_a_whole_provider_has_no_team(self, add_rollout):
        assert add_rollout(team_code="").status_code == 302
        assert Rollout.objects.get().team_code == ""

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({}, "There is already a row for this provider and team"),
            (
                {"team_code": "N90BBB", "ends_on": "2026-05-31"},
                "The last day must be the same as or after the first day",
            ),
            ({"team_code": "N90 B"}, "Enter the code as it is in Delius, in capital letters and numbers"),
            ({"team_code": "N90BBBB"}, "Team code must be 6 characters or fewer"),
            ({"team_code": "N90BBB", "starts_on": ""}, "Enter the first day"),
        ],
        ids=["twice", "dates", "code", "long", "no day"],
    )
    def test_what_the_database_would_refuse_is_explained_on_the_page(self, add_rollout, values, message):
        make_rollout(team_code="N90AAA")
        assert message in errors_of(add_rollout(**values))
        assert Rollout.objects.count() == 1

    @time_machine.travel("2026-06-15T12:00:00+01:00", tick=False)
    def test_the_list_shows_what_is_in_force_today(self, admin_client):
        in_force = make_rollout(team_code="N90AAA", starts_on=date(2026, 6, 15))
        coming = make_rollout(team_code="N90BBB", starts_on=date(2026, 6, 16))
        ended = make_rollout(ends_on=date(2026, 6, 14))

        def shown(**query):
            response = admin_client.get(reverse("admin:toolkits_rollout_changelist"), query)
            return {rollout.pk for rollout in response.context["cl"].queryset}

        assert shown(today="yes") == {in_force.pk}
        assert shown(today="no") == {coming.pk, ended.pk}
        page = admin_client.get(reverse("admin:toolkits_rollout_changelist")).content.decode()
        assert (page.count('alt="True"'), page.count('alt="False"')) == (1, 2)
        assert "Whole provider" in page

    def test_a_row_can_be_deleted(self, admin_client):
        rollout = make_rollout()
        page = reverse("admin:toolkits_rollout_delete", args=[rollout.pk])
        assert admin_client.post(page, {"post": "yes"}).status_code == 302
        assert not Rollout.objects.exists()


class TestManyRowsAtOnce:
    @pytest.fixture
    def rows(self):
        return [make_rollout(team_code=code) for code in ("N90AAA", "N90BBB")]

    def act(self, client, rows, **values):
        chosen = [row.pk for row in rows]
        page = reverse("admin:toolkits_rollout_changelist")
        return client.post(page, {"action": "set_dates", "_selected_action": chosen, **values}, follow=True)

    def test_the_days_of_several_rows_are_set_together(self, admin_client, rows):
        asked = self.act(admin_client, rows)
        assert "Set the days" in asked.content.decode()
        self.act(admin_client, rows, starts_on="2027-01-04", ends_on="", **hidden(asked))
        assert {(row.starts_on, row.ends_on) for row in Rollout.objects.all()} == {(date(2027, 1, 4), None)}

    def test_days_that_do_not_fit_are_not_set(self, admin_client, rows):
        before = list(Rollout.objects.values_list("starts_on", "ends_on"))
        page = self.act(admin_client, rows, starts_on="2027-01-04", ends_on="2027-01-03").content.decode()
        assert "The last day must be the same as or after the first day" in page
        assert list(Rollout.objects.values_list("starts_on", "ends_on")) == before

    def test_days_that_somebody_changed_meanwhile_are_shown_before_they_are_overwritten(self, admin_client, rows):
        asked = self.act(admin_client, rows)
        Rollout.objects.filter(pk=rows[0].pk).update(starts_on=date(2026, 3, 1))
        again = self.act(admin_client, rows, starts_on="2027-01-04", ends_on="", **hidden(asked))
        page = again.content.decode()
        assert "Somebody changed one of these while you were writing" in page
        assert "from 1 March 2026" in page
        assert 'value="2027-01-04"' in page
        assert not Rollout.objects.filter(starts_on=date(2027, 1, 4)).exists()
        self.act(admin_client, rows, starts_on="2027-01-04", ends_on="", **hidden(again))
        assert Rollout.objects.filter(starts_on=date(2027, 1, 4)).count() == 2


class TestTwoPeopleAtOnce:
    """The later save never undoes the earlier in silence, whatever people share."""

    def form_of(self, client, row):
        page = reverse(f"admin:toolkits_{row._meta.model_name}_change", args=[row.pk])
        form = client.get(page).context["adminform"].form
        return page, {name: "" if form[name].value() is None else form[name].value() for name in form.fields}

    def save_by_somebody_else(self, row, **values):
        other = client_of(account("TAYLOR.TOOLKITS"))
        page, form = self.form_of(other, row)
        assert other.post(page, form | values).status_code == 302

    def test_the_second_to_save_a_toolkit_is_warned_and_both_texts_are_kept(self, admin_client):
        toolkit = make_toolkit(name="Maps", nsi_notes="Words of before")
        page, mine = self.form_of(admin_client, toolkit)
        self.save_by_somebody_else(toolkit, nsi_notes="Words of Taylor", order="5")

        answer = admin_client.post(page, mine | {"nsi_notes": "Words of mine"})
        [error] = errors_of(answer)
        assert error.startswith("TAYLOR.TOOLKITS saved this while you were writing. Nothing of yours is lost")
        shown = answer.content.decode()
        assert "Words of mine</textarea>" in shown
        assert "<td>Words of Taylor</td>" in shown
        differing = [each.label for each in answer.context["adminform"].form.conflicting_changes]
        assert differing == ["Order", "Notes"]
        toolkit.refresh_from_db()
        assert (toolkit.nsi_notes, toolkit.order) == ("Words of Taylor", 5)

        seen = answer.context["adminform"].form["base_version"].value()
        taken_over = mine | {"nsi_notes": "Words of both", "order": "5", "base_version": seen}
        assert admin_client.post(page, taken_over).status_code == 302
        toolkit.refresh_from_db()
        assert (toolkit.nsi_notes, toolkit.order) == ("Words of both", 5)

    def test_the_second_to_save_a_rollout_row_is_warned_and_both_days_are_kept(self, admin_client):
        row = make_rollout()
        page, mine = self.form_of(admin_client, row)
        self.save_by_somebody_else(row, starts_on="2026-02-01")
        answer = admin_client.post(page, mine | {"starts_on": "2026-03-01", "ends_on": ""})
        [difference] = answer.context["adminform"].form.conflicting_changes
        assert (difference.label, difference.before, difference.after) == (
            "First day",
            "1 February 2026",
            "1 March 2026",
        )
        row.refresh_from_db()
        assert row.starts_on == date(2026, 2, 1)

    def test_the_second_to_save_the_order_of_the_list_is_warned(self, admin_client):
        row = ToolkitList.objects.create()
        page, mine = self.form_of(admin_client, row)
        self.save_by_somebody_else(row, order="most-used")
        assert "saved this while you were writing" in errors_of(admin_client.post(page, mine))[0]
        row.refresh_from_db()
        assert row.order == "most-used"

    def test_a_change_that_did_not_come_from_a_form_counts_too(self, admin_client):
        toolkit = make_toolkit(name="Maps")
        page, mine = self.form_of(admin_client, toolkit)
        Toolkit.objects.filter(pk=toolkit.pk).update(nsi_type_code="TKCORR")
        assert errors_of(admin_client.post(page, mine))[0].startswith("Somebody saved this while you were writing")


class TestPreview:
    def see(self, client, on, team_code="N90AAA"):
        page = reverse("admin:toolkits_rollout_preview")
        return client.get(page, {"provider_code": "N90", "team_code": team_code, "on": on}).content.decode()

    def test_it_shows_what_a_team_will_be_offered_on_a_day(self, admin_client):
        make_placeholder()
        make_toolkit(name="Sample Toolkit")
        make_rollout(provider_code="N90", team_code="N90AAA", starts_on=date(2027, 1, 4), ends_on=None)
        assert "Sample Toolkit" in self.see(admin_client, "2027-01-04")
        assert "is not on toolkits" in self.see(admin_client, "2027-01-03")
        assert "is not on toolkits" in self.see(admin_client, "2027-01-04", team_code="N90ZZZ")

    def test_what_is_missing_is_asked_for(self, admin_client):
        assert "Enter a day" in self.see(admin_client, "")

    def test_it_is_linked_from_the_list(self, admin_client):
        page = admin_client.get(reverse("admin:toolkits_rollout_changelist")).content.decode()
        assert reverse("admin:toolkits_rollout_preview") in page


class TestSeveralTeamsAtOnce:
    def add(self, client, **values):
        given = {"provider_code": "n90", "team_codes": "", "starts_on": "2027-01-04", "ends_on": "", "note": ""}
        return client.post(reverse("admin:toolkits_rollout_add_teams"), given | values)

    def test_a_code_that_is_longer_in_capitals_is_refused(self, admin_client):
        for code in ("ßßß", "ﬁﬁ"):
            answer = self.add(admin_client, provider_code=code, team_codes="N90AAA")
            assert set(answer.context["form"].errors) == {"provider_code"}
        assert self.add(admin_client, provider_code="aß", team_codes="N90AAA").status_code == 302
        assert list(Rollout.objects.values_list("provider_code", flat=True)) == ["ASS"]

    def test_more_teams_than_anybody_types_are_refused_before_they_are_looked_for(
        self, admin_client, django_assert_max_num_queries
    ):
        codes = " ".join(f"{number:06}" for number in range(100_000))
        with django_assert_max_num_queries(10):
            answer = self.add(admin_client, team_codes=codes)
        assert answer.context["form"].errors == {
            "team_codes": ["Enter 200 teams or fewer. For all of a provider’s teams, add one row"]
        }

    def test_each_team_gets_a_row_with_the_same_days(self, admin_client):
        assert self.add(admin_client, team_codes="n90aaa\r\nN90BBB, N90CCC;n90aaa", note="Wave 1").status_code == 302
        assert list(Rollout.objects.values_list("provider_code", "team_code", "starts_on", "note")) == [
            ("N90", code, date(2027, 1, 4), "Wave 1") for code in ("N90AAA", "N90BBB", "N90CCC")
        ]

    @pytest.mark.parametrize(
        ("typed", "message"),
        [
            ({"team_codes": "N90AAA\nN90BBB"}, "These teams have a row: N90AAA"),
            ({"team_codes": "N90CCC\nN90-D\nTOOLONGCODE"}, "These are not team codes: N90-D, TOOLONGCODE"),
            ({"team_codes": ""}, "Enter the codes of the teams"),
            ({"team_codes": "N90CCC", "provider_code": "N-1"}, "Enter the code as it is in Delius"),
            ({"team_codes": "N90CCC", "ends_on": "2027-01-03"}, "The last day must be the same as or after"),
        ],
    )
    def test_what_is_wrong_is_said_and_no_row_is_added(self, admin_client, typed, message):
        make_rollout(provider_code="N90", team_code="N90AAA")
        page = self.add(admin_client, **typed).content.decode()
        assert message in page
        assert typed["team_codes"].split("\n")[0] in page
        assert Rollout.objects.count() == 1

    def test_it_is_linked_from_the_list(self, admin_client):
        page = admin_client.get(reverse("admin:toolkits_rollout_changelist")).content.decode()
        assert reverse("admin:toolkits_rollout_add_teams") in page
        assert "Add several teams" in admin_client.get(reverse("admin:toolkits_rollout_add_teams")).content.decode()
