"""What the product comes with, and that loading it never undoes anybody's work."""

from datetime import date, timedelta
from importlib import import_module
from io import StringIO

import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.forms.models import model_to_dict

from guidance.models import ToolkitGuidance
from guidance.services.import_export import load_guidance
from tests.toolkits.factories import make_toolkit
from toolkits import selectors
from toolkits.models import Rollout, Toolkit
from toolkits.services import load_toolkits

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def run(command, **options):
    """Run a command and return what it prints."""
    printed = StringIO()
    call_command(command, stdout=printed, **options)
    return printed.getvalue()


def all_toolkits():
    return [model_to_dict(toolkit) for toolkit in Toolkit.objects.order_by("pk")]


class TestLoadToolkits:
    def test_the_product_comes_with_every_toolkit_that_is_known_and_nat1(self):
        load_toolkits()
        assert set(Toolkit.objects.values_list("name", "nsi_type_code", "nsi_sub_type_code", "nsi_length")) == {
            ("Choices and Changes", "TKCAC", "", None),
            ("Connection and Community", "TKCON", "", None),
            ("Constructive Conversations", "TKCOC", "", None),
            ("Creating Positive Connections", "TKCPC", "", None),
            ("Developing Dialogues", "TKDEV", "", None),
            ("First Steps to Change", "TKFSC", "", None),
            ("Maps for Change", "TKMAP", "", None),
            ("Moving On", "TKMOV", "", None),
            ("Pathways to Change", "TKPTC", "", None),
            ("Responsibility Aware", "TKRES", "", None),
            ("New Me MOT", "TKNEW", "TKNEW1", None),
            ("Skills for Relationships", "TKSFR", "", 10),
            ("Stepping Stones", "TKSTE", "", None),
            ("Non-Approved Transition Toolkit (NAT1)", "NAT1", "", None),
        }
        assert set(Toolkit.objects.values_list("nsi_status_code", "order")) == {("INPROG", 0)}

    def test_every_toolkit_with_guidance_can_be_chosen_once_its_codes_are_confirmed(self):
        load_toolkits()
        load_guidance()
        about = set(ToolkitGuidance.objects.values_list("toolkit", flat=True))
        assert about == set(Toolkit.objects.values_list("slug", flat=True))

    def test_no_code_but_nat1_is_taken_for_confirmed_and_nothing_else_is_offered(self):
        load_toolkits()
        assert [toolkit.nsi_type_code for toolkit in Toolkit.objects.filter(code_confirmed=True)] == ["NAT1"]
        assert [toolkit.nsi_type_code for toolkit in Toolkit.objects.all() if toolkit.is_offered] == ["NAT1"]

    def test_everything_loaded_is_valid_in_the_admin(self):
        load_toolkits()
        for toolkit in Toolkit.objects.all():
            toolkit.full_clean()

    def test_loading_again_changes_nothing(self):
        assert run("load_toolkits") == "Toolkits: 14 created, 0 unchanged\n"
        before = all_toolkits()
        assert run("load_toolkits") == "Toolkits: 0 created, 14 unchanged\n"
        assert all_toolkits() == before

    def test_what_an_administrator_changed_survives_loading(self):
        load_toolkits()
        Toolkit.objects.filter(slug="developing-dialogues").update(
            name="Developing Dialogues (2026)",
            nsi_type_code="REAL1",
            code_confirmed=True,
            active_to=date(2026, 12, 31),
            order=3,
            nsi_notes="Checked",
        )
        before = all_toolkits()
        load_toolkits()
        assert all_toolkits() == before

    def test_a_missing_toolkit_is_created_beside_those_that_exist(self):
        load_toolkits()
        Toolkit.objects.filter(slug="stepping-stones").delete()
        result = load_toolkits()
        assert result.created == ("stepping-stones",)
        assert len(result.unchanged) == 13

    @pytest.mark.parametrize(
        "by_hand",
        [
            {"name": "STEPPING STONES", "nsi_type_code": "OWN1"},
            {"name": "Stones to step on", "nsi_type_code": "TKSTE"},
        ],
        ids=["same name", "same code"],
    )
    def test_a_toolkit_already_added_by_hand_under_another_slug_is_not_added_twice(self, by_hand):
        own = make_toolkit(slug="own", **by_hand)
        result = load_toolkits()
        assert "stepping-stones" in result.unchanged
        assert Toolkit.objects.filter(slug="own").get() == own
        assert Toolkit.objects.count() == 14

    def test_a_file_with_a_wrong_entry_loads_nothing(self, tmp_path):
        path = tmp_path / "toolkits.toml"
        path.write_text(
            '[[toolkit]]\nname = "Good"\nslug = "good"\nnsi_type_code = "GOOD"\n'
            '[[toolkit]]\nname = "Bad"\nslug = "bad"\nnsi_type_code = "NOT A CODE"\n'
        )
        with pytest.raises(ValidationError, match="nsi_type_code"):
            load_toolkits(path=path)
        assert not Toolkit.objects.exists()

    def test_it_is_silent_when_asked_to_be(self):
        assert run("load_toolkits", verbosity=0) == ""


class TestOfferedUnconfirmed:
    def test_a_toolkit_that_is_there_stays_offered_after_the_upgrade(self):
        toolkit = make_toolkit(offered_unconfirmed=False)
        import_module("toolkits.migrations.0003_offered_unconfirmed").keep_offering(apps, None)
        toolkit.refresh_from_db()
        assert toolkit.offered_unconfirmed


class TestLoadDemoRollout:
    @pytest.fixture(autouse=True)
    def _just_after_midnight_in_summer(self, settings):
        settings.DEMO = True
        # Half past midnight in London is still the day before in UTC.
        with time_machine.travel("2026-06-15T00:30:00+01:00", tick=False):
            yield

    def test_the_demo_has_teams_on_toolkits_moving_later_and_not_yet(self):
        run("load_demo_rollout")
        today = date(2026, 6, 15)

        def transitioned(provider_code, team_code, days):
            on = today + timedelta(days=days)
            return selectors.is_transitioned(provider_code=provider_code, team_code=team_code, on=on)

        assert [transitioned("N90", "N90AAA", days) for days in (-91, -90, 0, 365)] == [False, True, True, True]
        assert [transitioned("N90", "N90DDD", days) for days in (-91, -90, 0, 365)] == [False, True, True, True]
        assert [transitioned("N90", "N90CCC", days) for days in (-91, 0, 13, 14)] == [False, False, False, True]
        assert [transitioned("N91", "N91ZZZ", days) for days in (-31, -30, 0, 365)] == [False, True, True, True]
        assert [transitioned("N90", "N90BBB", days) for days in (-90, 0, 14, 365)] == [False] * 4

    def test_loading_again_later_moves_no_date(self):
        assert run("load_demo_rollout") == "Rollout: 4 created, 0 unchanged\n"
        before = set(Rollout.objects.values_list())
        with time_machine.travel("2026-07-01T12:00:00+01:00", tick=False):
            assert run("load_demo_rollout") == "Rollout: 0 created, 4 unchanged\n"
        assert set(Rollout.objects.values_list()) == before

    def test_it_is_silent_when_asked_to_be(self):
        assert run("load_demo_rollout", verbosity=0) == ""

    def test_it_refuses_outside_the_demo_profile(self, settings):
        settings.DEMO = False
        with pytest.raises(CommandError, match="demo profile only"):
            run("load_demo_rollout")
        assert not Rollout.objects.exists()
