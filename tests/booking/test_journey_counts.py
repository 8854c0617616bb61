"""*Journeys in numbers*: who sees it, and what it says."""

import csv
import re
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from booking.models import JourneyCount, JourneyEvent
from tests.people import account, client_of
from toolkits.models import Toolkit

pytestmark = pytest.mark.django_db
PAGE = "/admin/booking/journeycount/"
FILE = f"{PAGE}csv/"
ON = {"first": "1/10/2026", "last": "31/10/2026"}


@pytest.fixture
def analyst(db: None) -> Client:
    """Somebody of those who may see the counts."""
    return client_of(account("TAYLOR.TOOLKITS"))


def count(event: JourneyEvent, number: int, detail: str = "", *, day: date = date(2026, 10, 14)) -> None:
    JourneyCount.objects.create(day=day, event=event, detail=detail, number=number)


@pytest.fixture
def october(rollout: None) -> None:
    """Ten journeys that were finished and ten that were left."""
    count(JourneyEvent.STARTED, 24)
    count(JourneyEvent.FINISHED, 10)
    count(JourneyEvent.ABANDONED, 6, "type")
    count(JourneyEvent.ABANDONED, 4, "when")
    count(JourneyEvent.TOOLKIT, 3, "maps-for-change")
    count(JourneyEvent.TOOLKIT, 1, "stepping-stones")
    count(JourneyEvent.WITH_TOOLKIT, 2, "N90")
    count(JourneyEvent.WITH_NAT1, 6, "N90")
    count(JourneyEvent.WITH_NAT1, 2, "N91")


def rows(page: str) -> dict[str, list[str]]:
    """The texts of the cells of each row of the page's tables, by the row's heading."""
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL):
        heading, *cells = (re.sub(r"<[^>]*>", "", each).strip() for each in re.findall(r"<t[hd].*?</t[hd]>", row, re.S))
        found[heading] = cells[:-1]
    return found


def lines(answer: Any) -> list[list[str]]:
    return list(csv.reader(StringIO(answer.content.decode())))


@pytest.mark.parametrize("address", [PAGE, FILE])
def test_only_who_may_see_the_counts_sees_them(analyst: Client, address: str) -> None:
    other = client_of(account("DANA.DESIGNER"))
    assert (analyst.get(address).status_code, other.get(address).status_code) == (200, 403)
    assert Client().get(address)["Location"] == f"/sign-in/?next={address}"
    assert analyst.post(address).status_code == 405


def test_the_administrations_front_page_leads_there(analyst: Client) -> None:
    front = analyst.get("/admin/").content.decode()
    assert f'href="{PAGE}"' in front
    assert "Journeys in numbers" in front


def test_how_far_journeys_went_is_told_for_each_question(analyst: Client, october: None) -> None:
    page = analyst.get(PAGE, ON).content.decode()
    assert re.findall(r"<dd>(\d+)</dd>", page) == ["24", "10", "10"]
    found = rows(page)
    assert found["Type of appointment"] == ["6", "70%"]
    assert found["Date and time"] == ["4", "50%"]
    assert found["Check your answers"] == ["0", "50%"]


def test_toolkits_are_told_by_name_the_most_chosen_first(analyst: Client, october: None) -> None:
    page = analyst.get(PAGE, ON).content.decode()
    assert rows(page)["Maps for Change"] == ["3", "75%"]
    assert page.index("Maps for Change") < page.index("Stepping Stones")


def test_the_share_of_nat1_is_told_by_provider_unless_the_numbers_are_small(analyst: Client, october: None) -> None:
    found = rows(analyst.get(PAGE, ON).content.decode())
    assert (found["N90"], found["N91"]) == (["8", "6", "75%"], ["Fewer than 5", "", ""])


def test_a_bar_is_drawn_by_the_server_beside_its_number_without_a_style(analyst: Client, october: None) -> None:
    page = analyst.get(PAGE, ON).content.decode()
    assert '<rect class="rar-bar-part" width="75"' in page
    assert all('aria-hidden="true"' in each for each in re.findall(r"<svg viewBox[^>]*>", page))
    assert 'style="' not in page


def test_the_first_and_the_last_day_count(analyst: Client, rollout: None) -> None:
    for day in (date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 1)):
        count(JourneyEvent.STARTED, 1, day=day)
    assert re.findall(r"<dd>(\d+)</dd>", analyst.get(PAGE, ON).content.decode()) == ["2", "0", "0"]


def test_without_a_period_it_is_the_last_four_weeks(analyst: Client, rollout: None) -> None:
    today = timezone.localdate()
    for days in (28, 27, 0):
        count(JourneyEvent.STARTED, 1, day=today - timedelta(days=days))
    assert re.findall(r"<dd>(\d+)</dd>", analyst.get(PAGE).content.decode())[0] == "2"


def test_where_nothing_happened_it_says_so(analyst: Client, rollout: None) -> None:
    page = analyst.get(PAGE, ON).content.decode()
    assert "No journey was started, finished or left on these days." in page
    assert "rar-numbers" not in page


@pytest.mark.parametrize(
    ("asked", "field", "error"),
    [
        ({"first": "", "last": "31/10/2026"}, "first", "Enter the first day"),
        ({"first": "1/10/2026"}, "last", "Enter the last day"),
        ({"first": "31/2/2026", "last": "31/10/2026"}, "first", "First day must be a real date, like 27/3/2026"),
        ({"first": "1/10/2026", "last": "<b>"}, "last", "Last day must be a real date, like 27/3/2026"),
        (
            {"first": "2/10/2026", "last": "1/10/2026"},
            "last",
            "The last day must be the same as or after the first day",
        ),
    ],
)
def test_a_period_that_is_none_is_said_beside_its_field_and_linked_to_it(
    analyst: Client, october: None, asked: dict[str, str], field: str, error: str
) -> None:
    page = analyst.get(PAGE, asked).content.decode()
    assert f'<a href="#id_{field}">{error}</a>' in page
    assert f'aria-invalid="true" aria-describedby="id_{field}_error"' in page
    assert "<title>Error: Journeys in numbers" in page
    assert "<b>" not in page
    assert "rar-numbers" not in page
    answer = analyst.get(FILE, asked)
    assert answer.status_code == 302
    assert error in analyst.get(answer["Location"]).content.decode()


def test_the_file_has_the_numbers_of_the_page(analyst: Client, october: None) -> None:
    page = analyst.get(PAGE, ON).content.decode()
    [address] = re.findall(rf'href="({FILE}[^"]*)"', page)
    answer = analyst.get(address.replace("&amp;", "&"))
    assert answer["Content-Disposition"] == 'attachment; filename="journeys-2026-10-01-to-2026-10-31.csv"'
    heading, *found = lines(answer)
    assert heading == ["From", "To", "What", "Which", "Number", "Out of", "Per cent"]
    assert {(line[0], line[1]) for line in found} == {("2026-10-01", "2026-10-31")}
    told = [line[2:] for line in found]
    assert ["Journeys started", "", "24", "", ""] in told
    assert ["Journeys left at a question", "Type of appointment", "6", "20", "30"] in told
    assert ["Toolkit chosen", "Maps for Change", "3", "4", "75"] in told
    assert ["NAT1 by provider", "N90", "6", "8", "75"] in told
    assert ["NAT1 by provider", "N91", "", "Fewer than 5", ""] in told


def test_the_name_of_a_toolkit_is_no_formula_in_the_file(analyst: Client, october: None) -> None:
    Toolkit.objects.filter(slug="maps-for-change").update(name='=HYPERLINK("https://elsewhere.example")')
    assert '\'=HYPERLINK("https://elsewhere.example")' in [line[3] for line in lines(analyst.get(FILE, ON))]


def test_the_page_asks_the_database_little_however_long_the_period(
    analyst: Client, october: None, django_assert_max_num_queries: Any
) -> None:
    analyst.get(PAGE)
    # Session, user, two for permissions and one for the admin's menu; counts, drafts that began, that were left and
    # that move, toolkits.
    with django_assert_max_num_queries(10):
        assert analyst.get(PAGE, {"first": "1/1/2020", "last": "31/12/2026"}).status_code == 200
