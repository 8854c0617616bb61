"""Guidance pages with drafts and published content, feedback, searches and search entries."""

import re
from collections.abc import Collection
from datetime import date
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from guidance.text.cleaning import clean_line, clean_lines, clean_text
from guidance.text.markdown import MAX_CHARACTERS, LimitExceeded, check_limits
from guidance.text.markdown_lint import repair
from guidance.text.structure import FLAG_FACTS, FLAG_SECTIONS, TOOLKIT_FACTS, TOOLKIT_SECTIONS, Fact, Section

code_in_delius = RegexValidator(r"^[A-Z0-9]+\Z", "Enter the code as it is in Delius, in capital letters and numbers")


def is_prose(value: str) -> None:
    """Validate the Markdown of a section: within its limits, and without headings above level 3."""
    try:
        check_limits(value)
    except LimitExceeded as error:
        raise ValidationError(str(error)) from error
    if re.search(r"^##? ", value, flags=re.MULTILINE):
        raise ValidationError("Start headings with ###: those with fewer are the page’s own")


def _prose() -> models.TextField:
    return models.TextField(blank=True, max_length=MAX_CHARACTERS, validators=[is_prose])


def _terms() -> models.JSONField:
    return models.JSONField(default=list, blank=True, validators=[are_terms])


def are_terms(value: Any) -> None:
    """Validate a list of distinct, non-empty texts."""
    if not isinstance(value, list) or not all(isinstance(term, str) and term.strip() for term in value):
        raise ValidationError("Enter each on a line of its own")
    if len({term.casefold() for term in value}) < len(value):
        raise ValidationError("Enter each once")


class PageState(models.TextChoices):
    """The workflow states of a page."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    ARCHIVED = "archived", "Archived"


class Page(models.Model):
    """Abstract base of guidance pages.

    The columns hold the draft. `published` is the content that readers see, as it was when last published;
    `scheduled` is content that replaces it at `scheduled_for`. `version` is incremented at each save of the draft, for
    optimistic locking.
    """

    title = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80, unique=True)
    summary = models.CharField(max_length=200, blank=True)
    owner = models.CharField(max_length=100, blank=True)
    review_by = models.DateField(null=True, blank=True)

    state = models.CharField(max_length=10, choices=PageState, default=PageState.DRAFT, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    published = models.JSONField(null=True, editable=False)
    published_version = models.PositiveIntegerField(null=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    scheduled = models.JSONField(null=True, editable=False)
    scheduled_version = models.PositiveIntegerField(null=True, editable=False)
    scheduled_for = models.DateTimeField(null=True, editable=False)
    loaded_digest = models.CharField(max_length=64, blank=True, editable=False)

    kind: ClassVar[str]
    facts: ClassVar[tuple[Fact, ...]]
    sections: ClassVar[tuple[Section, ...]]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """Return the title."""
        return self.title

    def save(self, *args: Any, **options: Any) -> None:
        """Clean the content and save the page."""
        self.clean_content()
        super().save(*args, **options)

    def get_absolute_url(self) -> str:
        """Return the URL of the published page."""
        return reverse(f"guidance:{self.kind}", args=[self.slug])

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Clean the content and validate it."""
        self.clean_content()
        super().clean_fields(exclude=exclude)

    def clean_content(self) -> None:
        """Clean the text of all content fields, and repair its Markdown: see guidance/text."""
        for name in self.content_fields():
            field, value = self._meta.get_field(name), getattr(self, name)
            if isinstance(field, models.JSONField):
                setattr(self, name, clean_lines(value))
            elif isinstance(value, str) and isinstance(field, models.TextField):
                setattr(self, name, repair(clean_text(value)))
            elif isinstance(value, str) and isinstance(field, models.CharField):
                setattr(self, name, clean_line(value))

    @classmethod
    def content_fields(cls) -> tuple[str, ...]:
        """Return the names of the content fields, in the order of the page."""
        return (
            "title",
            "slug",
            *cls.own_fields(),
            "summary",
            *(fact.field for fact in cls.facts if fact.field not in cls.own_fields()),
            "owner",
            "review_by",
            *(section.field for section in cls.sections),
        )

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        """Return the names of the fields that identify the page's subject."""
        raise NotImplementedError

    def content(self) -> dict[str, Any]:
        """Return the draft's content as JSON values."""
        values = {name: getattr(self, name) for name in self.content_fields()}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> Self:
        """Return an unsaved page with the given content; missing fields are empty."""
        page = cls()
        for name in cls.content_fields():
            if name in content:
                field = cls._meta.get_field(name)
                assert isinstance(field, models.Field)
                setattr(page, name, field.to_python(content[name]))
        return page

    @property
    def has_unpublished_changes(self) -> bool:
        """Whether the draft differs from the published content."""
        return self.state == PageState.PUBLISHED and self.content() != self.published

    @property
    def is_due_for_review(self) -> bool:
        """Whether the review-by date has come."""
        return bool(self.review_by and self.review_by <= timezone.localdate())


class Gender(models.TextChoices):
    """Genders that a toolkit is for."""

    MEN = "men", "Men"
    WOMEN = "women", "Women"


class Setting(models.TextChoices):
    """Settings in which a toolkit is used."""

    COMMUNITY = "Community", "Community"
    CUSTODY = "Custody", "Custody"


class Format(models.TextChoices):
    """Formats of sessions."""

    ONE_TO_ONE = "One-to-one", "One-to-one"
    GROUP = "Group", "Group"


class ToolkitGuidance(Page):
    """Guidance on a toolkit. `toolkit` is the slug of the toolkit it is about; empty for one that is not in use."""

    kind = "toolkit"
    facts = TOOLKIT_FACTS
    sections = TOOLKIT_SECTIONS

    toolkit = models.SlugField(max_length=60, blank=True)
    min_age = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(120)])
    max_age = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(120)])
    genders = _terms()
    offence_types = _terms()
    settings = _terms()
    formats = _terms()
    needs = _terms()
    sessions_min = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    sessions_max = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    session_minutes = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    flexible_length = models.BooleanField(default=False)
    who_for = _prose()
    who_not_for = _prose()
    covers = _prose()
    outcomes = _prose()
    sessions = _prose()
    before_you_start = _prose()
    recording = _prose()
    materials = _prose()
    contact = _prose()

    history = HistoricalRecords(excluded_fields=["published", "scheduled"])

    class Meta:
        ordering = ["title"]
        verbose_name = "toolkit guidance page"
        constraints = [
            models.UniqueConstraint(
                fields=["toolkit"],
                condition=~models.Q(toolkit=""),
                name="guidance_one_page_a_toolkit",
                violation_error_message="There is already guidance on this toolkit",
            ),
            models.CheckConstraint(
                condition=models.Q(min_age__isnull=True)
                | models.Q(max_age__isnull=True)
                | models.Q(max_age__gte=models.F("min_age")),
                name="guidance_ages_in_order",
                violation_error_message="The oldest age must be the same as or higher than the youngest age",
            ),
            models.CheckConstraint(
                condition=models.Q(sessions_min__isnull=True)
                | models.Q(sessions_max__isnull=True)
                | models.Q(sessions_max__gte=models.F("sessions_min")),
                name="guidance_sessions_in_order",
                violation_error_message="The most sessions must be the same as or more than the fewest",
            ),
        ]

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        """Return the toolkit."""
        return ("toolkit",)


class FlagCategory(models.TextChoices):
    """The four categories of risk flags, each with a colour."""

    ALERTS = "Alerts", "Alerts"
    SAFEGUARDING = "Safeguarding", "Safeguarding"
    PUBLIC_PROTECTION = "Public protection", "Public protection"
    INFORMATION = "Information", "Information"


class RiskFlagGuidance(Page):
    """Guidance on a risk flag. `review_months` 0 means that there is no set period; None, that it is not recorded."""

    kind = "risk-flag"
    facts = FLAG_FACTS
    sections = FLAG_SECTIONS

    code = models.CharField(max_length=10, unique=True, validators=[code_in_delius])
    category = models.CharField(max_length=20, choices=FlagCategory)
    review_months = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(120)])
    purpose = _prose()
    when_to_use = _prose()
    reviewing = _prose()
    at_termination = _prose()
    links = _prose()

    history = HistoricalRecords(excluded_fields=["published", "scheduled"])

    class Meta:
        ordering = ["title"]
        verbose_name = "risk flag guidance page"

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        """Return the code."""
        return ("code",)


class Feedback(models.Model):
    """Anonymous feedback on a page."""

    page = models.CharField(max_length=120)
    useful = models.BooleanField()
    comment = models.TextField(blank=True, max_length=1200)
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-given_at"]
        verbose_name = "piece of feedback"
        verbose_name_plural = "pieces of feedback"

    def __str__(self) -> str:
        """Return the page and whether it was useful."""
        return f"{self.page}: {'useful' if self.useful else 'not useful'}"


class ZeroResultSearch(models.Model):
    """A search without results, and how often it was made."""

    words = models.CharField(max_length=100, unique=True)
    times = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(auto_now=True)

    class Meta:
        # The release before reads the table by its old name: renaming it takes two releases (decision 0012).
        db_table = "guidance_fruitlesssearch"
        ordering = ["-times", "-last_at"]
        verbose_name = "search that found nothing"
        verbose_name_plural = "searches that found nothing"

    def __str__(self) -> str:
        """Return the words."""
        return self.words


class SearchEntry(models.Model):
    """The search index entry of a published page, maintained by guidance/search. `facts` has other forms of words too.

    The database has an index of its own on this table: on PostgreSQL the generated column `vector`, on SQLite the
    virtual table guidance_searchindex, with triggers. A migration that alters this table has to recreate them, as
    0002_search does.
    """

    kind = models.CharField(max_length=20)
    page = models.PositiveBigIntegerField()
    slug = models.SlugField(max_length=80, db_index=False)
    code = models.CharField(max_length=10, blank=True)
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=200, blank=True)
    facts = models.TextField(blank=True)
    prose = models.TextField(blank=True)
    words = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "search entries"
        constraints = [models.UniqueConstraint(fields=["kind", "page"], name="guidance_one_entry_a_page")]

    def __str__(self) -> str:
        """Return the title."""
        return self.title
