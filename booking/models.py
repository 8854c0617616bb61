"""Drafts, bookings with their history and attempts, findings of duplicate NSIs, and journey counts."""

import hashlib
import json
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class Draft(models.Model):
    """The answers of a journey that is not finished: one row per user and CRN.

    `booking_id` is the id that the booking will have, so that confirming twice books once (idempotency).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    crn = models.CharField("CRN", max_length=7)
    answers = models.JSONField(default=dict)
    booking_id = models.UUIDField(default=uuid.uuid4)
    # For counting the journey when it ends. Has a database default too: see Booking.notes_digest.
    step = models.CharField("question it stands at", max_length=30, blank=True, default="", db_default="")
    started_on = models.DateField("day of the first answer", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "crn"], name="one_draft_per_user_and_case"),
        ]
        indexes: ClassVar = [models.Index(fields=["booking_id"], name="draft_by_booking")]

    def __str__(self) -> str:
        return f"Draft of {self.updated_at:%Y-%m-%d %H:%M}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the answers, so that a page confirms exactly the answers that it shows (optimistic locking)."""
        return hashlib.sha256(json.dumps(self.answers, sort_keys=True).encode()).hexdigest()


class BookingState(models.TextChoices):
    """The states of a booking; transitions are in booking/services/states.py."""

    SUBMITTED = "submitted", "Submitted"
    BOOKED = "booked", "Booked"
    REFUSED = "refused", "Refused"
    NEEDS_ATTENTION = "needs_attention", "Needs attention"
    CANCELLED = "cancelled", "Cancelled"
    SETTLED = "settled", "Settled in Delius"


# Their notes are retained for DRAFT_DAYS, because the user can arrange the same for another time.
MAY_BE_ARRANGED_AGAIN = (BookingState.REFUSED, BookingState.CANCELLED)


class Booking(models.Model):
    """One confirmed appointment, created before anything is sent to Delius.

    `nsi_reference` and `appointment_reference` are the idempotency keys of its records in Delius: every attempt sends
    the same. Rows from before references existed have none.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=BookingState, default=BookingState.SUBMITTED)

    series_id = models.UUIDField("first of its repeats", null=True)

    crn = models.CharField("CRN", max_length=7)
    event_id = models.BigIntegerField("event")
    requirement_id = models.BigIntegerField("requirement", null=True)
    provider_code = models.CharField("provider", max_length=20)
    team_code = models.CharField("team", max_length=20)
    staff_code = models.CharField("member of staff", max_length=20)

    toolkit_name = models.CharField("toolkit", max_length=100, blank=True)
    toolkit_slug = models.SlugField("toolkit's short name", max_length=60, blank=True)
    nsi_type_code = models.CharField("NSI type", max_length=20, blank=True)
    nsi_sub_type_code = models.CharField("NSI sub type", max_length=20, blank=True)
    nsi_status_code = models.CharField("NSI status", max_length=20, blank=True)
    nsi_length = models.PositiveIntegerField("sessions", null=True)
    nsi_notes = models.TextField("NSI notes", blank=True)

    type_code = models.CharField("appointment type", max_length=20)
    type_name = models.CharField("appointment type name", max_length=100)
    start = models.DateTimeField()
    end = models.DateTimeField()
    office_code = models.CharField("office", max_length=20, blank=True)
    office_name = models.CharField("office name", max_length=200, blank=True)
    notes = models.TextField(blank=True)
    # With a database default, because the previous release inserts rows without it during a rolling release.
    notes_digest = models.CharField("SHA-256 of the notes", max_length=64, blank=True, default="", db_default="")
    sensitive = models.BooleanField()
    correlation_id = models.CharField(
        "correlation id of the page that confirmed it", max_length=100, blank=True, default="", db_default=""
    )

    allow_overlap = models.BooleanField("although there is another appointment", default=False, db_default=False)
    nsi_reference = models.UUIDField("reference of its NSI", null=True, default=uuid.uuid4)
    appointment_reference = models.UUIDField("reference of its appointment", null=True, default=uuid.uuid4)
    nsi_id = models.BigIntegerField("NSI", null=True)
    nsi_created = models.BooleanField("made the NSI", default=False)
    withdraw_nsi_at = models.DateTimeField("when to withdraw its NSI", null=True)
    appointment_id = models.BigIntegerField("appointment", null=True)
    reason = models.TextField("why it was refused", blank=True)
    refused_step = models.CharField(
        "question whose answer to change", max_length=30, blank=True, default="", db_default=""
    )
    clash = models.BooleanField("refused because of another appointment", default=False)
    sent_at = models.DateTimeField("sent the appointment and does not know the outcome", null=True)
    tries = models.PositiveSmallIntegerField("tries after the first", default=0)
    next_try_at = models.DateTimeField("next try", null=True)
    outcome_seen_at = models.DateTimeField("outcome seen", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        permissions: ClassVar = [("settle_booking", "Can try bookings again and mark them as settled in Delius")]
        indexes: ClassVar = [
            models.Index(fields=["user", "crn", "-created_at"], name="booking_by_user_and_case"),
            models.Index(fields=["series_id"], name="booking_series", condition=models.Q(series_id__isnull=False)),
            models.Index(fields=["user"], name="booking_with_news", condition=models.Q(outcome_seen_at__isnull=True)),
            models.Index(fields=["next_try_at"], name="booking_due", condition=models.Q(next_try_at__isnull=False)),
            models.Index(
                fields=["withdraw_nsi_at"],
                name="booking_withdrawing_nsi",
                condition=models.Q(withdraw_nsi_at__isnull=False),
            ),
            models.Index(fields=["crn", "start"], name="booking_by_case"),
            models.Index(fields=["state", "created_at"], name="booking_by_state"),
            models.Index(fields=["provider_code", "created_at"], name="booking_by_provider"),
            models.Index(fields=["created_at"], name="booking_by_age"),
            models.Index(
                fields=["updated_at"],
                name="booking_with_notes",
                condition=models.Q(state__in=MAY_BE_ARRANGED_AGAIN) & ~models.Q(notes=""),
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["appointment_id"],
                name="one_booking_per_appointment",
                condition=models.Q(appointment_id__isnull=False),
            ),
            models.UniqueConstraint(fields=["appointment_reference"], name="one_booking_per_appointment_reference"),
            models.CheckConstraint(
                name="rar_has_requirement_and_toolkit",
                condition=models.Q(requirement_id__isnull=True, nsi_type_code="")
                | (models.Q(requirement_id__isnull=False) & ~models.Q(nsi_type_code="")),
            ),
            models.CheckConstraint(name="ends_after_it_starts", condition=models.Q(end__gt=models.F("start"))),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.type_name}, {self.start:%Y-%m-%d %H:%M}"

    @property
    def is_under_way(self) -> bool:
        """Whether it is still being sent to Delius: by the request that confirmed it or by a worker."""
        return self.state == BookingState.SUBMITTED

    @property
    def counts_towards_rar(self) -> bool:
        """Whether the appointment is linked to a toolkit's NSI and so to a RAR requirement."""
        return self.requirement_id is not None


class BookingHistory(models.Model):
    """A state change of a booking after it was submitted, without personal data of the person on probation."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="history")
    at = models.DateTimeField(auto_now_add=True)
    from_state = models.CharField(max_length=20, choices=BookingState, blank=True)
    to_state = models.CharField(max_length=20, choices=BookingState)
    detail = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["at", "id"]
        verbose_name_plural = "booking history"

    def __str__(self) -> str:
        return f"{self.get_to_state_display()}: {self.detail}"


class UpstreamAttempt(models.Model):
    """One request sent to Delius for a booking, with its HTTP status or fault."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="attempts")
    began_at = models.DateTimeField(default=timezone.now)
    operation = models.CharField(max_length=50)
    correlation_id = models.CharField(max_length=100)
    status = models.PositiveSmallIntegerField(null=True)
    fault = models.CharField(max_length=50, blank=True)
    milliseconds = models.PositiveIntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["began_at", "id"]

    def __str__(self) -> str:
        return f"{self.operation}: {self.status or self.fault}"


class DuplicateNsis(models.Model):
    """A finding: several open NSIs of one type on one requirement, to be removed in Delius by hand."""

    crn = models.CharField("CRN", max_length=7)
    event_id = models.BigIntegerField("event")
    requirement_id = models.BigIntegerField("requirement")
    nsi_type_code = models.CharField("NSI type", max_length=20)
    chosen_nsi_id = models.BigIntegerField("NSI in use")
    other_nsi_ids = models.JSONField("NSIs to tidy in Delius")
    found_at = models.DateTimeField("first found", auto_now_add=True)
    seen_at = models.DateTimeField("last seen")
    # The release before reads the column by its old name: renaming it takes two releases (decision 0012).
    resolved_at = models.DateTimeField("no longer there", null=True, db_column="tidied_at")

    class Meta:
        verbose_name = "finding of duplicate NSIs"
        verbose_name_plural = "findings of duplicate NSIs"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["crn", "event_id", "requirement_id", "nsi_type_code"],
                name="one_finding_per_requirement_and_type",
            )
        ]

    def __str__(self) -> str:
        return f"{self.nsi_type_code} on requirement {self.requirement_id}"


class JourneyEvent(models.TextChoices):
    """The events of journeys that are counted, and the dimension of each (`JourneyCount.detail`)."""

    STARTED = "started", "Started"
    FINISHED = "finished", "Finished"
    ABANDONED = "left", "Left, by question"
    TOOLKIT = "toolkit", "Finished with a toolkit, by toolkit"
    WITH_TOOLKIT = "with_toolkit", "Finished with a toolkit, by provider"
    WITH_NAT1 = "with_nat1", "Finished with NAT1, by provider"


class JourneyCount(models.Model):
    """The number of journey events on a day. Has no personal data, and outlives drafts and bookings."""

    day = models.DateField()
    event = models.CharField(max_length=20, choices=JourneyEvent)
    detail = models.CharField("question, toolkit or provider", max_length=60, blank=True, default="")
    number = models.PositiveIntegerField()

    class Meta:
        default_permissions = ("view",)
        verbose_name = "count of journeys"
        verbose_name_plural = "journeys in numbers"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "event", "detail"], name="one_count_of_a_thing_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.get_event_display()} {self.detail}".rstrip()
