"""Publishing workflow of pages: draft, published, scheduled, archived, with history and audit events."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import structlog
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from audit.events import record
from guidance.models import Page, PageState, RiskFlagGuidance, ToolkitGuidance
from guidance.search import index

logger = structlog.get_logger(__name__)

# A dotted path, because the task imports this module.
PUBLISH_TASK = "guidance.tasks.publish_due_guidance"

Kind = TypeVar("Kind", bound=Page)

KINDS: tuple[type[Page], ...] = (ToolkitGuidance, RiskFlagGuidance)
MAX_NOTE_CHARACTERS = 100


class EditConflict(Exception):
    """The page was saved by somebody else after it was read. `latest` is the stored page."""

    def __init__(self, latest: Page) -> None:
        super().__init__("The page was changed by somebody else")
        self.latest = latest


class NoteRequired(ValueError):
    """Changing a published page requires a note."""


class TransitionNotAllowed(ValueError):
    """The page's state does not allow this step."""


def save_draft(page: Kind, *, by: AbstractBaseUser | None, note: str = "", version: int) -> Kind:
    """Save a page's content as its draft and return it (optimistic locking by `version`, that the author started from).

    A new page has version 0. Raises EditConflict where the draft was saved since; NoteRequired for a published page
    without a note. Nothing is stored then.
    """
    with transaction.atomic():
        if page.pk:
            stored = _locked(page)
            if stored.version != version:
                raise EditConflict(stored)
            if stored.state == PageState.PUBLISHED and not note.strip():
                raise NoteRequired("Say what changed")
            _copy_workflow_fields(page, stored)
        _save(page, by=by, note=note or "Created")
        return _recorded(page, "GUIDANCE_SAVED", by=by)


def publish(page: Kind, *, by: AbstractBaseUser | None, note: str) -> Kind:
    """Publish the stored draft, and clear its schedule.

    Raises NoteRequired; TransitionNotAllowed where another published page has the same slug or subject.
    """

    def change(stored: Page) -> None:
        _check_unique(stored, stored.content())
        _set_published(stored, content=stored.content(), version=stored.version, at=timezone.now())

    return _changed(page, change, by=by, note=_required_note(note), done="Published", what="GUIDANCE_PUBLISHED")


def schedule(page: Kind, *, by: AbstractBaseUser | None, note: str, at: datetime) -> Kind:
    """Schedule the publication of the draft as it is stored now. A worker publishes it.

    Raises NoteRequired; TransitionNotAllowed for the past.
    """
    if at <= timezone.now():
        raise TransitionNotAllowed("The date and time must be in the future")

    def change(stored: Page) -> None:
        stored.scheduled, stored.scheduled_version, stored.scheduled_for = stored.content(), stored.version, at

    done = f"Scheduled for {timezone.localtime(at):%d/%m/%Y %H:%M}"
    with transaction.atomic():
        scheduled = _changed(page, change, by=by, note=_required_note(note), done=done, what="GUIDANCE_SCHEDULED")
        import_string(PUBLISH_TASK).using(run_after=at).enqueue()
    return scheduled


def unschedule(page: Kind, *, by: AbstractBaseUser | None) -> Kind:
    """Clear the schedule. Raises TransitionNotAllowed where there is none."""

    def change(stored: Page) -> None:
        if stored.scheduled is None:
            raise TransitionNotAllowed("The page is not scheduled")
        _clear_schedule(stored)

    return _changed(page, change, by=by, note="", done="Schedule taken away", what="GUIDANCE_UNSCHEDULED")


def unpublish(page: Kind, *, by: AbstractBaseUser | None, note: str) -> Kind:
    """Unpublish a page; its draft stays. Raises NoteRequired, TransitionNotAllowed."""

    def change(stored: Page) -> None:
        if stored.state != PageState.PUBLISHED:
            raise TransitionNotAllowed("The page is not published")
        _set_unpublished(stored, PageState.DRAFT)

    return _changed(page, change, by=by, note=_required_note(note), done="Unpublished", what="GUIDANCE_UNPUBLISHED")


def archive(page: Kind, *, by: AbstractBaseUser | None, note: str) -> Kind:
    """Archive a page: it is unpublished and not listed. Raises NoteRequired."""
    return _changed(
        page,
        lambda stored: _set_unpublished(stored, PageState.ARCHIVED),
        by=by,
        note=_required_note(note),
        done="Archived",
        what="GUIDANCE_ARCHIVED",
    )


def unarchive(page: Kind, *, by: AbstractBaseUser | None) -> Kind:
    """Restore an archived page as a draft. Raises TransitionNotAllowed where it is not archived."""

    def change(stored: Page) -> None:
        if stored.state != PageState.ARCHIVED:
            raise TransitionNotAllowed("The page is not archived")
        stored.state = PageState.DRAFT

    return _changed(page, change, by=by, note="", done="Brought back as a draft", what="GUIDANCE_UNARCHIVED")


def restore(page: Kind, *, version: int, by: AbstractBaseUser | None) -> Kind:
    """Make an earlier version the draft; the published content stays. Raises TransitionNotAllowed if there is none."""

    def change(stored: Page) -> None:
        earlier = versions(stored).filter(version=version).first()
        if earlier is None:
            raise TransitionNotAllowed("There is no such version")
        for name in stored.content_fields():
            setattr(stored, name, getattr(earlier, name))
        stored.version += 1

    return _changed(
        page, change, by=by, note="", done=f"Restored version {version} as a draft", what="GUIDANCE_RESTORED"
    )


def publish_due(now: datetime | None = None) -> int:
    """Publish the scheduled pages that are due, and return their number.

    A page that cannot be published stays scheduled: the admin's front page reports it as overdue.
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
                    _check_unique(page, page.scheduled)
                except TransitionNotAllowed as refused:
                    logger.warning("guidance_not_published_as_scheduled", slug=page.slug, reason=str(refused))
                    continue
                _set_published(page, content=page.scheduled, version=page.scheduled_version, at=page.scheduled_for)
                _save(page, by=None, note="Published as scheduled", counts=False)
                _recorded(page, "GUIDANCE_PUBLISHED", by=None)
                count += 1
    return count


def versions(page: Page):  # type: ignore[no-untyped-def]
    """Return the history of a page, latest first, as records of django-simple-history."""
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
    """Record an audit event in the transaction of the change. The note is only in the page's history."""
    kind = (page._meta.model_name or "").upper()
    record(what=what, who=by, subject_type=kind, subject_id=page.pk, details={"version": page.version})
    return page


def _locked(page: Kind) -> Kind:
    return type(page)._default_manager.select_for_update().get(pk=page.pk)


def _save(page: Kind, *, by: AbstractBaseUser | None, note: str, counts: bool = True) -> Kind:
    if counts:
        page.version += 1
    page._history_user = by  # type: ignore[attr-defined]
    page._change_reason = note[:MAX_NOTE_CHARACTERS]  # type: ignore[attr-defined]
    page.save()
    return page


def _required_note(note: str) -> str:
    if not note.strip():
        raise NoteRequired("Say what changed")
    return note.strip()


def _copy_workflow_fields(page: Page, stored: Page) -> None:
    """Copy everything but the content from the stored page, so that a stale copy cannot overwrite it."""
    content = set(page.content_fields())
    for field in page._meta.concrete_fields:
        if field.name not in content:
            setattr(page, field.name, getattr(stored, field.name))


def _set_published(page: Page, *, content: dict, version: int | None, at: datetime) -> None:
    page.state = PageState.PUBLISHED
    page.published, page.published_version, page.published_at = content, version, at
    _clear_schedule(page)
    index.update(page)


def _check_unique(page: Page, content: dict) -> None:
    """Raise TransitionNotAllowed where another published page has the same slug or subject."""
    for name in ("slug", *page.own_fields()):
        same = {f"published__{name}": content[name], "state": PageState.PUBLISHED}
        if content[name] and type(page)._default_manager.filter(**same).exclude(pk=page.pk).exists():
            raise TransitionNotAllowed(
                f"Another published page has “{content[name]}” too: change it here, or unpublish that one"
            )


def _set_unpublished(page: Page, state: PageState) -> None:
    page.state = state
    page.published, page.published_version, page.published_at = None, None, None
    _clear_schedule(page)
    index.remove(page)


def _clear_schedule(page: Page) -> None:
    page.scheduled, page.scheduled_version, page.scheduled_for = None, None, None
