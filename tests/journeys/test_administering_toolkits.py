"""What an administrator sets about toolkits, in the browser, and what practitioners then see."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import ViewportSize, expect

from tests.journeys.practitioner import Practitioner
from tests.simulator_process import Simulator

pytestmark = pytest.mark.browser
PHONE: ViewportSize = {"width": 375, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 800}
TOOLKIT = "Which RAR toolkit will you use?"
ALPHABETICAL = [
    "Choices and Changes",
    "Connection and Community",
    "Developing Dialogues",
    "Maps for Change",
    "New Me MOT",
    "Skills for Relationships",
    "Stepping Stones",
]


@pytest.fixture
def administrator(practitioner: Practitioner, new_context: Callable[..., Any]) -> Practitioner:
    """Somebody at another browser, signed in to the admin."""
    administrator = Practitioner(new_context().new_page(), practitioner.address)
    administrator.signs_in_to_the_administration_as("Taylor Toolkits")
    return administrator


def previews(administrator: Practitioner, team: str, on: date) -> str:
    """Ask what a team will see, and return the answer."""
    administrator.opens("/admin/toolkits/rollout/")
    administrator.follows("What will a team see?")
    administrator.page.get_by_label("Provider code").fill("N90")
    administrator.page.get_by_label("Team code").fill(team)
    administrator.page.get_by_label("Day of the appointment").fill(on.isoformat())
    administrator.page.get_by_role("button", name="Show").click()
    return administrator.page.locator("#content").inner_text()


def goes_to_the_toolkits(practitioner: Practitioner, name: str) -> None:
    practitioner.arranges_an_appointment_for(name)
    practitioner.answers("What type of appointment will it be?", "Phone call")
    practitioner.answers("Will this be a RAR toolkit session?", "Yes, it will count towards RAR")


def test_the_order_of_toolkits_that_an_administrator_chooses_is_the_order_of_the_question(
    practitioner: Practitioner, administrator: Practitioner, simulator: Simulator
) -> None:
    # Given somebody who has used one toolkit, and a list in alphabetical order
    simulator.add_nsi("X000001", "TKSTE", startDate=date.today().isoformat())
    call_command("sync_nsis", verbosity=0)
    practitioner.signs_in_as("Robin Sample")
    goes_to_the_toolkits(practitioner, "Brian Example")
    practitioner.is_asked(TOOLKIT)
    assert practitioner.choices() == ALPHABETICAL
    practitioner.finds_the_page_accessible()

    # When an administrator puts those used before first
    administrator.opens("/admin/toolkits/toolkitlist/add/")
    administrator.page.get_by_label("Order").select_option("Previously used with this person first")
    administrator.page.get_by_role("button", name="Save", exact=True).click()
    administrator.sees("was added successfully")

    # Then that one comes first and the rest stay as they were
    practitioner.page.reload()
    assert practitioner.choices() == ["Stepping Stones", *ALPHABETICAL[:-1]]
    practitioner.finds_the_page_accessible()


def test_a_team_that_is_not_on_toolkits_is_not_asked_for_one_and_its_answers_name_nat1(
    practitioner: Practitioner, administrator: Practitioner
) -> None:
    # Given a team without a rollout row, as the preview says
    assert "team N90BBB is not on toolkits" in previews(administrator, "N90BBB", date.today())

    # When one of its practitioners arranges a RAR session
    practitioner.signs_in_as("Jo Placeholder")
    goes_to_the_toolkits(practitioner, "Omar Otherteam")

    # Then they are asked when, and not which toolkit, and their answers name NAT1 without a way to change it
    practitioner.answers_from_when_on()
    assert practitioner.answers_shown()["RAR toolkit"] == (
        "Non-Approved Transition Toolkit (NAT1) Used because your team has not moved to RAR toolkits yet"
    )
    expect(practitioner.page.get_by_role("link", name="Change RAR toolkit", exact=True)).to_have_count(0)
    practitioner.finds_the_page_accessible()


def test_days_set_for_several_teams_at_once_show_in_the_preview_and_to_their_practitioners(
    practitioner: Practitioner, administrator: Practitioner
) -> None:
    # Given a team that moves to toolkits in two weeks, and another that is on them
    assert "team N90CCC is not on toolkits" in previews(administrator, "N90CCC", date.today())
    assert "team N90DDD chooses from:" in previews(administrator, "N90DDD", date.today())

    # When an administrator gives both the same first day: today
    administrator.opens("/admin/toolkits/rollout/")
    for team in ("N90CCC", "N90DDD"):
        administrator.page.get_by_role("row").filter(has_text=team).get_by_role("checkbox").check()
    administrator.page.locator("select[name=action]").select_option("Set first and last day")
    administrator.page.locator("button[name=index]").click()
    chosen = [re.compile(rf"Team {team} \(N90\): from ") for team in ("N90CCC", "N90DDD")]
    expect(administrator.page.locator("#content li")).to_have_text(chosen)
    administrator.page.get_by_label("First day").fill(date.today().isoformat())
    administrator.page.get_by_role("button", name="Set the days").click()
    administrator.sees("2 rows now have these days.")

    # Then the preview offers what the team will choose from
    shown = previews(administrator, "N90CCC", date.today())
    assert "team N90CCC chooses from:" in shown
    assert all(toolkit in shown for toolkit in ALPHABETICAL)

    # And a practitioner of the team is asked
    practitioner.signs_in_as("Sam Mockton")
    goes_to_the_toolkits(practitioner, "Priya Soonmoving")
    practitioner.is_asked(TOOLKIT)
    assert practitioner.choices() == ALPHABETICAL
    practitioner.finds_the_page_accessible()


def test_what_delius_would_refuse_of_a_toolkit_is_found_by_the_check_and_mended_from_its_list(
    administrator: Practitioner, simulator: Simulator
) -> None:
    # Given a toolkit whose NSI type can no longer be chosen in Delius, and all the others right
    simulator.change_nsi_type("TKMAP", selectable=False)
    page = administrator.page

    # When an administrator follows the check from the list of toolkits
    administrator.opens("/admin/toolkits/toolkit/")
    administrator.follows("Does Delius accept these toolkits?")

    # Then one toolkit is to change, and it says what
    administrator.sees("NSI type TKMAP can no longer be used in Delius: choose another NSI type")
    expect(page.get_by_text("To change:")).to_have_count(1)
    expect(page.get_by_text("Nothing to change.")).to_have_count(len(ALPHABETICAL))
    fits_a_phone_and_is_accessible(administrator)

    # When they follow its name, then its code still shows, and says why it cannot stay
    administrator.follows("Maps for Change")
    codes = page.get_by_label("NSI type code:")
    expect(codes.locator("option:checked")).to_have_text("TKMAP (cannot be chosen in Delius)")
    fits_a_phone_and_is_accessible(administrator)

    # When Delius has it again, then there is nothing left to change
    simulator.change_nsi_type("TKMAP", selectable=True)
    administrator.opens("/admin/toolkits/toolkit/check/")
    expect(page.get_by_text("To change:")).to_have_count(0)


def test_codes_are_chosen_from_what_delius_has_and_a_wrong_choice_is_explained(administrator: Practitioner) -> None:
    # Given an administrator who adds a toolkit
    page = administrator.page
    administrator.opens("/admin/toolkits/toolkit/add/")
    fits_a_phone_and_is_accessible(administrator)

    # When they choose a type that demands a sub type, without one
    page.get_by_label("Name:").fill("New Me MOT for groups")
    page.get_by_label("Slug:").fill("new-me-mot-groups")
    page.get_by_label("NSI type code:").select_option("New Me MOT Toolkit (TKNEW)")
    page.get_by_label("NSI status code:").select_option("In progress (INPROG)")
    page.get_by_role("button", name="Save", exact=True).click()

    # Then the page says which, beside the list that has it
    administrator.sees("Delius demands a sub type for TKNEW: choose New Me MOT (TKNEW1)")
    fits_a_phone_and_is_accessible(administrator)


def test_where_delius_does_not_answer_nothing_is_checked_and_codes_are_typed(
    administrator: Practitioner, simulator: Simulator
) -> None:
    simulator.fault("getNsiTypes", "status", status=503, times=None)
    administrator.opens("/admin/toolkits/toolkit/check/")
    administrator.sees("Delius does not answer at the moment, so nothing could be checked.")
    fits_a_phone_and_is_accessible(administrator)
    administrator.opens("/admin/toolkits/toolkit/add/")
    administrator.sees("Delius does not answer at the moment: type the code as it is there.")
    expect(administrator.page.get_by_role("textbox", name="NSI type code:")).to_be_visible()
    fits_a_phone_and_is_accessible(administrator)


def fits_a_phone_and_is_accessible(administrator: Practitioner) -> None:
    """See that a page of the administration is accessible at both widths, and no wider than a phone."""
    administrator.finds_the_page_accessible()
    administrator.page.set_viewport_size(PHONE)
    assert administrator.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    administrator.finds_the_page_accessible()
    administrator.page.set_viewport_size(DESK)
