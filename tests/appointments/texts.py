"""Texts turned on, and an appointment to text about."""

import re
from datetime import date, timedelta

from django.test import Client
from pytest_django import Settings

from appointments.models import TextMessage
from tests.simulator_process import Simulator

CRN = "X000001"
# Of the simulator's Notify.
API_KEY = "test-11111111-1111-4111-8111-111111111111-22222222-2222-4222-8222-222222222222"
ARRANGED_TEMPLATE_ID = "33333333-3333-4333-8333-333333333331"
MOVED_TEMPLATE_ID = "33333333-3333-4333-8333-333333333332"


def turn_on(settings: Settings, simulator: Simulator) -> None:
    """Have the product text by the simulator's Notify."""
    settings.NOTIFY_URL = simulator.base_url
    settings.NOTIFY_API_KEY = API_KEY
    settings.NOTIFY_ARRANGED_TEMPLATE_ID = ARRANGED_TEMPLATE_ID
    settings.NOTIFY_MOVED_TEMPLATE_ID = MOVED_TEMPLATE_ID


def coming(simulator: Simulator, crn: str = CRN, **fields: object) -> int:
    """Put an appointment at an office in a week into the record, and return its id."""
    day = date.today() + timedelta(days=7)
    fields = {"type": "COAP", "officeLocationCode": "N90HAR", **fields}
    return int(simulator.add_contact(crn, start=f"{day}T14:00", end=f"{day}T14:30", **fields)["contactId"])


def text_url(contact_id: int, crn: str = CRN) -> str:
    """The address of the question."""
    return f"/cases/{crn}/appointments/{contact_id}/text/"


def ask(client: Client, contact_id: int, crn: str = CRN, *, send: str = "yes") -> TextMessage:
    """Answer the question as the page shows it; return the row."""
    address = text_url(contact_id, crn)
    shown = re.search(r'name="text" value="(\w+)"', client.get(address).content.decode())
    assert shown
    client.post(address, {"text": shown[1], "send": send})
    return TextMessage.objects.get(contact_id=contact_id)
