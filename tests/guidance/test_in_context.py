"""Guidance where a practitioner needs it."""

import re
from datetime import date

import pytest
from django.test import Client

from cases.presenters.risk_flags import risk_flags
from delius.records import CodeDescription, RiskFlag
from guidance.models import ToolkitGuidance
from guidance.summaries import reason_against
from tests.booking.journeys import answer_all, answer_up_to
from tests.booking.test_confirming import confirm
from tests.guidance.pages import flag, toolkit
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db
QUESTION = "/cases/X000001/arrange/toolkit/"
MAPS = 'href="/guidance/toolkits/maps-for-change/"'


def test_each_toolkit_has_a_hint_and_key_facts_with_the_way_to_its_page(robin: Client) -> None:
    toolkit("Maps for Change", summary="For men convicted of a sexual offence.", genders=["men"], sessions_min=9)
    answer_up_to(robin, "toolkit")
    page = robin.get(QUESTION).content.decode()
    assert "For men convicted of a sexual offence." in page
    assert "About Maps for Change" in page
    assert "At least 9" in page
    assert re.search(rf'{MAPS} target="_blank"[^>]*>Read the guidance on Maps for Change \(opens in new tab\)', page)


def test_a_toolkit_without_published_guidance_can_be_chosen_all_the_same(robin: Client) -> None:
    answer_up_to(robin, "toolkit")
    page = robin.get(QUESTION).content.decode()
    assert "Maps for Change" in page
    assert "About Maps for Change" not in page


def test_a_toolkit_that_is_not_usually_for_this_person_says_why_and_can_be_chosen(robin: Client) -> None:
    toolkit("Maps for Change", genders=["women"], min_age=18)
    answer_up_to(robin, "toolkit")
    page = robin.get(QUESTION).content.decode()
    assert "<strong>Not usually for this person:</strong> it is for women aged 18 and over" in page
    assert robin.post(QUESTION, {"toolkit": "maps-for-change"}).status_code == 302


@pytest.mark.parametrize(
    ("fields", "age", "gender", "reason"),
    [
        ({"genders": ["men"]}, 30, "Female", "it is for men"),
        ({"genders": ["men"]}, 30, "Male", ""),
        ({"genders": ["men"]}, 30, None, ""),
        ({"genders": ["men"]}, 30, "Not specified", ""),
        ({"genders": []}, 30, "Female", ""),
        ({"min_age": 18, "max_age": 30}, 31, "Male", "it is for people aged 18 to 30"),
        ({"max_age": 30}, 31, "Male", "it is for people aged up to 30"),
        ({"min_age": 18}, 17, "Male", "it is for people aged 18 and over"),
        ({"min_age": 18}, None, "Male", ""),
    ],
)
def test_what_is_not_known_never_speaks_against_a_toolkit(
    fields: dict, age: int | None, gender: str | None, reason: str
) -> None:
    assert reason_against(ToolkitGuidance(**fields), age=age, gender=gender) == reason


def test_the_toolkits_name_leads_to_its_guidance_on_the_answers_and_in_the_schedule(
    robin: Client, simulator: Simulator
) -> None:
    toolkit("Maps for Change")
    answer_all(robin, toolkit="maps-for-change")
    page = robin.get("/cases/X000001/arrange/check/").content.decode()
    assert page.count(MAPS) == 2  # the line, and the RAR days
    confirm(robin)
    assert MAPS in robin.get("/cases/X000001/schedule/").content.decode()


def test_old_rar_categories_lead_nowhere(robin: Client) -> None:
    toolkit("Maps for Change")
    page = robin.get("/cases/X000009/schedule/").content.decode()
    assert "Attitudes, thinking and behaviour" in page
    assert "/guidance/toolkits/" not in page


class TestRiskFlags:
    def names(self, page: str) -> list[str]:
        table = page.partition("Current flags")[2].partition("</table>")[0]
        return re.findall(r'<th scope="row"[^>]*>\s*<(?:a|strong)[^>]*>\s*([^<]+?)\s*<', table)

    def test_they_are_in_alphabetical_order_in_the_colour_of_their_category(self, robin: Client) -> None:
        flag("Weapons", "WEAP", category="Alerts")
        page = robin.get("/cases/X000009/risk-flags/").content.decode()
        names = self.names(page)
        assert len(names) == 14
        assert names == sorted(names, key=str.casefold)
        assert (
            '<a class="govuk-tag govuk-tag--magenta rar-flag" href="/guidance/risk-flags/weapons/">Weapons</a>' in page
        )

    def test_a_removed_flag_is_not_shown(self, robin: Client) -> None:
        assert "Medium RoH" not in robin.get("/cases/X000009/risk-flags/").content.decode()

    def test_nobody_elses_flags_are_shown(self, robin: Client) -> None:
        assert robin.get("/cases/X000014/risk-flags/").status_code == 404
        assert robin.get("/cases/X000011/risk-flags/").status_code == 403

    def test_somebody_without_flags_is_said_to_have_none(self, robin: Client) -> None:
        assert "Brian has no current risk flags" in robin.get("/cases/X000001/risk-flags/").content.decode()

    def test_the_schedule_is_shown_while_flags_cannot_be_read(self, robin: Client, simulator: Simulator) -> None:
        simulator.fault("getRiskFlags", "status", status=429, times=None)
        answer = robin.get("/cases/X000009/schedule/")
        assert answer.status_code == 200
        assert "We cannot see risk flags at the moment" in answer.content.decode()


def test_long_notes_are_cut_at_a_word_and_flags_at_last_termination_come_last() -> None:
    alert = CodeDescription(code="A", description="Alert at last termination")
    zebra = CodeDescription(code="Z", description="Zebra")
    shown = risk_flags(
        (RiskFlag(type=alert, notes="word " * 60), RiskFlag(type=zebra, next_review_date=date(2027, 1, 2)))
    )
    assert [each.code for each in shown] == ["Z", "A"]
    assert shown[0].review == "2 January 2027"
    assert shown[1].notes.endswith("word…")
    assert len(shown[1].notes) <= 151
    assert len(shown[1].more_notes) > 200
