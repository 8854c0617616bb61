"""In which order toolkits are offered."""

import re

import pytest
from django.core.management import call_command
from django.test import Client

from delius.mirror import selectors as mirror
from tests.booking.journeys import answer_all, answer_up_to
from tests.booking.test_confirming import confirm
from tests.delius.factories import make_nsi
from tests.simulator_process import Simulator
from toolkits.models import Toolkit, ToolkitList, ToolkitOrder

pytestmark = [pytest.mark.django_db, pytest.mark.database]
# Nobody but us has recorded anything of hers that counts.
EDIE = "X000004"


def offered(client: Client) -> list[str]:
    """The toolkits of the question, from the top."""
    page = client.get(f"/cases/{EDIE}/arrange/toolkit/").content.decode()
    return re.findall(r'govuk-radios__label" for="id_toolkit[^"]*">\s*([^<]+?)\s*</label>', page)


@pytest.fixture
def used_maps(robin: Client, simulator: Simulator) -> None:
    """Edie had a session of Maps for Change with Robin's team, as many of its people had, and the mirror knows."""
    answer_all(robin, crn=EDIE, toolkit="maps-for-change")
    confirm(robin, crn=EDIE)
    call_command("sync_nsis", verbosity=0)
    for number in range(1, 10):
        make_nsi(nsi_id=number, crn=f"Z00000{number}", type_code="TKMAP", team_code="N90AAA")
    answer_up_to(robin, "toolkit", crn=EDIE)


def test_toolkits_are_alphabetical_unless_somebody_chose_otherwise(robin: Client) -> None:
    answer_up_to(robin, "toolkit", crn=EDIE)
    assert offered(robin) == sorted(offered(robin))
    assert len(offered(robin)) > 2


@pytest.mark.usefixtures("used_maps")
def test_what_the_person_used_before_comes_first_and_the_rest_is_alphabetical(robin: Client) -> None:
    ToolkitList.objects.create(order=ToolkitOrder.USED_BEFORE)
    first, *rest = offered(robin)
    assert first == "Maps for Change"
    assert rest == sorted(rest)


@pytest.mark.usefixtures("used_maps")
def test_what_the_team_used_most_comes_first_and_what_it_never_used_last_by_name(robin: Client) -> None:
    ToolkitList.objects.create(order=ToolkitOrder.MOST_USED)
    used = {use.type_code for use in mirror.most_used("N90AAA")}
    names = [(toolkit.nsi_type_code, toolkit.name) for toolkit in Toolkit.objects.filter(name__in=offered(robin))]
    unused = sorted(name for code, name in names if code not in used)
    assert offered(robin)[0] == "Maps for Change"
    assert offered(robin)[-len(unused) :] == unused
    assert len(unused) > 1


def test_the_placeholder_is_never_in_the_list(robin: Client) -> None:
    answer_up_to(robin, "toolkit", crn=EDIE)
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
    uses = {use.type_code: use.nsis for use in mirror.most_used("N90AAA")}
    assert uses["TKMAP"] > 9
    assert {toolkit.name: str(uses.get(toolkit.nsi_type_code, 0)) for toolkit in Toolkit.objects.all()} == counts
    assert "/admin/toolkits/use/" in admin_client.get("/admin/toolkits/toolkitlist/").content.decode()


def test_counts_that_are_not_there_yet_are_explained(admin_client: Client) -> None:
    assert "No team has used a toolkit yet" in admin_client.get("/admin/toolkits/use/").content.decode()


def test_the_counts_are_for_administrators(robin: Client) -> None:
    assert robin.get("/admin/toolkits/use/")["Location"].startswith("/admin/login/")
