"""Who viewed which case, booked, settled, published and rolled out what."""

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client

from audit.models import AuditEvent
from booking.models import Booking, BookingState
from booking.services.delivery.resume import resume_due
from govuk.optimistic_locking import version_of
from guidance.services import publishing
from tests.booking.journeys import answer_all
from tests.booking.test_confirming import confirm
from tests.booking.test_resuming import left_under_way
from tests.guidance.factories import make_toolkit_page
from tests.simulator_process import Simulator
from toolkits.models import Rollout

pytestmark = [pytest.mark.django_db, pytest.mark.database]
CASE = "/cases/X000001"


def events(**fields: Any) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(**fields).order_by("at"))


@pytest.mark.parametrize(
    ("path", "details"),
    [
        ("/schedule/", {"page": "schedule"}),
        ("/risk-flags/", {"page": "risk-flags"}),
        ("/arrange/", {"page": "start"}),
        ("/arrange/type/", {"page": "step", "step": "type"}),
        ("/arrange/check/", {"page": "check"}),
    ],
)
def test_each_page_of_a_case_is_recorded_once_with_who_saw_whose(robin: Client, path: str, details: Any) -> None:
    answer = robin.get(f"{CASE}{path}")
    (event,) = events(what="CASE_VIEWED")
    assert (event.who, event.subject_type, event.subject_id) == ("ROBIN.SAMPLE", "CRN", "X000001")
    assert event.details == {**details, "method": "GET", "via": "request"}
    assert event.correlation_id
    assert answer.status_code in {200, 302}


def test_an_event_bears_the_id_that_calls_for_the_same_page_bore(robin: Client, simulator: Simulator) -> None:
    simulator.clear_requests()
    robin.get(f"{CASE}/schedule/")
    sent = {each["correlationId"] for each in simulator.requests() if each.get("correlationId")}
    assert events(what="CASE_VIEWED")[0].correlation_id in sent


def test_a_case_of_somebody_else_or_of_nobody_is_recorded_as_refused(jo: Client, robin: Client) -> None:
    assert jo.get(f"{CASE}/schedule/").status_code == 404
    assert jo.get("/cases/Z999999/schedule/").status_code == 404
    refused = events(what="CASE_REFUSED")
    assert [(each.who, each.subject_id, each.details["why"]) for each in refused] == [
        ("JO.PLACEHOLDER", "X000001", "NotFound"),
        ("JO.PLACEHOLDER", "Z999999", "NotFound"),
    ]
    assert not events(what="CASE_VIEWED")


def test_the_list_of_cases_is_recorded_as_such(robin: Client) -> None:
    robin.get("/")
    (event,) = events(what="CASELOAD_VIEWED")
    assert (event.who, event.subject_type) == ("ROBIN.SAMPLE", "USER")
    assert event.details["cases"] > 0


def test_a_booking_is_recorded_from_confirming_to_booked(robin: Client) -> None:
    answer_all(robin, notes="Private words")
    confirm(robin)
    booking = Booking.objects.get()
    moves = events(what__startswith="BOOKING_")
    assert [each.what for each in moves] == ["BOOKING_SUBMITTED", "BOOKING_BOOKED"]
    assert {(each.who, each.subject_id, each.details["booking"]) for each in moves} == {
        ("ROBIN.SAMPLE", "X000001", str(booking.id))
    }
    assert moves[-1].details["appointment"] == booking.appointment_id
    assert moves[-1].details["nsi"] == booking.nsi_id


def test_the_page_that_waits_for_a_booking_does_not_fill_the_audit(robin: Client, simulator: Simulator) -> None:
    booking = left_under_way(robin, simulator)
    before = AuditEvent.objects.count()
    robin.get(f"{CASE}/appointments/{booking.id}/state/")
    assert AuditEvent.objects.count() == before


def test_a_worker_that_takes_a_booking_up_is_recorded_as_a_job(robin: Client, simulator: Simulator, later: Any) -> None:
    left_under_way(robin, simulator)
    with later(seconds=16):
        resume_due()
    resumed, booked = events(what="BOOKING_RESUMED"), events(what="BOOKING_BOOKED")
    assert [(each.who, each.details["via"]) for each in resumed + booked] == [("ROBIN.SAMPLE", "job")] * 2
    assert resumed[0].correlation_id == booked[0].correlation_id


def test_a_booking_taken_back_is_recorded(robin: Client, simulator: Simulator) -> None:
    booking = left_under_way(robin, simulator)
    robin.post(f"{CASE}/appointments/{booking.id}/cancel/")
    assert [each.who for each in events(what="BOOKING_CANCELLED")] == ["ROBIN.SAMPLE"]


@pytest.mark.parametrize(("action", "what"), [("try_again", "BOOKING_RETRIED"), ("mark_as_settled", "BOOKING_SETTLED")])
def test_support_is_recorded_without_the_reason_that_was_typed(
    admin_client: Client, robin: Client, simulator: Simulator, action: str, what: str
) -> None:
    booking = left_under_way(robin, simulator)
    Booking.objects.update(state=BookingState.NEEDS_ATTENTION)
    chosen = {"action": action, "_selected_action": str(booking.pk), "reason": "Spoke to Brian"}
    admin_client.post("/admin/booking/booking/", chosen)
    (event,) = events(what=what)
    assert (event.who, event.details["booking"]) == ("admin", str(booking.id))
    admin_client.get(f"/admin/booking/booking/{booking.pk}/change/")
    assert [each.who for each in events(what="BOOKING_VIEWED")] == ["admin"]
    assert "Brian" not in json.dumps([each.as_message() for each in events()])


def test_the_life_of_a_page_of_guidance_is_recorded_without_its_notes(admin_user: Any) -> None:
    page = make_toolkit_page()
    already = len(events())
    publishing.publish(page, by=admin_user, note="Private words")
    publishing.unpublish(page, by=admin_user, note="Private words")
    publishing.archive(page, by=admin_user, note="Private words")
    publishing.unarchive(page, by=admin_user)
    publishing.restore(page, version=1, by=admin_user)
    told = events()[already:]
    assert [each.what for each in told] == [
        "GUIDANCE_PUBLISHED",
        "GUIDANCE_UNPUBLISHED",
        "GUIDANCE_ARCHIVED",
        "GUIDANCE_UNARCHIVED",
        "GUIDANCE_RESTORED",
    ]
    assert {(each.who, each.subject_type, each.subject_id) for each in told} == {
        ("admin", "TOOLKITGUIDANCE", str(page.pk))
    }
    assert "Private" not in json.dumps([each.as_message() for each in told])


def test_changes_of_the_rollout_are_recorded_with_the_days_that_were_set(admin_client: Client) -> None:
    row = {"provider_code": "N90", "team_code": "N90ZZZ", "note": "Ask Brian"}
    sent = {**row, "starts_on": "2027-03-01", "ends_on": ""}
    admin_client.post("/admin/toolkits/rollout/add/", sent)
    stored = Rollout.objects.get(team_code="N90ZZZ")
    changed = {**sent, "ends_on": "2027-12-31", "base_version": version_of(stored)}
    admin_client.post(f"/admin/toolkits/rollout/{stored.pk}/change/", changed)
    admin_client.post(f"/admin/toolkits/rollout/{stored.pk}/delete/", {"post": "yes"})
    told = events(subject_type="ROLLOUT")
    assert [(each.what, each.who) for each in told] == [
        ("ROLLOUT_ADDED", "admin"),
        ("ROLLOUT_CHANGED", "admin"),
        ("ROLLOUT_DELETED", "admin"),
    ]
    assert told[1].details["ends_on"] == date(2027, 12, 31).isoformat()
    assert told[1].details["fields"] == ["Last day"]
    assert "Brian" not in json.dumps([each.as_message() for each in told])


def test_rows_deleted_together_are_each_recorded(admin_client: Client) -> None:
    rows = [Rollout.objects.create(provider_code="N91", team_code=f"N91AA{n}", starts_on="2027-01-01") for n in "AB"]
    chosen = {"action": "delete_selected", "_selected_action": [str(row.pk) for row in rows], "post": "yes"}
    admin_client.post("/admin/toolkits/rollout/", chosen)
    assert {each.details["team_code"] for each in events(what="ROLLOUT_DELETED")} == {"N91AAA", "N91AAB"}


def test_signing_in_and_out_is_recorded_and_a_password_typed_in_the_wrong_place_is_not(
    client: Client, django_user_model: Any
) -> None:
    django_user_model.objects.create_user("demo.admin", password="demo-admin-only", is_staff=True)
    client.post("/admin/login/", {"username": "my-password", "password": "wrong"})
    client.post("/admin/login/", {"username": "demo.admin", "password": "demo-admin-only"})
    client.post("/admin/logout/")
    assert [(each.what, each.who) for each in events()] == [
        ("SIGN_IN_REFUSED", "SYSTEM"),
        ("SIGNED_IN", "demo.admin"),
        ("SIGNED_OUT", "demo.admin"),
    ]
    assert "my-password" not in json.dumps([each.as_message() for each in events()])
