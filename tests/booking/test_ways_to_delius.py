"""What this service does not arrange is explained, with the way to Delius."""

from typing import Any

import pytest
from django.test import Client

from tests.booking.journeys import answer_up_to

pytestmark = pytest.mark.django_db
CASE = "/cases/X000001/arrange"


def test_the_rar_question_says_where_accredited_programmes_are_arranged(robin: Client) -> None:
    answer_up_to(robin, "rar")
    page = robin.get(f"{CASE}/rar/").content.decode()
    assert "It is an accredited programme or a third party delivers it" in page
    assert f'href="{CASE}/accredited-programme/"' in page


@pytest.mark.parametrize("path", ["accredited-programme", "location-not-listed"])
def test_the_contact_log_is_linked_where_the_address_of_delius_is_known(
    robin: Client, settings: Any, path: str
) -> None:
    assert "on Delius" not in robin.get(f"{CASE}/{path}/").content.decode()
    settings.DELIUS_URL = "https://delius.example/"
    page = robin.get(f"{CASE}/{path}/").content.decode()
    assert (
        'href="https://delius.example/NDelius-war/delius/JSP/deeplink.xhtml?component=ContactList&amp;CRN=X000001"'
        in page
    )
    assert "Open Brian Example’s contact log on Delius" in page


@pytest.mark.parametrize("path", ["accredited-programme", "location-not-listed"])
def test_neither_page_is_shown_of_somebody_elses_case(robin: Client, path: str) -> None:
    assert robin.get(f"/cases/X000014/arrange/{path}/").status_code == 404
