"""Import and export of guidance as files, and loading of the bundled set.

A folder has one file for each page in `toolkits/` and `risk-flags/`; guidance/content is one. The file format is in
guidance/services/page_files.py. An import is atomic, and reports all errors together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction

from guidance.models import Page, PageState, RiskFlagGuidance, ToolkitGuidance
from guidance.services.page_files import InvalidPageFile, from_file, to_file
from guidance.services.publishing import EditConflict, NoteRequired, publish, save_draft

CONTENT = Path(__file__).resolve().parent.parent / "content"
FOLDERS: Mapping[str, type[Page]] = {"toolkits": ToolkitGuidance, "risk-flags": RiskFlagGuidance}
STARTING_SET = "Starting set"


class ImportProblems(ValueError):
    """A folder was not imported. Each of `problems` names a file and what to correct in it."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The result for each page of a folder, named like `toolkits/its-slug`.

    `skipped` are those that were not changed because of local changes, each with the reason.
    """

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _PageFile:
    """An unsaved page from a file, and the file's path in its folder."""

    path: str
    page: Page

    @property
    def name(self) -> str:
        """Return the page's name in reports."""
        return f"{Path(self.path).parent}/{self.page.slug}"


def digest(page: Page) -> str:
    """Return the SHA-256 digest of a page's draft."""
    return sha256(to_file(page).encode()).hexdigest()


def load_guidance(folder: Path = CONTENT) -> Result:
    """Create and publish a folder's pages; update and publish those without local changes since they were loaded.

    Idempotent. A page that was changed, scheduled, unpublished, archived, deleted or created by hand is skipped.
    Raises ImportProblems, where nothing is loaded.
    """
    result, problems = Result(), list[str]()
    with transaction.atomic():
        for filed in _read(folder, problems):
            try:
                _load(filed, result)
            except ValidationError as error:
                problems += _messages(filed, error)
        if problems:
            raise ImportProblems(problems)
    return result


def export_guidance(folder: Path, *, published: bool = False) -> list[Path]:
    """Export the pages that are not archived to a folder and return the files' paths.

    Exports drafts, or with `published` the published content of published pages. Existing files are overwritten; files
    that belong to no page stay.
    """
    written = []
    for name, kind in FOLDERS.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        pages = kind._default_manager.exclude(state=PageState.ARCHIVED)
        if published:
            pages = pages.filter(state=PageState.PUBLISHED)
        for page in pages.order_by("slug"):
            shown = kind.from_content(page.published) if published and page.published else page
            path = folder / name / f"{shown.slug}.md"
            path.write_bytes(to_file(shown).encode())
            written.append(path)
    return written


def import_guidance(folder: Path, *, note: str, publishes: bool = False) -> Result:
    """Save a folder's pages as drafts, and publish them where `publishes`.

    A file is matched to the page with its slug, or else with its toolkit or code. Raises NoteRequired, and
    ImportProblems, where nothing is stored.
    """
    if not note.strip():
        raise NoteRequired("Say what changed")
    result, problems = Result(), list[str]()
    with transaction.atomic():
        for filed in _read(folder, problems):
            try:
                _import(filed, result, note=note, publishes=publishes)
            except ValidationError as error:
                problems += _messages(filed, error)
            except EditConflict:
                problems.append(f"{filed.path}: somebody else is changing this page. Run the import again")
        if problems:
            raise ImportProblems(problems)
    return result


def _read(folder: Path, problems: list[str]) -> Iterator[_PageFile]:
    """Yield the pages of a folder, by path. Appends the errors of invalid files to `problems`."""
    paths = [(path, kind) for name, kind in FOLDERS.items() for path in sorted((folder / name).glob("*.md"))]
    if not paths:
        problems.append(f"{folder}: there is no .md file in {' or '.join(FOLDERS)}")
    taken: dict[tuple[type[Page], str, str], str] = {}
    for path, kind in paths:
        name = path.relative_to(folder).as_posix()
        try:
            page = from_file(path.read_bytes().decode(), kind)
        except UnicodeDecodeError:
            problems.append(f"{name}: save the file as UTF-8")
            continue
        except InvalidPageFile as error:
            problems.append(f"{name}: {error}")
            continue
        marks = [(kind, each, getattr(page, each)) for each in ("slug", *page.own_fields()) if getattr(page, each)]
        again = [mark for mark in marks if mark in taken]
        problems += [f"{name}: {mark[1]}: {mark[2]} is in {taken[mark]} too" for mark in again]
        taken |= {mark: name for mark in marks if mark not in taken}
        if not again:
            yield _PageFile(name, page)


def _load(filed: _PageFile, result: Result) -> None:
    page = filed.page
    stored = _stored(page)
    if stored is None and _existed_before(page):
        result.skipped[filed.name] = "somebody gave it another slug or deleted it"
    elif stored is None:
        _load_content(page, filed.page)
        result.created.append(filed.name)
    elif reason := _skip_reason(stored):
        result.skipped[filed.name] = reason
    elif stored.content() == page.content():
        result.unchanged.append(filed.name)
    else:
        _load_content(stored, filed.page)
        result.changed.append(filed.name)


def _load_content(page: Page, filed: Page) -> None:
    saved = publish(_saved_as_draft(page, filed, note=STARTING_SET), by=None, note=STARTING_SET)
    type(page)._default_manager.filter(pk=saved.pk).update(loaded_digest=digest(saved))


def _skip_reason(stored: Page) -> str:
    """Return why a page is not to be updated: its local change since it was loaded; empty for none."""
    if not stored.loaded_digest:
        return "it was made here"
    if stored.state == PageState.ARCHIVED:
        return "somebody archived it"
    if stored.state != PageState.PUBLISHED or stored.published is None:
        return "somebody unpublished it"
    if stored.scheduled is not None:
        return "somebody scheduled it"
    if (
        digest(stored) != stored.loaded_digest
        or digest(type(stored).from_content(stored.published)) != stored.loaded_digest
    ):
        return "somebody changed it"
    return ""


def _import(filed: _PageFile, result: Result, *, note: str, publishes: bool) -> None:
    page = filed.page
    stored = _stored(page)
    if stored is None:
        saved = _saved_as_draft(page, page, note=note)
        result.created.append(filed.name)
    elif stored.content() != page.content():
        _refuse_archived(stored)
        saved = _saved_as_draft(stored, page, note=note)
        result.changed.append(filed.name)
    else:
        saved = stored
        result.unchanged.append(filed.name)
    if publishes and (saved.state != PageState.PUBLISHED or saved.has_unpublished_changes):
        _refuse_archived(saved)
        publish(saved, by=None, note=note)
        result.published.append(filed.name)


def _refuse_archived(page: Page) -> None:
    if page.state == PageState.ARCHIVED:
        raise ValidationError("The page is archived. Bring it back first, or take out the file")


def _saved_as_draft(page: Page, filed: Page, *, note: str) -> Page:
    """Copy the content of a file's page to a page, validate and save it. Raises ValidationError."""
    for name in filed.content_fields():
        setattr(page, name, getattr(filed, name))
    page.full_clean()
    return save_draft(page, by=None, note=note, version=page.version)


def _stored(page: Page) -> Page | None:
    """Return the stored page for a file's page: with the same slug, or else the same toolkit or code."""
    pages = type(page)._default_manager.select_for_update()
    found = pages.filter(slug=page.slug).first()
    own = {name: getattr(page, name) for name in page.own_fields()}
    if found is None and all(own.values()):
        found = pages.filter(**own).first()
    return found


def _existed_before(page: Page) -> bool:
    """Return whether a page ever had this slug."""
    return type(page).history.filter(slug=page.slug).exists()  # type: ignore[attr-defined]


def _messages(filed: _PageFile, error: ValidationError) -> list[str]:
    if not hasattr(error, "error_dict"):
        return [f"{filed.path}: {' '.join(error.messages)}"]
    return [
        f"{filed.path}: {'' if name == NON_FIELD_ERRORS else f'{name}: '}{' '.join(messages)}"
        for name, messages in error.message_dict.items()
    ]
