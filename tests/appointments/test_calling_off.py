"""Calling an appointment off: what can be done now, where Delius has an outcome for it and where it has none."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.appointments.moves import BRIAN, answer_all, move_url, press, session
from tests.simulator_process import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.database]
STOOD_DOWN = "AASD"


def cancel_url(contact_id: int) -> str:
    return f"/cases/{BRIAN}/appointments/{contact_id}/cancel/"


def shown(client: Client, contact_id: int) -> str:
    return str(client.get(cancel_url(contact_id)).content.decode())


def test_once_it_should_have_started_it_leads_to_the_outcome_with_the_right_one_chosen(
    robin: Client, simulator: Simulator
) -> None:
    contact_id = session(simulator, days=-1)
    outcome = f"/cases/{BRIAN}/appointments/{contact_id}/outcome/?outcome={STOOD_DOWN}"
    page = shown(robin, contact_id)
    assert f'href="{outcome}"' in page
    assert "Acceptable Absence - Stood Down" in page
    assert f'value="{STOOD_DOWN}" checked' in robin.get(outcome).content.decode()


def test_before_that_it_says_so_and_offers_to_move_it(robin: Client, simulator: Simulator) -> None:
    contact_id = session(simulator)
    page = shown(robin, contact_id)
    assert "You cannot call it off here yet" in page
    assert "outcome/?outcome=" not in page
    assert f'href="{move_url(contact_id)}"' in page


@pytest.mark.parametrize("days", [-1, 7])
def test_a_type_without_such_an_outcome_says_how_it_is_done_in_delius(
    robin: Client, simulator: Simulator, settings: Any, days: int
) -> None:
    settings.DELIUS_URL = "https://delius.example"
    page = shown(robin, session(simulator, days=days, type="COPT", officeLocationCode=None))
    assert "Delius has no outcome for calling off an appointment of this type (Phone call)" in page
    assert f"https://delius.example/NDelius-war/delius/JSP/deeplink.xhtml?component=ContactList&amp;CRN={BRIAN}" in page


def test_which_outcomes_mean_that_it_was_called_off_is_a_setting(
    robin: Client, simulator: Simulator, settings: Any
) -> None:
    settings.CANCELLATION_OUTCOMES = ["AAAA"]
    page = shown(robin, session(simulator, days=-1))
    assert "outcome/?outcome=AAAA" in page
    assert STOOD_DOWN not in page


def test_what_has_moved_leads_to_where_it_went(robin: Client, simulator: Simulator) -> None:
    contact_id = session(simulator)
    answer_all(robin, contact_id)
    press(robin, contact_id)
    assert "See the appointment that took its place" in shown(robin, contact_id)


def test_what_has_an_outcome_says_which(robin: Client, simulator: Simulator) -> None:
    assert "It has an outcome already: Attended - Complied" in shown(robin, session(simulator, days=-1, outcome="ATTC"))


def test_where_delius_does_not_tell_the_outcomes_the_page_says_so(robin: Client, simulator: Simulator) -> None:
    contact_id = session(simulator, days=-1)
    simulator.fault("getOutcomes", "status", status=503, times=None)
    assert "Delius does not tell us at the moment" in shown(robin, contact_id)


def test_who_may_only_read_cannot_call_off(signed_in: Callable[[str], Client], simulator: Simulator) -> None:
    assert signed_in("REA.READONLY").get(cancel_url(session(simulator))).status_code == 403


def test_an_appointment_of_another_person_is_not_found(robin: Client, simulator: Simulator) -> None:
    contact_id = session(simulator)
    assert robin.get(f"/cases/X000002/appointments/{contact_id}/cancel/").status_code == 404
