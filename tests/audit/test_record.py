"""The record stays as it was written, until it is too old to keep."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from audit.events import record
from audit.models import AuditEvent, AuditEventImmutable, OutboxEntry, PermittedPurge

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def viewed(crn: str = "X000001", *, days_ago: int = 0, who: str = "ROBIN.SAMPLE") -> AuditEvent:
    with time_machine.travel(timezone.now() - timedelta(days=days_ago), tick=True):
        record(what="CASE_VIEWED", who=who, subject_type="CRN", subject_id=crn, details={"page": "schedule"})
    return AuditEvent.objects.earliest("at") if days_ago else AuditEvent.objects.latest("at")


def test_an_event_is_in_the_shape_of_hmpps_audit() -> None:
    event = viewed()
    message = event.as_message()
    assert list(message) == [
        "what",
        "when",
        "operationId",
        "subjectId",
        "subjectType",
        "correlationId",
        "who",
        "service",
        "details",
    ]
    assert json.loads(message["details"]) == {"page": "schedule", "via": "job"}
    assert (message["who"], message["subjectId"], message["service"]) == (
        "ROBIN.SAMPLE",
        "X000001",
        "arrange-rar-appointments",
    )
    assert message["correlationId"]


def test_details_that_the_audit_does_not_hold_are_refused() -> None:
    with pytest.raises(ValueError, match="notes"):
        record(what="CASE_VIEWED", who=None, details={"notes": "Private words"})
    assert not AuditEvent.objects.exists()


def test_an_event_is_not_changed_or_deleted_through_the_model() -> None:
    event = viewed()
    event.who = "SOMEBODY.ELSE"
    attempts: list[Any] = [
        event.save,
        event.delete,
        lambda: AuditEvent.objects.update(who="SOMEBODY.ELSE"),
        lambda: AuditEvent.objects.bulk_update([event], ["who"]),
        AuditEvent.objects.all().delete,
    ]
    for attempt in attempts:
        with pytest.raises(AuditEventImmutable):
            attempt()
    assert AuditEvent.objects.get().who == "ROBIN.SAMPLE"


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_auditevent SET who = 'SOMEBODY.ELSE'", "DELETE FROM audit_auditevent"]
)
def test_the_database_itself_refuses_to_change_or_delete_an_event(triggers: None, statement: str) -> None:
    viewed(days_ago=3000)
    with (
        pytest.raises(IntegrityError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEvent.objects.get().who == "ROBIN.SAMPLE"


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL has TRUNCATE")
def test_the_table_cannot_be_emptied_at_once(triggers: None) -> None:
    viewed()
    with (
        pytest.raises(IntegrityError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE audit_auditevent CASCADE")


def test_events_older_than_they_are_kept_are_purged_and_that_is_recorded(triggers: None, settings: Any) -> None:
    settings.AUDIT_RETENTION_DAYS = 30
    viewed("X000001", days_ago=31)
    viewed("X000002", days_ago=29)
    said = io.StringIO()
    call_command("purge_audit", stdout=said)
    assert said.getvalue() == "Audit events deleted: 1\n"
    purged, left = AuditEvent.objects.all()
    assert (purged.what, purged.details["events"], left.subject_id) == ("AUDIT_PURGED", 1, "X000002")
    assert not PermittedPurge.objects.exists()


def test_an_event_that_was_not_sent_yet_is_not_purged(triggers: None, settings: Any) -> None:
    settings.AUDIT_QUEUE_URL = "http://127.0.0.1:9/queue"
    unsent, sent = viewed(days_ago=3001), viewed(days_ago=3000)
    sent = AuditEvent.objects.exclude(id=unsent.id).get()
    OutboxEntry.objects.filter(event=sent).update(sent_at=timezone.now())
    call_command("purge_audit", stdout=io.StringIO())
    assert list(AuditEvent.objects.exclude(what="AUDIT_PURGED")) == [unsent]


def exported(capsys: Any, *options: str) -> str:
    today = timezone.localdate()
    first, last = (today - timedelta(days=2)).isoformat(), today.isoformat()
    call_command("export_audit", "--from", first, "--to", last, *options, stderr=io.StringIO())
    return str(capsys.readouterr().out)


def test_some_days_are_exported_as_json_lines_the_earliest_first(capsys: Any) -> None:
    viewed("X000003", days_ago=4)
    viewed("X000002")
    viewed("X000001", days_ago=1)
    lines = [json.loads(line) for line in exported(capsys).splitlines()]
    assert [line["subjectId"] for line in lines] == ["X000001", "X000002"]
    assert AuditEvent.objects.filter(what="AUDIT_EXPORTED").get().details["events"] == 2


def test_some_days_are_exported_as_a_table_that_no_spreadsheet_takes_for_formulas(capsys: Any) -> None:
    viewed(who="=1+1")
    (row,) = csv.DictReader(io.StringIO(exported(capsys, "--format", "csv")))
    assert (row["who"], row["subjectId"], json.loads(row["details"])["page"]) == ("'=1+1", "X000001", "schedule")


def test_an_export_does_not_write_over_a_file(tmp_path: Any, capsys: Any) -> None:
    file = tmp_path / "audit.jsonl"
    viewed()
    exported(capsys, "--output", str(file))
    assert json.loads(file.read_text())["subjectId"] == "X000001"
    with pytest.raises(CommandError, match="exists"):
        exported(capsys, "--output", str(file))


def test_the_administration_shows_the_audit_to_those_who_may_see_it_and_lets_nobody_write(
    admin_client: Client, robin: Client, django_user_model: Any
) -> None:
    event = viewed("X000009")
    page = admin_client.get("/admin/audit/auditevent/", {"q": "x000009"}).content.decode()
    assert "CASE_VIEWED" in page
    assert str(event.pk) in page
    assert admin_client.get(f"/admin/audit/auditevent/{event.pk}/change/").status_code == 200
    assert admin_client.get("/admin/audit/auditevent/add/").status_code == 403
    assert admin_client.post(f"/admin/audit/auditevent/{event.pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin_client.post(f"/admin/audit/auditevent/{event.pk}/change/", {"who": "X"}).status_code == 403
    assert robin.get("/admin/audit/auditevent/").status_code == 302
    looker = django_user_model.objects.create_user("LOOKER", is_staff=True)
    client = Client()
    client.force_login(looker)
    assert client.get("/admin/audit/auditevent/").status_code == 403
    looker.user_permissions.add(Permission.objects.get(codename="view_auditevent"))
    assert client.get("/admin/audit/auditevent/", {"what": "CASE_VIEWED"}).status_code == 200
    assert set(Permission.objects.filter(content_type__app_label="audit").values_list("codename", flat=True)) == {
        "view_auditevent"
    }
