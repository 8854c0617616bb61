"""No code of Delius's stands on a page that a practitioner reads."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from booking.models import Booking
from delius import selectors as delius
from delius.client import get_client
from tests.booking.journeys import answer_all, press, typed
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db
# What people call the toolkit of a team that is not on toolkits.
WORDS = {"NAT1"}
QUESTIONS = ("type", "rar", "toolkit", "where", "when", "repeat", "notes", "sensitive", "check")


def codes() -> set[str]:
    """The codes that Delius has of what stands on these pages."""
    kinds = delius.appointment_types()
    nsi_types = get_client().nsi_types()
    staff = delius.staff_member("ROBIN.SAMPLE")
    assert staff
    found = {
        staff.code,
        *(team.code for team in staff.teams),
        *(team.provider.code for team in staff.teams),
        *(office.code for team in staff.teams for office in delius.offices(team.code)),
        *(kind.code for kind in (*kinds, *nsi_types)),
        *(each.code for kind in nsi_types for each in (*kind.sub_types, *kind.statuses)),
        *(outcome.code for kind in kinds[:5] for outcome in delius.outcome_types(kind.code)),
    }
    assert len(found) > 40
    return found - WORDS


def words_of(page: str) -> set[str]:
    """The words that are seen and heard on a page: without its tags, addresses and scripts."""
    seen = re.sub(r"<(script|style|title)\b.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    return set(re.findall(r"\w+", seen))


def pages(client: Client, crn: str) -> Iterator[tuple[str, str]]:
    """The pages about a person, with the questions of a journey, the answers and the appointment that is arranged."""
    case = f"/cases/{crn}"
    for path in ("/", f"{case}/", f"{case}/schedule/", f"{case}/risk-flags/"):
        yield path, client.get(path).content.decode()
    answer_all(client, crn=crn)
    for question in QUESTIONS:
        path = f"{case}/arrange/{question}/"
        yield path, client.get(path).content.decode()
        if question in typed():
            yield f"{path} with an error", client.post(path, {}).content.decode()
    path = press(client, crn=crn)["Location"]
    yield path, client.get(path).content.decode()


def test_no_page_of_a_practitioner_has_a_code(robin: Client) -> None:
    known = codes()
    for path, page in pages(robin, "X000009"):
        assert not words_of(page) & known, path


def test_a_page_that_says_what_delius_refused_has_no_code(robin: Client, simulator: Simulator) -> None:
    answer_all(robin)
    simulator.change_nsi_type("TKDEV", selectable=False)
    page = robin.get(press(robin)["Location"]).content.decode()
    assert Booking.objects.get().reason in page
    assert not words_of(page) & codes()
