"""In which order toolkits are offered."""

import re

import pytest
from django.core.management import call_command
from django.test import Client

from tests.booking.journeys import answer_all, answer_up_to
from tests.booking.test_confirming import confirm
from tests.simulator_process import Simulator
from toolkits.models import ToolkitList, ToolkitOrder

pytestmark = pytest.mark.django_db
PAGE = "/cases/X000001/arrange/toolkit/"


def offered(client: Client) -> list[str]:
    """The toolkits of the question, from the top."""
    page = client.get(PAGE).content.decode()
    return re.findall(r'govuk-radios__label" for="id_toolkit[^"]*">\s*([^<]+?)\s*</label>', page)


@pytest.fixture
def used_maps(robin: Client, simulator: Simulator) -> None:
    """Brian had a session of Maps for Change with Robin's team, and the mirror knows."""
    answer_all(robin, toolkit="maps-for-change")
    confirm(robin)
    call_command("sync_nsis", crn=["X000001"], verbosity=0)
    answer_up_to(robin, "toolkit")


def test_toolkits_are_alphabetical_unless_somebody_chose_otherwise(robin: Client) -> None:
    answer_up_to(robin, "toolkit")
    assert offered(robin) == sorted(offered(robin))
    assert len(offered(robin)) > 2


@pytest.mark.usefixtures("used_maps")
@pytest.mark.parametrize("order", [ToolkitOrder.USED_BEFORE, ToolkitOrder.MOST_USED])
def test_what_was_used_comes_first_and_the_rest_is_alphabetical(robin: Client, order: ToolkitOrder) -> None:
    ToolkitList.objects.create(order=order)
    first, *rest = offered(robin)
    assert first == "Maps for Change"
    assert rest == sorted(rest)


def test_the_placeholder_is_never_in_the_list(robin: Client) -> None:
    answer_up_to(robin, "toolkit")
    assert not [name for name in offered(robin) if "NAT1" in name]


def test_an_administrator_chooses_the_order_and_there_is_one_list(admin_client: Client) -> None:
    add = "/admin/toolkits/toolkitlist/add/"
    assert admin_client.post(add, {"order": "most-used"}).status_code == 302
    assert ToolkitList.objects.get().order == ToolkitOrder.MOST_USED
    assert admin_client.get(add).status_code == 403


@pytest.mark.usefixtures("used_maps")
def test_an_administrator_sees_the_counts_behind_the_order(admin_client: Client) -> None:
    page = admin_client.get("/admin/toolkits/use/").content.decode()
    page = page.partition('class="results"')[2]
    names = re.findall(r'<th scope="col">([^<]+)</th>', page)
    (row,) = re.findall(r'<th scope="row">N90AAA</th>(.*?)</tr>', page, flags=re.DOTALL)
    counts = dict(zip(names[1:], re.findall(r"<td>(\d+)</td>", row), strict=True))
    assert counts["Maps for Change"] == "1"
    assert {count for name, count in counts.items() if name != "Maps for Change"} == {"0"}
    assert "/admin/toolkits/use/" in admin_client.get("/admin/toolkits/toolkitlist/").content.decode()


def test_counts_that_are_not_there_yet_are_explained(admin_client: Client) -> None:
    assert "No team has used a toolkit yet" in admin_client.get("/admin/toolkits/use/").content.decode()


def test_the_counts_are_for_administrators(robin: Client) -> None:
    assert robin.get("/admin/toolkits/use/")["Location"].startswith("/admin/login/")
