"""The mirror: what the product knows of toolkit NSIs and their appointments in Delius, as of the last sync.

Nothing here is written to Delius, and nothing is kept that says who somebody is, but their CRN. Codes and descriptions
are kept as long as they come: some are longer than documented.
"""

from typing import ClassVar

from django.db import models


class SyncedCase(models.Model):
    """A case of the mirror, when it was last read, and what went wrong if it could not be.

    Cases are read in the order of `last_tried_at`, so that one that fails every time does not keep others from being
    read. `last_synced_at` is when the mirror was last true.
    """

    crn = models.CharField("CRN", max_length=7, unique=True)
    provider_code = models.CharField("provider", blank=True)
    last_tried_at = models.DateTimeField("last tried")
    last_synced_at = models.DateTimeField("last read", null=True)
    last_error = models.CharField("last error", blank=True)

    class Meta:
        verbose_name = "synced case"
        indexes: ClassVar = [models.Index(fields=["provider_code", "last_tried_at"], name="synced_case_by_provider")]

    def __str__(self) -> str:
        return self.crn


class MirroredNsi(models.Model):
    """An NSI of a toolkit, as Delius had it when a sync last saw it.

    `active` is Delius's own word. `gone_since` is when a sync first found the NSI no longer there at all, which is not
    the same as soft-deleted; None while it is there.
    """

    nsi_id = models.BigIntegerField("NSI", primary_key=True)
    crn = models.CharField("CRN", max_length=7)
    event_id = models.BigIntegerField("event")
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
            # For how a CRN begins, whatever the order of letters that the database was made with.
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
    """An appointment that hangs from a mirrored NSI.

    `moved_from` is when it was to start before it was last moved; None where no sync saw it move. `gone_since` is when
    a sync first found that it no longer hangs from a toolkit's NSI, most often because it was deleted.
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
