"""Toolkits and their rollout, with database constraints."""

from datetime import date

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Length, Lower
from django.db.models.lookups import LessThanOrEqual

from govuk.lengths import MaxLengthInDelius

PLACEHOLDER_NSI_TYPE_CODE = "NAT1"
NSI_NOTES_MAX_LENGTH = 4000

no_spaces = RegexValidator(r"^\S+\Z", "Enter the code as it is in Delius, without spaces")
capitals_and_digits = RegexValidator(
    r"^[A-Z0-9]+\Z", "Enter the code as it is in Delius, in capital letters and numbers"
)


def _date_range_q(on: date, *, first_day: str, last_day: str) -> models.Q:
    """Match rows whose first and last day enclose a date; both days count, and an empty one is no limit."""
    started = models.Q((f"{first_day}__isnull", True)) | models.Q((f"{first_day}__lte", on))
    not_over = models.Q((f"{last_day}__isnull", True)) | models.Q((f"{last_day}__gte", on))
    return started & not_over


class Toolkit(models.Model):
    """A RAR toolkit, and what its non-statutory intervention (NSI) in Delius is created with.

    Exactly one toolkit is the placeholder, used by teams that are not on toolkits yet. It is the one whose
    NSI type code is NAT1, and it has no first or last day, because those teams have nothing else to use.
    """

    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=60, unique=True)
    is_placeholder = models.BooleanField("placeholder", default=False)
    order = models.SmallIntegerField(default=0)
    active_from = models.DateField("first day", null=True, blank=True)
    active_to = models.DateField("last day", null=True, blank=True)
    nsi_type_code = models.CharField("NSI type code", max_length=20, validators=[no_spaces])
    nsi_sub_type_code = models.CharField("NSI sub type code", max_length=20, blank=True, validators=[no_spaces])
    code_confirmed = models.BooleanField("codes confirmed", default=False)
    offered_unconfirmed = models.BooleanField("offer before codes are confirmed", default=False, db_default=False)
    nsi_status_code = models.CharField("NSI status code", max_length=20, default="INPROG", validators=[no_spaces])
    nsi_length = models.PositiveSmallIntegerField(
        "session count", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    nsi_notes = models.TextField(
        "notes",
        blank=True,
        validators=[MaxLengthInDelius(NSI_NOTES_MAX_LENGTH, name="Notes")],
    )

    class Meta:
        ordering = ["order", "name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="toolkit_name_unique",
                violation_error_message="There is already a toolkit with this name",
            ),
            models.UniqueConstraint(
                fields=["nsi_type_code", "nsi_sub_type_code"],
                name="toolkit_nsi_codes_unique",
                violation_error_message="There is already a toolkit with this NSI type and sub type",
            ),
            models.UniqueConstraint(
                fields=["is_placeholder"],
                condition=models.Q(is_placeholder=True),
                name="toolkit_only_one_placeholder",
                violation_error_message="There is already a placeholder toolkit",
            ),
            models.CheckConstraint(
                condition=models.Q(is_placeholder=True, nsi_type_code=PLACEHOLDER_NSI_TYPE_CODE)
                | (models.Q(is_placeholder=False) & ~models.Q(nsi_type_code=PLACEHOLDER_NSI_TYPE_CODE)),
                name="toolkit_placeholder_is_nat1",
                violation_error_message="The placeholder, and no other, has NSI type NAT1",
            ),
            models.CheckConstraint(
                condition=models.Q(is_placeholder=False) | models.Q(active_from__isnull=True, active_to__isnull=True),
                name="toolkit_placeholder_always_active",
                violation_error_message="The placeholder has no first or last day",
            ),
            models.CheckConstraint(
                condition=models.Q(active_from__isnull=True)
                | models.Q(active_to__isnull=True)
                | models.Q(active_to__gte=models.F("active_from")),
                name="toolkit_last_day_not_before_first",
                violation_error_message="The last day must be the same as or after the first day",
            ),
            models.CheckConstraint(
                condition=models.Q(nsi_length__isnull=True) | models.Q(nsi_length__gte=1),
                name="toolkit_length_at_least_one",
                violation_error_message="The session count must be 1 or more",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("nsi_notes"), NSI_NOTES_MAX_LENGTH),
                name="toolkit_notes_fit_delius",
                violation_error_message="Notes must be 4,000 characters or fewer",
            ),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    @property
    def is_offered(self) -> bool:
        """Whether it is offered from its first to its last day: confirmed, or as an administrator says."""
        return self.code_confirmed or self.offered_unconfirmed or self.is_placeholder

    @staticmethod
    def active_on(on: date) -> models.Q:
        """Match the toolkits that may be chosen on a date, the first and last days included."""
        offered = models.Q(code_confirmed=True) | models.Q(offered_unconfirmed=True) | models.Q(is_placeholder=True)
        return offered & _date_range_q(on, first_day="active_from", last_day="active_to")


class Rollout(models.Model):
    """When a provider, or one team of it, uses toolkits.

    A team's own row overrides its provider's, on every date.
    """

    provider_code = models.CharField(max_length=3, validators=[capitals_and_digits])
    team_code = models.CharField(max_length=6, blank=True, validators=[capitals_and_digits])
    starts_on = models.DateField("first day")
    ends_on = models.DateField("last day", null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["provider_code", "team_code"]
        verbose_name = "rollout row"
        verbose_name_plural = "rollout rows"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_code", "team_code"],
                name="rollout_one_per_provider_and_team",
                violation_error_message="There is already a row for this provider and team",
            ),
            models.CheckConstraint(
                condition=~models.Q(provider_code=""),
                name="rollout_has_provider",
                violation_error_message="Enter a provider code",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="rollout_last_day_not_before_first",
                violation_error_message="The last day must be the same as or after the first day",
            ),
        ]

    def __str__(self) -> str:
        """Return the team, or the provider where the row is for all its teams."""
        return f"Team {self.team_code}" if self.team_code else f"All teams of {self.provider_code}"

    @staticmethod
    def in_force_on(on: date) -> models.Q:
        """Match the rows in force on a date, the first and last days included."""
        return _date_range_q(on, first_day="starts_on", last_day="ends_on")


class ToolkitOrder(models.TextChoices):
    """In which order a practitioner is offered toolkits; alphabetical within each."""

    ALPHABETICAL = "alphabetical", "Alphabetical"
    USED_BEFORE = "used-before", "Previously used with this person first"
    MOST_USED = "most-used", "Most used by this team first"


class ToolkitList(models.Model):
    """How toolkits are listed for practitioners: one row, or none for alphabetical."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    order = models.CharField(max_length=20, choices=ToolkitOrder, default=ToolkitOrder.ALPHABETICAL)

    class Meta:
        verbose_name = "order of the list"
        verbose_name_plural = "order of the list"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="toolkit_list_is_one_row")]

    def __str__(self) -> str:
        """Return the order in words."""
        return self.get_order_display()
