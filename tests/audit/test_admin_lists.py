"""Lists in the admin of tables with millions of rows."""

import uuid
from typing import Any

import pytest
from django.test import Client

from audit.admin_lists import MAX_COUNT, BoundedPaginator, distinct_values
from audit.events import record
from audit.models import AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LIST = "/admin/audit/auditevent/"


def test_a_list_is_counted_up_to_a_limit(django_user_model: Any) -> None:
    users = django_user_model.objects
    users.bulk_create(django_user_model(username=f"SAMPLE.{number}") for number in range(MAX_COUNT + 1))
    assert BoundedPaginator(users.order_by("username"), 100).count == MAX_COUNT
    assert BoundedPaginator(users.filter(username__startswith="SAMPLE.99").order_by("username"), 100).count == 111


def test_each_value_of_a_column_is_found_once_and_in_order() -> None:
    for what in ("CASE_VIEWED", "BOOKING_BOOKED", "CASE_VIEWED", "AUDIT_PURGED", "CASE_VIEWED"):
        record(what=what, who=None)
    found = list(distinct_values(AuditEvent.objects.all(), "what"))
    assert found == ["AUDIT_PURGED", "BOOKING_BOOKED", "CASE_VIEWED"]
    assert list(distinct_values(AuditEvent.objects.none(), "what")) == []


def test_the_audit_can_be_narrowed_down_to_what_was_done(admin_client: Client) -> None:
    record(what="CASE_VIEWED", who="ROBIN.SAMPLE", subject_type="CRN", subject_id="X000001")
    record(what="BOOKING_BOOKED", who="ROBIN.SAMPLE", subject_type="CRN", subject_id="X000002")
    everything = admin_client.get(LIST)
    assert {"?what=CASE_VIEWED", "?what=BOOKING_BOOKED"} <= set(links_of(everything.content.decode()))
    narrowed = admin_client.get(LIST, {"what": "BOOKING_BOOKED"})
    assert [each.subject_id for each in narrowed.context["cl"].result_list] == ["X000002"]


@pytest.mark.parametrize("typed", ["X000001", " x000001 ", "CRN X 000001\u200b", "robin.sample", "the-id", "THE-ID"])
def test_the_audit_is_searched_by_crn_user_name_and_correlation_id(admin_client: Client, typed: str) -> None:
    event = AuditEvent(
        id=uuid.uuid4(),
        what="CASE_VIEWED",
        who="ROBIN.SAMPLE",
        subject_id="X000001",
        correlation_id="the-id",
        service="sample",
    )
    event.save()
    record(what="CASE_VIEWED", who="JO.PLACEHOLDER", subject_type="CRN", subject_id="X000002")
    assert [each.pk for each in admin_client.get(LIST, {"q": typed}).context["cl"].result_list] == [event.pk]


def links_of(page: str) -> list[str]:
    return [part.partition('"')[0] for part in page.split('href="')[1:]]
