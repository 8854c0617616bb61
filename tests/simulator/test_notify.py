"""The stand-in for GOV.UK Notify answers as Notify does, to Notify's own client."""

import pytest
from notifications_python_client.errors import HTTPError
from notifications_python_client.notifications import NotificationsAPIClient

from tests.appointments.texts import API_KEY, ARRANGED_TEMPLATE_ID
from tests.simulator_process import Simulator

VALUES = {"first_name": "Brian", "day": "Tuesday 4 October", "time": "9am", "place": ""}


@pytest.fixture
def notify(simulator: Simulator) -> NotificationsAPIClient:
    return NotificationsAPIClient(API_KEY, base_url=simulator.base_url)


def test_a_text_is_taken_and_found_by_id_and_by_reference(notify: NotificationsAPIClient, simulator: Simulator) -> None:
    sent = notify.send_sms_notification("07700 900001", ARRANGED_TEMPLATE_ID, VALUES, reference="ours")
    assert sent["content"]["body"] == "Brian, your appointment is on Tuesday 4 October at 9am."
    assert notify.post_template_preview(ARRANGED_TEMPLATE_ID, VALUES)["body"] == sent["content"]["body"]
    assert [each["id"] for each in notify.get_all_notifications(reference="ours")["notifications"]] == [sent["id"]]
    assert notify.get_all_notifications(reference="other")["notifications"] == []
    assert notify.get_notification_by_id(sent["id"])["status"] == "delivered"


@pytest.mark.parametrize(
    ("number", "template_id", "values"),
    [
        ("01632 960001", ARRANGED_TEMPLATE_ID, VALUES),
        ("07700 900001", "no-such", VALUES),
        ("07700 900001", ARRANGED_TEMPLATE_ID, {}),
    ],
)
def test_what_notify_does_not_accept_is_not_taken(
    notify: NotificationsAPIClient, simulator: Simulator, number: str, template_id: str, values: dict[str, str]
) -> None:
    with pytest.raises(HTTPError) as refused:
        notify.send_sms_notification(number, template_id, values)
    assert refused.value.status_code == 400
    assert simulator.texts() == []


def test_another_key_is_not_let_in(simulator: Simulator) -> None:
    other = f"{API_KEY[:-1]}3"
    with pytest.raises(HTTPError) as refused:
        NotificationsAPIClient(other, base_url=simulator.base_url).get_all_notifications()
    assert refused.value.status_code == 403
