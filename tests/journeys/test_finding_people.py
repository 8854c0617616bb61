"""Finding people on *Your cases*, in the browser, and what is kept from whoever may not see it."""

import pytest
from playwright.sync_api import expect

from tests.journeys.practitioner import Practitioner
from tests.simulator_process import Simulator

pytestmark = pytest.mark.browser
RESTRICTED = "This is a restricted record. Speak to the Mill Lane team if you need to see it."
EXCLUDED = "You are excluded from viewing this record. Speak to your manager."


def crns(practitioner: Practitioner) -> list[str]:
    """The CRNs of the list, from the top."""
    return [text.strip() for text in practitioner.page.locator("tbody tr td:first-of-type").all_inner_texts()]


def sorts_by(practitioner: Practitioner, order: str) -> None:
    """Choose an order of the list."""
    practitioner.page.get_by_label("Sort by").select_option(order)
    practitioner.page.get_by_role("button", name="Show", exact=True).click()


def test_the_list_is_narrowed_by_name_and_widened_again(practitioner: Practitioner) -> None:
    # Given a practitioner at their cases
    practitioner.signs_in_as("Robin Sample")
    everybody = crns(practitioner)

    # When they type part of a name, then only that person is shown
    practitioner.looks_for("gita two")
    practitioner.sees("1 person found")
    assert crns(practitioner) == ["X000006"]
    practitioner.finds_the_page_accessible()

    # When they look at that person and come back, then they are where they were, and no name stands in the address
    practitioner.opens_the_page_of("Gita Twosentence")
    practitioner.page.go_back()
    practitioner.sees("1 person found")
    assert "gita" not in practitioner.page.url

    # When nobody is called so, then the page says what else to do
    practitioner.looks_for("nobody")
    practitioner.sees("Nobody on your caseload has that name or CRN.")
    practitioner.finds_the_page_accessible()
    practitioner.follows("Show everybody")
    practitioner.is_asked("Your cases")
    expect(practitioner.page.locator("tbody tr")).to_have_count(len(everybody))
    assert crns(practitioner) == everybody


def test_the_list_is_sorted_by_the_rar_days_that_are_left(practitioner: Practitioner) -> None:
    # Given a practitioner at their cases, which are in order of surname
    practitioner.signs_in_as("Robin Sample")
    by_name = crns(practitioner)

    # When they ask for those with the fewest days left
    sorts_by(practitioner, "Fewest RAR days left")

    # Then Una with 2 is first, then Tess with 9, and Jack with 28 is after Gita with 25
    expect(practitioner.page.locator("tbody tr").first).to_contain_text("Una Endingsoon")
    expect(practitioner.page.locator("tbody tr").nth(1)).to_contain_text("Tess Todaydone")
    fewest = crns(practitioner)
    assert fewest.index("X000006") < fewest.index("X000009")
    practitioner.finds_the_page_accessible()

    # And nobody was lost
    assert sorted(fewest) == sorted(by_name)


def test_a_long_caseload_is_read_page_by_page(practitioner: Practitioner, simulator: Simulator) -> None:
    # Given a practitioner with 60 cases
    simulator.reset(dataset="large_caseload")
    practitioner.signs_in_as("Robin Sample")
    sorts_by(practitioner, "CRN")
    pages = practitioner.page.get_by_role("navigation", name="Your cases")
    first = crns(practitioner)
    practitioner.finds_the_page_accessible()

    # When they go to the next page
    pages.get_by_role("link", name="Next").click()

    # Then they have met everybody once, in the order they chose
    expect(pages.locator("[aria-current=page]")).to_have_text("2")
    assert practitioner.page.title().startswith("Your cases (page 2 of 2)")
    assert first + crns(practitioner) == [f"X1{number:05d}" for number in range(1, 61)]
    practitioner.finds_the_page_accessible()


def test_somebody_whom_ones_team_manages_is_found_by_their_whole_crn(practitioner: Practitioner) -> None:
    # Given a practitioner who does not manage Brian but is in the team that does
    practitioner.signs_in_as("Terry Twoteams")
    assert "X000001" not in crns(practitioner)

    # When they type Brian's CRN, then they are at his page
    practitioner.looks_for("x000001")
    practitioner.is_asked("Overview")
    practitioner.sees("Brian Example")
    practitioner.finds_the_page_accessible()

    # When they type that of somebody in another team, then they are told no more than that it is not theirs
    practitioner.looks_for("X000014")
    practitioner.sees_the_problem("You do not have a case with the CRN X000014. Check it and try again")
    expect(practitioner.page.locator("body")).not_to_contain_text("Omar")
    practitioner.finds_the_page_accessible()


def test_of_people_with_limited_access_only_the_reason_is_shown(practitioner: Practitioner) -> None:
    # Given a practitioner who manages two people whose records they may not see
    practitioner.signs_in_as("Robin Sample")
    for crn, name, reason in (("X000011", "Lou", RESTRICTED), ("X000012", "Max", EXCLUDED)):
        # When they look at their cases, then there is the CRN and the reason, and no name, days or link
        practitioner.opens("/")
        row = practitioner.page.get_by_role("row").filter(has_text=crn)
        expect(row).to_have_text(f"Limited access {crn} {reason}")
        expect(row.get_by_role("link")).to_have_count(0)
        expect(practitioner.page.locator("body")).not_to_contain_text(name)

        # And no page of theirs shows more
        for path in ("", "schedule/", "arrange/", "arrange/check/"):
            practitioner.opens(f"/cases/{crn}/{path}")
            practitioner.is_asked("This person’s record has limited access")
            practitioner.sees(reason)
            expect(practitioner.page.locator("body")).not_to_contain_text(name)
        practitioner.finds_the_page_accessible()
