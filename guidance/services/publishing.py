"""The life of a page: draft, published, scheduled, archived; every change kept with its author and a note."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import structlog
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from audit.events import record
from guidance import context
from guidance.models import Page, PageState, RiskFlagGuidance, ToolkitGuidance
from guidance.search import index

logger = structlog.get_logger(__name__)

# Named and not imported: the task imports this module.
PUBLISH_TASK = "guidance.tasks.publish_due_guidance"

Kind = TypeVar("Kind", bound=Page)

KINDS: tuple[type[Page], ...] = (ToolkitGuidance, RiskFlagGuidance)
MOST_NOTE_CHARACTERS = 100


class Conflict(Exception):
    """Somebody else saved the page after it was read. `latest` is the page as it is now."""

    def __init__(self, latest: Page) -> None:
        super().__init__("The page was changed by somebody else")
        self.latest = latest


class NoteNeeded(ValueError):
    """A page that people read is only changed with a note that says what changed."""


class NotAllowed(ValueError):
    """The page is not in a state in which this can be done."""


def save_draft(page: Kind, *, by: AbstractBaseUser | None, note: str = "", version: int) -> Kind:
    """Save a page's content as its draft and return it. `version` is that of the draft the author began with.

    A new page has version 0. Raises Conflict where the draft was saved since, and nothing is stored then; NoteNeeded
    where people read the page and there is no note.
    """
    with transaction.atomic():
        if page.pk:
            stored = _locked(page)
            if stored.version != version:
                raise Conflict(stored)
            if stored.state == PageState.PUBLISHED and not note.strip():
                raise NoteNeeded("Say what changed")
            _keep_life(page, stored)
        _save(page, by=by, note=note or "Created")
        return _recorded(page, "GUIDANCE_SAVED", by=by)


def publish(page: Kind, *, by: AbstractBaseUser | None, note: str) -> Kind:
    """Let people read the draft as it is stored. Takes away a schedule.

    Raises NoteNeeded; NotAllowed where another page that people read has its address or is about the same.
    """

    def change(stored: Page) -> None:
        _be_alone(stored, stored.content())
        _be_published(stored, content=stored.content(), version=stored.version, at=timezone.now())

    return _changed(page, change, by=by, note=_needed(note), done="Published", what="GUIDANCE_PUBLISHED")


def schedule(page: Kind, *, by: AbstractBaseUser | None, note: str, at: datetime) -> Kind:
    """Let people read the draft, as it is stored now, from a moment on, when a worker publishes it.

    Raises NoteNeeded; NotAllowed for the past.
    """
    if at <= timezone.now():
        raise NotAllowed("The date and time must be in the future")

    def change(stored: Page) -> None:
        stored.scheduled, stored.scheduled_version, stored.scheduled_for = stored.content(), stored.version, at

    done = f"Scheduled for {timezone.localtime(at):%d/%m/%Y %H:%M}"
    with transaction.atomic():
        scheduled = _changed(page, change, by=by, note=_needed(note), done=done, what="GUIDANCE_SCHEDULED")
        import_string(PUBLISH_TASK).using(run_after=at).enqueue()
    return scheduled


def unschedule(page: Kind, *, by: AbstractBaseUser | None) -> Kind:
    """Take away a schedule. Raises NotAllowed where there is none."""

    def change(stored: Page) -> None:
        if stored.scheduled is None:
            raise NotAllowed("The page is not scheduled")
        _forget_schedule(stored)

    return _changed(page, change, by=by, note="", done="Schedule taken away", what="GUIDANCE_UNSCHEDULED")


def unpublish(page: Kind, *, by: AbstractBaseUser | None, note: str) -> Kind:
    """Take a page away from readers and keep its draft. Raises NoteNeeded, NotAllowed."""

    def change(stored: Page) -> None:
        if stored.state != PageState.PUBLISHED:
            raise NotAllowed("The page is not published")
        _be_unread(stored, PageState.DRAFT)

    return _changed(page, change, by=by, note=_needed(note), done="Unpublished", what="GUIDANCE_UNPUBLISHED")


def archive(page: Kind, *, by: AbstractBaseUser | None, note: str) -> Kind:
    """Put a page away: nobody reads it, and lists leave it out. Raises NoteNeeded."""
    return _changed(
        page,
        lambda stored: _be_unread(stored, PageState.ARCHIVED),
        by=by,
        note=_needed(note),
        done="Archived",
        what="GUIDANCE_ARCHIVED",
    )


def unarchive(page: Kind, *, by: AbstractBaseUser | None) -> Kind:
    """Bring an archived page back as a draft. Raises NotAllowed where it is not archived."""

    def change(stored: Page) -> None:
        if stored.state != PageState.ARCHIVED:
            raise NotAllowed("The page is not archived")
        stored.state = PageState.DRAFT

    return _changed(page, change, by=by, note="", done="Brought back as a draft", what="GUIDANCE_UNARCHIVED")


def restore(page: Kind, *, version: int, by: AbstractBaseUser | None) -> Kind:
    """Make an earlier version the draft. What people read stays as it is. Raises NotAllowed for an unknown version."""

    def change(stored: Page) -> None:
        earlier = versions(stored).filter(version=version).first()
        if earlier is None:
            raise NotAllowed("There is no such version")
        for name in stored.content_fields():
            setattr(stored, name, getattr(earlier, name))
        stored.version += 1

    return _changed(
        page, change, by=by, note="", done=f"Restored version {version} as a draft", what="GUIDANCE_RESTORED"
    )


def publish_due(now: datetime | None = None) -> int:
    """Publish what was scheduled for a moment that has come. Return how many pages.

    A page that may not be published stays scheduled: the admin's front page says that it is overdue.
    """
    now = now or timezone.now()
    count = 0
    for kind in KINDS:
        for pk in list(kind._default_manager.filter(scheduled_for__lte=now).values_list("pk", flat=True)):
            with transaction.atomic():
                page = kind._default_manager.select_for_update().get(pk=pk)
                if page.scheduled is None or page.scheduled_for is None or page.scheduled_for > now:
                    continue
                try:
                    _be_alone(page, page.scheduled)
                except NotAllowed as refused:
                    logger.warning("guidance_not_published_as_scheduled", slug=page.slug, reason=str(refused))
                    continue
                _be_published(page, content=page.scheduled, version=page.scheduled_version, at=page.scheduled_for)
                _save(page, by=None, note="Published as scheduled", counts=False)
                _recorded(page, "GUIDANCE_PUBLISHED", by=None)
                count += 1
    return count


def versions(page: Page):  # type: ignore[no-untyped-def]
    """Return everything that was ever saved of a page, latest first, as records of django-simple-history."""
    return page.history.select_related("history_user").order_by("-history_date", "-history_id")  # type: ignore[attr-defined]


def _changed(
    page: Kind, change: Callable[[Page], None], *, by: AbstractBaseUser | None, note: str, done: str, what: str
) -> Kind:
    with transaction.atomic():
        stored = _locked(page)
        change(stored)
        _save(stored, by=by, note=f"{done}: {note}" if note else done, counts=False)
        return _recorded(stored, what, by=by)


def _recorded(page: Kind, what: str, *, by: AbstractBaseUser | None) -> Kind:
    """Have the audit told, in the transaction that makes the change. The note is in the page's history alone."""
    kind = (page._meta.model_name or "").upper()
    record(what=what, who=by, subject_type=kind, subject_id=page.pk, details={"version": page.version})
    return page


def _locked(page: Kind) -> Kind:
    return type(page)._default_manager.select_for_update().get(pk=page.pk)


def _save(page: Kind, *, by: AbstractBaseUser | None, note: str, counts: bool = True) -> Kind:
    if counts:
        page.version += 1
    page._history_user = by  # type: ignore[attr-defined]
    page._change_reason = note[:MOST_NOTE_CHARACTERS]  # type: ignore[attr-defined]
    page.save()
    transaction.on_commit(context.forget)
    return page


def _needed(note: str) -> str:
    if not note.strip():
        raise NoteNeeded("Say what changed")
    return note.strip()


def _keep_life(page: Page, stored: Page) -> None:
    """Take from the stored page everything that is not content, so that an old copy cannot bring it back."""
    content = set(page.content_fields())
    for field in page._meta.concrete_fields:
        if field.name not in content:
            setattr(page, field.name, getattr(stored, field.name))


def _be_published(page: Page, *, content: dict, version: int | None, at: datetime) -> None:
    page.state = PageState.PUBLISHED
    page.published, page.published_version, page.published_at = content, version, at
    _forget_schedule(page)
    index.update(page)


def _be_alone(page: Page, content: dict) -> None:
    """Raise NotAllowed where another page that people read has the address, or is about what this page is about."""
    for name in ("slug", *page.own_fields()):
        same = {f"published__{name}": content[name], "state": PageState.PUBLISHED}
        if content[name] and type(page)._default_manager.filter(**same).exclude(pk=page.pk).exists():
            raise NotAllowed(f"Another published page has “{content[name]}” too: change it here, or unpublish that one")


def _be_unread(page: Page, state: PageState) -> None:
    page.state = state
    page.published, page.published_version, page.published_at = None, None, None
    _forget_schedule(page)
    index.remove(page)


def _forget_schedule(page: Page) -> None:
    page.scheduled, page.scheduled_version, page.scheduled_for = None, None, None
