"""Maintenance of the search index.

Publishing calls `update` and `remove`, in the transaction in which it changes a page. The database updates its own
full-text index of the table of entries: a generated column on PostgreSQL, triggers on SQLite.
"""

from typing import Any

from django.db import connection, transaction
from django.db.models.signals import post_delete

from guidance.models import Page, PageState, RiskFlagGuidance, SearchEntry, ToolkitGuidance
from guidance.search.abbreviations import other_forms
from guidance.search.terms import MIN_LETTERS, STOP_WORDS, tokenise, typed_otherwise
from guidance.text.markdown import plain_text

KINDS: tuple[type[Page], ...] = (ToolkitGuidance, RiskFlagGuidance)


def update(page: Page) -> None:
    """Index the published content of a page; remove the entry of a page that is not published."""
    if page.state == PageState.PUBLISHED and page.published is not None:
        SearchEntry.objects.update_or_create(kind=page.kind, page=page.pk, defaults=_values(page))
    else:
        remove(page)


def remove(page: Page) -> None:
    """Remove a page's entry."""
    SearchEntry.objects.filter(kind=page.kind, page=page.pk).delete()


@transaction.atomic
def rebuild() -> int:
    """Rebuild all entries, and the database's own index. Return the number of entries."""
    SearchEntry.objects.all().delete()
    entries = [
        SearchEntry(kind=page.kind, page=page.pk, **_values(page))
        for kind in KINDS
        for page in kind._default_manager.filter(state=PageState.PUBLISHED, published__isnull=False)
    ]
    SearchEntry.objects.bulk_create(entries)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO guidance_searchindex(guidance_searchindex) VALUES ('rebuild')")
    return len(entries)


def connect_signals() -> None:
    """Connect `post_delete` of pages to the removal of their entries."""
    for kind in KINDS:
        post_delete.connect(_deleted, sender=kind, dispatch_uid=f"guidance.search.{kind.kind}")


def _deleted(instance: Page, **_: Any) -> None:
    remove(instance)


def _values(page: Page) -> dict[str, str]:
    """Return the field values of a page's entry, from its published content.

    `facts` also has how people may type its words otherwise, and what its abbreviations stand for.
    """
    assert page.published is not None
    shown = type(page).from_content(page.published)
    facts = " ".join(_facts(shown))
    prose = " ".join(filter(None, (_plain(getattr(shown, section.field)) for section in shown.sections)))
    text = f"{shown.title} {shown.summary} {facts} {prose}"
    words = tokenise(text)
    return {
        "slug": shown.slug,
        "code": getattr(shown, "code", ""),
        "title": shown.title,
        "summary": shown.summary,
        "facts": " ".join(filter(None, [facts, *typed_otherwise(text), *other_forms(text)])),
        "prose": prose,
        "words": " ".join(sorted(word for word in words if len(word) >= MIN_LETTERS and word not in STOP_WORDS)),
    }


def _facts(page: Page) -> list[str]:
    """Return the facts that are text; numbers are not indexed."""
    texts = []
    for fact in page.facts:
        value = getattr(page, fact.field)
        if value is True:
            texts.append(fact.label)
        elif isinstance(value, str):
            texts.append(value)
        elif isinstance(value, list):
            texts += value
    return [text for text in texts if text]


def _plain(text: str) -> str:
    try:
        return plain_text(text)
    # Text over the limits, which the forms refuse, must not prevent publication.
    except ValueError:
        return " ".join(text.split())
