"""Audit events (append-only), the outbox of events to be sent, and the permit of a purge."""

import json
import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone


class AuditEventImmutable(TypeError):
    """Audit events are append-only; only `purge_audit` deletes, by age."""


class EventQuerySet(models.QuerySet["AuditEvent"]):
    """Query set that only reads and inserts."""

    def update(self, **changes: Any) -> int:
        """Raise AuditEventImmutable."""
        raise AuditEventImmutable("Audit events are never changed.")

    def bulk_update(self, *args: Any, **options: Any) -> int:
        """Raise AuditEventImmutable."""
        raise AuditEventImmutable("Audit events are never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Raise AuditEventImmutable."""
        raise AuditEventImmutable("Audit events are deleted by purge_audit only.")


class AuditEvent(models.Model):
    """An audit event, without personal data in free text. Database triggers reject updates and deletes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField("when", default=timezone.now, db_index=True)
    what = models.CharField(max_length=60)
    who = models.CharField(max_length=150)
    subject_type = models.CharField("kind of subject", max_length=40, blank=True)
    subject_id = models.CharField("subject", max_length=100, blank=True)
    correlation_id = models.CharField(max_length=100, blank=True)
    service = models.CharField(max_length=60)
    details = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        ordering: ClassVar = ["-at"]
        indexes: ClassVar = [
            models.Index(fields=["subject_id", "-at"], name="audit_by_subject"),
            models.Index(fields=["who", "-at"], name="audit_by_person"),
            models.Index(fields=["what", "-at"], name="audit_by_deed"),
            models.Index(fields=["correlation_id"], name="audit_by_correlation"),
        ]

    def __str__(self) -> str:
        return f"{self.what} by {self.who}, {self.at:%Y-%m-%d %H:%M}"

    def save(self, *args: Any, **options: Any) -> None:
        """Insert a new event. Raises AuditEventImmutable for a stored one."""
        if not self._state.adding:
            raise AuditEventImmutable("Audit events are never changed.")
        super().save(*args, **{**options, "force_insert": True})

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """Raise AuditEventImmutable."""
        raise AuditEventImmutable("Audit events are deleted by purge_audit only.")

    def as_message(self) -> dict[str, str]:
        """Return the event in the format of HMPPS Audit. `operationId` is the event's id, for deduplication."""
        return {
            "what": self.what,
            "when": self.at.isoformat(),
            "operationId": str(self.id),
            "subjectId": self.subject_id,
            "subjectType": self.subject_type,
            "correlationId": self.correlation_id,
            "who": self.who,
            "service": self.service,
            "details": json.dumps(self.details, sort_keys=True),
        }


class OutboxEntry(models.Model):
    """Outbox row of an event, written in the same transaction, so that no event is lost."""

    event = models.OneToOneField(AuditEvent, on_delete=models.DO_NOTHING, primary_key=True, related_name="outbox_entry")
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField("next try", default=timezone.now)
    sent_at = models.DateTimeField("sent", null=True)

    class Meta:
        # The release before reads the table by its old name: renaming it takes two releases (decision 0012).
        db_table = "audit_sending"
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(fields=["next_try_at"], name="audit_to_be_sent", condition=models.Q(sent_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return "sent" if self.sent_at else f"to be sent, {self.tries} tries"


class PermittedPurge(models.Model):
    """Permit for the triggers: events before this moment may be deleted. A row exists only during a purge."""

    before = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"before {self.before:%Y-%m-%d %H:%M}"
