"""Changes of appointments that Delius already has, with their history, attempts and drafts; and texts."""

import hashlib
import json
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from delius.request_bodies import RequestedBy


class ChangeKind(models.TextChoices):
    """The kinds of changes. The value names the foreign key of their history and attempts."""

    OUTCOME = "outcome", "Outcome"
    MOVE = "move", "Move"


class ChangeDraft(models.Model):
    """What a user has answered about one appointment and not confirmed: one row per user, appointment and kind.

    `change_id` is the id that the change will have, so that confirming twice changes once (idempotency).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    crn = models.CharField("CRN", max_length=7)
    contact_id = models.BigIntegerField("appointment")
    kind = models.CharField(max_length=10, choices=ChangeKind)
    answers = models.JSONField(default=dict)
    change_id = models.UUIDField(default=uuid.uuid4)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "crn", "contact_id", "kind"], name="one_change_draft_per_user_appointment_and_kind"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["change_id"], name="change_draft_by_change"),
            models.Index(fields=["updated_at"], name="change_draft_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} draft of {self.updated_at:%Y-%m-%d %H:%M}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the answers, so that a page confirms exactly the answers that it shows (optimistic locking)."""
        return hashlib.sha256(json.dumps(self.answers, sort_keys=True).encode()).hexdigest()


class ChangeState(models.TextChoices):
    """The states of a change; transitions are in appointments/services/states.py."""

    SUBMITTED = "submitted", "Submitted"
    RECORDED = "recorded", "Recorded"
    REFUSED = "refused", "Refused"
    CHANGED = "changed", "Appointment had changed"
    NEEDS_ATTENTION = "needs_attention", "Needs attention"
    SETTLED = "settled", "Settled in Delius"


# What was typed is retained for DRAFT_DAYS, because the user can confirm it again.
MAY_BE_CONFIRMED_AGAIN = (ChangeState.REFUSED, ChangeState.CHANGED)


class Change(models.Model):
    """One confirmed change of an appointment, created before anything is sent to Delius.

    `id` is its idempotency key: every attempt sends the same. `version` is the appointment's that the user was shown.
    `text` is what the user typed for Delius's notes; it is erased where Delius has it, and its digest stays.
    """

    kind: ClassVar[ChangeKind]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=ChangeState, default=ChangeState.SUBMITTED)
    crn = models.CharField("CRN", max_length=7)
    contact_id = models.BigIntegerField("appointment")
    version = models.IntegerField("version that was read")
    type_code = models.CharField("appointment type", max_length=20)
    type_name = models.CharField("appointment type name", max_length=100)
    appointment_start = models.DateTimeField("start of the appointment")
    text = models.TextField("notes or reason", blank=True)
    text_digest = models.CharField("SHA-256 of the notes or reason", max_length=64, blank=True)
    refusal = models.TextField("why it was refused", blank=True)
    refused_step = models.CharField("question whose answer to change", max_length=30, blank=True)
    correlation_id = models.CharField("correlation id of the page that confirmed it", max_length=100, blank=True)
    sent_at = models.DateTimeField("sent and does not know what became of it", null=True)
    tries = models.PositiveSmallIntegerField("tries after the first", default=0)
    next_try_at = models.DateTimeField("next try", null=True)
    outcome_seen_at = models.DateTimeField("user has seen what became of it", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
        indexes: ClassVar = [
            models.Index(fields=["user", "crn", "contact_id", "-created_at"], name="%(class)s_by_user"),
            models.Index(fields=["crn", "contact_id"], name="%(class)s_by_contact"),
            models.Index(fields=["user"], name="%(class)s_news", condition=models.Q(outcome_seen_at__isnull=True)),
            models.Index(fields=["next_try_at"], name="%(class)s_due", condition=models.Q(next_try_at__isnull=False)),
            models.Index(fields=["state", "created_at"], name="%(class)s_by_state"),
            models.Index(fields=["created_at"], name="%(class)s_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.type_name}, {self.appointment_start:%Y-%m-%d %H:%M}"

    @property
    def is_under_way(self) -> bool:
        """Whether it is still being sent to Delius: by the request that confirmed it or by a worker."""
        return self.state == ChangeState.SUBMITTED


class RecordedOutcome(Change):
    """What came of an appointment, as it was confirmed.

    `rar_before` and `rar_after` have the RAR days of each requirement in force, as they were when it was
    confirmed and when the user first saw what became of it: by requirement id, the days `completed`, `booked` and
    `ordered`, which is None where the length is not in days. None in `rar_after` says that it was not seen yet.
    """

    kind = ChangeKind.OUTCOME

    outcome_code = models.CharField("outcome", max_length=20)
    outcome_name = models.CharField("outcome's description", max_length=200)
    attended = models.BooleanField()
    enforcement_code = models.CharField("enforcement action", max_length=20, blank=True)
    enforcement_name = models.CharField("enforcement action's description", max_length=200, blank=True)
    sensitive = models.BooleanField("makes it sensitive", default=False)
    rar_before = models.JSONField("RAR days before", default=dict, blank=True)
    rar_after = models.JSONField("RAR days after", null=True)

    class Meta(Change.Meta):
        permissions: ClassVar = [
            ("settle_changes", "Can try outcomes and moves again and mark them as settled in Delius")
        ]


class Move(Change):
    """An appointment moved to another time; `id` is also the reference of the new one.

    `moved_with` is the id of the first of several that were moved together. `new_contact_id` is the new appointment's.
    """

    kind = ChangeKind.MOVE

    moved_with = models.UUIDField("first of those moved together", null=True)
    appointment_end = models.DateTimeField("end of the appointment", null=True)
    old_office_name = models.CharField("office of the appointment", max_length=200, blank=True)
    requested_by = models.CharField(
        "who asked", max_length=10, choices=[(each.value, each.value) for each in RequestedBy]
    )
    start = models.DateTimeField()
    end = models.DateTimeField()
    office_code = models.CharField("office", max_length=20, blank=True)
    office_name = models.CharField("office name", max_length=200, blank=True)
    allow_overlap = models.BooleanField("although there is another appointment", default=False)
    clash = models.BooleanField("refused because of another appointment", default=False)
    new_contact_id = models.BigIntegerField("new appointment", null=True)

    class Meta(Change.Meta):
        indexes: ClassVar = [
            *Change.Meta.indexes,
            models.Index(fields=["moved_with"], name="move_together", condition=models.Q(moved_with__isnull=False)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="move_ends_after_it_starts", condition=models.Q(end__gt=models.F("start"))),
            models.UniqueConstraint(
                fields=["new_contact_id"],
                name="one_move_per_new_appointment",
                condition=models.Q(new_contact_id__isnull=False),
            ),
        ]


class OfChange(models.Model):
    """What belongs to one change: an outcome or a move."""

    outcome = models.ForeignKey(RecordedOutcome, on_delete=models.CASCADE, null=True, related_name="%(class)s_set")
    move = models.ForeignKey(Move, on_delete=models.CASCADE, null=True, related_name="%(class)s_set")

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                name="%(class)s_of_one_change",
                condition=models.Q(outcome__isnull=True, move__isnull=False)
                | models.Q(outcome__isnull=False, move__isnull=True),
            )
        ]


class ChangeHistory(OfChange):
    """A state change of a change after it was submitted, without personal data of the person on probation."""

    at = models.DateTimeField(auto_now_add=True)
    from_state = models.CharField(max_length=20, choices=ChangeState)
    to_state = models.CharField(max_length=20, choices=ChangeState)
    detail = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(OfChange.Meta):
        ordering: ClassVar = ["at", "id"]
        verbose_name_plural = "change history"

    def __str__(self) -> str:
        return f"{self.get_to_state_display()}: {self.detail}"


class ChangeAttempt(OfChange):
    """One request sent to Delius for a change, with its HTTP status or fault."""

    began_at = models.DateTimeField(default=timezone.now)
    operation = models.CharField(max_length=50)
    correlation_id = models.CharField(max_length=100)
    status = models.PositiveSmallIntegerField(null=True)
    fault = models.CharField(max_length=50, blank=True)
    milliseconds = models.PositiveIntegerField(null=True)

    class Meta(OfChange.Meta):
        ordering: ClassVar = ["began_at", "id"]

    def __str__(self) -> str:
        return f"{self.operation}: {self.status or self.fault}"


class TextKind(models.TextChoices):
    """What a text tells the person."""

    ARRANGED = "arranged", "Arranged"
    MOVED = "moved", "Moved"


class TextState(models.TextChoices):
    """The states of a text; transitions are in appointments/services/texts/sending.py."""

    ASKED = "asked", "Waiting to be sent"
    SENT = "sent", "Sent"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Sent and not delivered, or not known"
    NOT_SENT = "not_sent", "Not sent"


class TextMessage(models.Model):
    """A text about one appointment, created when its user says that the person agrees to get it.

    `id` is the reference that GOV.UK Notify knows it by. Neither the number nor the text is kept: `text_digest` is the
    SHA-256 of what the user was shown, and what is sent says the same or is not sent. `sent_at` is set before it is
    sent, and cleared where it certainly was not.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    crn = models.CharField("CRN", max_length=7)
    contact_id = models.BigIntegerField("appointment")
    kind = models.CharField(max_length=10, choices=TextKind)
    appointment_start = models.DateTimeField("start of the appointment")
    text_digest = models.CharField("SHA-256 of the text", max_length=64)
    state = models.CharField(max_length=10, choices=TextState, default=TextState.ASKED)
    reason = models.CharField("why it did not arrive", max_length=200, blank=True)
    consent_at = models.DateTimeField("user said that the person agrees")
    notify_id = models.UUIDField("id in GOV.UK Notify", null=True)
    sent_at = models.DateTimeField("sent, or about to be", null=True)
    tries = models.PositiveSmallIntegerField("tries, or looks at whether it arrived", default=0)
    next_try_at = models.DateTimeField("next try or look", null=True)
    correlation_id = models.CharField("correlation id of the page that asked for it", max_length=100, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contact_id"], name="one_text_per_appointment"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["crn", "appointment_start"], name="text_by_case"),
            models.Index(fields=["next_try_at"], name="text_due", condition=models.Q(next_try_at__isnull=False)),
            models.Index(fields=["created_at"], name="text_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.appointment_start:%Y-%m-%d %H:%M}"
