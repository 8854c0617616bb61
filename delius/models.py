"""Models of the mirror: toolkit NSIs and their appointments in Delius, as of the last sync.

Personal data is the CRN only. Codes and descriptions have no maximum length: some are longer than documented.
"""

from typing import ClassVar

from django.db import models


class MirrorCursor(models.Model):
    """Cursor of the sync in the feed of changes: one row, or none before the first sync.

    `next` is the position of the next page, empty for the beginning, valid for the NSI types in `type_codes` only
    (sorted, separated by spaces). `updated_at` is when a page was last stored.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    type_codes = models.TextField("NSI types")
    next = models.CharField(blank=True)
    updated_at = models.DateTimeField("last read")

    class Meta:
        verbose_name = "mirror cursor"
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="mirror_cursor_is_one_row")]

    def __str__(self) -> str:
        return self.next or "the beginning"


class MirroredNsi(models.Model):
    """An NSI of a toolkit, as of the last sync that read a change of it (`seen_at`).

    `active` is Delius's own flag. `gone_since` is when a sync read that it no longer exists or is no longer of a
    toolkit's type, which is not the same as soft-deleted; None otherwise.
    """

    nsi_id = models.BigIntegerField("NSI", primary_key=True)
    crn = models.CharField("CRN", max_length=7)
    event_id = models.BigIntegerField("event", null=True)
    requirement_id = models.BigIntegerField("requirement", null=True)
    type_code = models.CharField("type")
    type_description = models.CharField("type description", blank=True)
    sub_type_code = models.CharField("sub type", blank=True)
    status_code = models.CharField("status", blank=True)
    status_description = models.CharField("status description", blank=True)
    referral_date = models.DateField("referred", null=True)
    start_date = models.DateField("started", null=True)
    end_date = models.DateField("ended", null=True)
    active = models.BooleanField("active in Delius", default=True)
    soft_deleted = models.BooleanField("soft-deleted", default=False)
    external_reference = models.CharField("external reference", blank=True)
    provider_code = models.CharField("provider", blank=True)
    team_code = models.CharField("team", blank=True)
    staff_code = models.CharField("member of staff", blank=True)
    seen_at = models.DateTimeField("last seen")
    gone_since = models.DateTimeField("gone since", null=True)

    class Meta:
        verbose_name = "mirrored NSI"
        indexes: ClassVar = [
            models.Index(fields=["crn", "type_code"], name="mirrored_nsi_by_case"),
            models.Index(fields=["team_code", "type_code"], name="mirrored_nsi_by_team"),
            models.Index(fields=["requirement_id", "type_code"], name="mirrored_nsi_by_requirement"),
            # For CRN prefixes, independent of the database's collation.
            models.Index(fields=["crn"], opclasses=["varchar_pattern_ops"], name="mirrored_nsi_by_crn"),
            models.Index(fields=["gone_since"], name="mirrored_nsi_gone", condition=models.Q(gone_since__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.type_code} {self.nsi_id}"

    @staticmethod
    def is_active() -> models.Q:
        """Match the NSIs that appointments can still be added to: neither ended, soft-deleted nor gone."""
        return models.Q(active=True, end_date=None, soft_deleted=False, gone_since=None)

    @staticmethod
    def was_used() -> models.Q:
        """Match the NSIs that count as work done or under way: ended ones too, but neither soft-deleted nor gone."""
        return models.Q(soft_deleted=False, gone_since=None)


class MirroredContact(models.Model):
    """An appointment of a mirrored NSI.

    `moved_from` is the start before it was last rescheduled; None where no sync saw it change. `gone_since` is when a
    sync read that it was deleted or is no longer linked to a toolkit's NSI.
    """

    contact_id = models.BigIntegerField("contact", primary_key=True)
    nsi = models.ForeignKey(MirroredNsi, on_delete=models.PROTECT, related_name="contacts", verbose_name="NSI")
    crn = models.CharField("CRN", max_length=7, db_index=True)
    type_code = models.CharField("type", blank=True)
    start = models.DateTimeField(null=True)
    end = models.DateTimeField(null=True)
    outcome_code = models.CharField("outcome", blank=True)
    attended = models.BooleanField(null=True)
    moved_from = models.DateTimeField("moved from", null=True)
    gone_since = models.DateTimeField("gone since", null=True)

    class Meta:
        verbose_name = "mirrored contact"
        indexes: ClassVar = [
            models.Index(
                fields=["gone_since"], name="mirrored_contact_gone", condition=models.Q(gone_since__isnull=False)
            ),
            models.Index(
                fields=["moved_from"], name="mirrored_contact_moved", condition=models.Q(moved_from__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type_code} {self.contact_id}"
