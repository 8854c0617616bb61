"""Toolkits held against what Delius demands of an NSI: by a command, on a page, and where their codes are chosen."""

import re
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from delius.reads.nsi_types import NsiType
from govuk.optimistic_locking import version_of
from rarbooking.roles import Role
from tests.people import account, client_of
from tests.simulator_process import Simulator
from tests.toolkits.factories import make_placeholder, make_rollout, make_toolkit
from tests.toolkits.test_admin import NEW_TOOLKIT, errors_of
from toolkits.delius_validation import check_toolkits, problems_with
from toolkits.models import Toolkit

pytestmark = pytest.mark.django_db

TODAY = date.today()
UNIT = {"length_unit": "Sessions"}
PAGE = "admin:toolkits_toolkit_check"


def ran() -> tuple[list[str], str]:
    """The lines that the command wrote, and how it ended where that is not well."""
    said, failure = StringIO(), ""
    try:
        call_command("check_toolkits", stdout=said)
    except CommandError as error:
        failure = str(error)
    return said.getvalue().splitlines(), failure


def wrong_with(toolkit: Toolkit) -> list[str]:
    """What is to be changed of a toolkit, by the check."""
    [problems] = [each.problems for each in check_toolkits(on=TODAY) if each.toolkit == toolkit]
    return [problem.message for problem in problems]


@pytest.fixture
def no_delius(settings: Settings) -> None:
    settings.HMPPS_AUTH_URL = settings.DELIUS_INTEGRATION_URL = "http://127.0.0.1:9"


class TestTheCommand:
    def test_the_toolkits_of_the_product_are_as_delius_wants_them(self, simulator: Simulator, rollout: None):
        lines, failure = ran()
        assert failure == ""
        assert len(lines) == Toolkit.objects.count()
        offered = {line.partition(": ")[2] for line in lines if "not offered yet" not in line}
        assert offered == {"nothing to change"}
        assert len(lines) - len([line for line in lines if "not offered yet" in line]) == 8

    def test_a_toolkit_that_is_not_offered_yet_is_checked_and_fails_nothing(self, simulator: Simulator):
        make_toolkit(name="Guessed", nsi_type_code="TKX", offered_unconfirmed=False)
        assert ran() == (["Guessed: not offered yet; Delius has no NSI type TKX: choose another NSI type"], "")

    def test_what_is_wrong_is_said_on_the_line_of_its_toolkit_and_fails_it(self, simulator: Simulator):
        make_toolkit(name="Wrong", nsi_type_code="TKSFR", nsi_status_code="OVER")
        make_toolkit(name="Right", nsi_type_code="TKDEV")
        lines, failure = ran()
        assert lines[0] == "Right: nothing to change"
        assert lines[1].startswith("Wrong: TKSFR has no status OVER: choose ")
        assert "; Delius demands a session count for TKSFR: enter " in lines[1]
        assert failure == "Toolkits to change: 1"

    def test_it_asks_delius_twice_however_many_toolkits_there_are(self, simulator: Simulator, rollout: None):
        simulator.clear_requests()
        ran()
        assert len(simulator.requests("getNsiTypes")) == 2

    def test_more_toolkits_than_delius_answers_for_at_once_are_all_checked(self, simulator: Simulator):
        for _ in range(51):
            make_toolkit()
        assert len(ran()[0]) == 51

    def test_without_toolkits_it_says_what_to_run(self, simulator: Simulator):
        assert "load_toolkits" in ran()[1]

    def test_it_says_so_where_delius_does_not_answer(self, no_delius: None):
        make_toolkit()
        assert ran() == ([], "Delius does not answer, so nothing was checked. Run this again later.")


class TestWhatIsChecked:
    def test_a_type_that_delius_does_not_have(self, simulator: Simulator):
        assert wrong_with(make_toolkit(nsi_type_code="TKX")) == [
            "Delius has no NSI type TKX: choose another NSI type",
        ]

    def test_a_type_that_can_no_longer_be_used(self, simulator: Simulator):
        simulator.change_nsi_type("TKDEV", selectable=False)
        assert wrong_with(make_toolkit(nsi_type_code="TKDEV")) == [
            "NSI type TKDEV can no longer be used in Delius: choose another NSI type"
        ]

    def test_a_sub_type_that_is_missing_or_of_nothing(self, simulator: Simulator):
        demanded = ["Delius demands a sub type for TKNEW: choose New Me MOT (TKNEW1)"]
        assert wrong_with(make_toolkit(nsi_type_code="TKNEW")) == demanded
        assert wrong_with(make_toolkit(nsi_type_code="TKNEW", nsi_sub_type_code="TKNEW9")) == demanded
        assert wrong_with(make_toolkit(nsi_type_code="TKDEV", nsi_sub_type_code="TKNEW1")) == [
            "TKDEV has no sub types in Delius: take the sub type out"
        ]

    @pytest.mark.parametrize(
        ("limits", "length", "said"),
        [
            ({}, None, []),
            ({}, 5, ["TKX takes no session count in Delius: take it out"]),
            (UNIT, None, ["Delius demands a session count for TKX: enter one"]),
            (UNIT, 5, []),
            ({**UNIT, "minimum_length": 6}, 5, ["enter at least 6"]),
            ({**UNIT, "maximum_length": 4}, 5, ["enter at most 4"]),
            (
                {**UNIT, "minimum_length": 2, "maximum_length": 4},
                5,
                ["enter at least 2 and at most 4"],
            ),
            ({**UNIT, "minimum_length": 5, "maximum_length": 5}, 5, []),
        ],
    )
    def test_a_session_count_that_delius_would_refuse(
        self, limits: dict[str, Any], length: int | None, said: list[str]
    ):
        nsi_type = NsiType(code="TKX", statuses=({"code": "INPROG"},), **limits)  # type: ignore[arg-type]
        found = [each.message for each in problems_with(Toolkit(nsi_type_code="TKX", nsi_length=length), nsi_type)]
        assert [message.endswith(words) for message, words in zip(found, said, strict=True)] == [True] * len(said)

    def test_a_provider_on_toolkits_that_may_not_use_the_type(self, simulator: Simulator):
        make_rollout(provider_code="N90")
        make_rollout(provider_code="N97", starts_on=TODAY + timedelta(days=9))
        make_rollout(provider_code="N98", starts_on=date(2020, 1, 1), ends_on=date(2021, 1, 1))
        assert wrong_with(make_placeholder()) == [
            "Delius does not let N97 use NSI type NAT1: ask for it to be allowed there, or end their rollout"
        ]

    def test_a_toolkit_whose_last_day_has_passed_is_not_checked(self, simulator: Simulator):
        make_toolkit(name="Over", nsi_type_code="TKX", active_to=TODAY - timedelta(days=1))
        assert ran() == (["Over: not checked, its last day has passed"], "")


class TestThePage:
    def test_it_says_what_to_change_and_where(self, simulator: Simulator, admin_client: Client):
        toolkit = make_toolkit(name="Wrong", nsi_type_code="TKX")
        make_toolkit(name="Right", nsi_type_code="TKDEV")
        page = admin_client.get(reverse(PAGE)).content.decode()
        assert "Delius has no NSI type TKX: choose another NSI type." in page
        assert reverse("admin:toolkits_toolkit_change", args=[toolkit.pk]) in page
        assert page.count("Nothing to change.") == 1

    def test_it_is_linked_from_the_list(self, admin_client: Client):
        assert reverse(PAGE) in admin_client.get(reverse("admin:toolkits_toolkit_changelist")).content.decode()

    def test_it_says_so_where_delius_does_not_answer(self, no_delius: None, admin_client: Client):
        make_toolkit()
        answer = admin_client.get(reverse(PAGE))
        assert answer.status_code == 200
        assert "Delius does not answer at the moment, so nothing could be checked." in answer.content.decode()

    def test_it_is_for_toolkit_administrators_alone(self, simulator: Simulator):
        told = {role: client_of(account("SOMEBODY", role)).get(reverse(PAGE)).status_code for role in Role}
        assert {role for role in Role if told[role] == 200} == {Role.TOOLKIT_ADMINISTRATOR}


def choices(client: Client, toolkit: Toolkit | None, name: str) -> dict[str, str]:
    """The choices of a code on a toolkit's page, by code; empty where it is typed."""
    kind = "add" if toolkit is None else "change"
    page = client.get(reverse(f"admin:toolkits_toolkit_{kind}", args=[toolkit.pk] if toolkit else [])).content.decode()
    found = re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)
    return dict(re.findall(r'<option value="([^"]+)"[^>]*>([^<]*)</option>', found[0])) if found else {}


class TestChoosingCodes:
    def save(self, client: Client, toolkit: Toolkit | None = None, **values: str) -> Any:
        if toolkit is None:
            return client.post(reverse("admin:toolkits_toolkit_add"), NEW_TOOLKIT | values)
        known = {"name": toolkit.name, "nsi_type_code": toolkit.nsi_type_code, "base_version": version_of(toolkit)}
        given = NEW_TOOLKIT | known | values
        return client.post(reverse("admin:toolkits_toolkit_change", args=[toolkit.pk]), given)

    def test_codes_are_chosen_from_what_delius_has_for_rar(self, simulator: Simulator, admin_client: Client):
        simulator.change_nsi_type("TKMAP", selectable=False)
        types = choices(admin_client, None, "nsi_type_code")
        assert types["TKDEV"] == "Developing Dialogues Toolkit (TKDEV)"
        assert not {"NAT1", "TKMAP"} & types.keys()
        assert choices(admin_client, None, "nsi_sub_type_code") == {"TKNEW1": "New Me MOT (TKNEW1)"}
        assert choices(admin_client, None, "nsi_status_code")["INPROG"] == "In progress (INPROG)"

    def test_what_was_chosen_is_saved(self, simulator: Simulator, admin_client: Client):
        answer = self.save(admin_client, nsi_type_code="TKNEW", nsi_sub_type_code="TKNEW1")
        assert answer.status_code == 302
        assert Toolkit.objects.values_list("nsi_type_code", "nsi_sub_type_code").get() == ("TKNEW", "TKNEW1")

    def test_what_delius_would_refuse_is_said_of_what_is_changed(self, simulator: Simulator, admin_client: Client):
        assert errors_of(self.save(admin_client, nsi_type_code="TKNEW")) == [
            "Delius demands a sub type for TKNEW: choose New Me MOT (TKNEW1)"
        ]
        assert "is not one of the available choices" in str(errors_of(self.save(admin_client, nsi_type_code="TKX")))

    def test_a_code_that_delius_does_not_have_stays_until_it_is_changed(
        self, simulator: Simulator, admin_client: Client
    ):
        toolkit = make_toolkit(nsi_type_code="TKX", nsi_status_code="OLD")
        assert choices(admin_client, toolkit, "nsi_type_code")["TKX"] == "TKX (unknown in Delius)"
        assert choices(admin_client, toolkit, "nsi_status_code")["OLD"] == "OLD (unknown in Delius)"
        assert self.save(admin_client, toolkit, name="Renamed", nsi_status_code="OLD").status_code == 302
        toolkit.refresh_from_db()
        assert (toolkit.name, toolkit.nsi_type_code, toolkit.nsi_status_code) == ("Renamed", "TKX", "OLD")

    def test_a_type_that_can_no_longer_be_used_stays_and_says_so(self, simulator: Simulator, admin_client: Client):
        simulator.change_nsi_type("TKMAP", selectable=False)
        toolkit = make_toolkit(nsi_type_code="TKMAP")
        assert choices(admin_client, toolkit, "nsi_type_code")["TKMAP"] == "TKMAP (cannot be chosen in Delius)"

    def test_a_toolkit_that_was_wrong_before_can_be_renamed(self, simulator: Simulator, admin_client: Client):
        toolkit = make_toolkit(nsi_type_code="TKNEW")
        assert self.save(admin_client, toolkit, name="Renamed").status_code == 302

    def test_where_delius_does_not_answer_codes_are_typed(self, no_delius: None, admin_client: Client):
        page = admin_client.get(reverse("admin:toolkits_toolkit_add")).content.decode()
        assert '<input type="text" name="nsi_type_code"' in page
        assert page.count("Delius does not answer at the moment: type the code as it is there.") == 3
        assert self.save(admin_client, nsi_type_code="TKX").status_code == 302

    def test_the_placeholders_type_is_not_asked_for(self, simulator: Simulator, admin_client: Client):
        placeholder = make_placeholder()
        assert choices(admin_client, placeholder, "nsi_type_code") == {}
        assert choices(admin_client, placeholder, "nsi_status_code")
        assert self.save(admin_client, placeholder, nsi_notes="Edited").status_code == 302
