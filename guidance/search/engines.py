"""Search engines: PostgreSQL full text, or SQLite FTS5.

Each engine has two functions. `find` takes groups of words. An entry has a group if it has one of its words. Of entries
with one group at least (or, where `every`, with all of them) those come first that have a wanted code; then those whose
title is what was asked for; those with every group in the title; those with every group; and then as the engine ranks
them. `similar_words` returns the words of entries among which one may be what was meant by a misspelt one.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from django.db import connection

START, STOP = "\x02", "\x03"

Groups = Sequence[Sequence[str]]


class Row(NamedTuple):
    """A match. `marked` is the prose, with START and STOP around the matching words."""

    kind: str
    slug: str
    title: str
    summary: str
    code: str
    marked: str


class Engine(Protocol):
    """The interface of a database's full-text search."""

    def find(self, groups: Groups, *, asked: str, every: bool, limit: int) -> list[Row]:
        """Return the matches, best first."""

    def similar_words(self, words: Sequence[str]) -> set[str]:
        """Return words of entries that include the candidates for misspelt ones."""


class _Sqlite:
    """SQLite FTS5. Every word is quoted, so it is never an operator."""

    def find(self, groups: Groups, *, asked: str, every: bool, limit: int) -> list[Row]:
        alternatives = ["(" + " OR ".join(f'"{word}"' for word in group) + ")" for group in groups]
        all_of, any_of = " AND ".join(alternatives), " OR ".join(alternatives)
        codes = _codes(groups)
        sql = f"""
            SELECT entry.kind, entry.slug, entry.title, entry.summary, entry.code,
                highlight(guidance_searchindex, 3, char(2), char(3))
            FROM guidance_searchindex JOIN guidance_searchentry AS entry ON entry.id = guidance_searchindex.rowid
            WHERE guidance_searchindex MATCH %s
            ORDER BY
                entry.code IN ({", ".join(["%s"] * len(codes))}) DESC,
                lower(entry.title) = %s DESC,
                entry.id IN (SELECT rowid FROM guidance_searchindex WHERE guidance_searchindex MATCH %s) DESC,
                entry.id IN (SELECT rowid FROM guidance_searchindex WHERE guidance_searchindex MATCH %s) DESC,
                bm25(guidance_searchindex, 10, 4, 4, 1),
                entry.title, entry.id
            LIMIT %s
        """  # noqa: S608 - made of constants
        return _rows(sql, [all_of if every else any_of, *codes, asked, f"title : ({all_of})", all_of, limit])

    def similar_words(self, words: Sequence[str]) -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT words FROM guidance_searchentry")
            return {word for (text,) in cursor.fetchall() for word in text.split()}


class _Postgresql:
    """PostgreSQL full text in English, and trigrams. Words are query parameters, never part of a tsquery's syntax."""

    def find(self, groups: Groups, *, asked: str, every: bool, limit: int) -> list[Row]:
        alternatives = ["(" + " || ".join(["plainto_tsquery('english', %s)"] * len(group)) + ")" for group in groups]
        words = [word for group in groups for word in group]
        sql = f"""
            SELECT entry.kind, entry.slug, entry.title, entry.summary, entry.code,
                ts_headline('english', entry.prose, query.any_of, %s)
            FROM guidance_searchentry AS entry,
                (SELECT {" && ".join(alternatives)} AS all_of, {" || ".join(alternatives)} AS any_of) AS query
            WHERE entry.vector @@ {"query.all_of" if every else "query.any_of"}
            ORDER BY
                entry.code = ANY(%s) DESC,
                lower(entry.title) = %s DESC,
                ts_filter(entry.vector, '{{a}}') @@ query.all_of DESC,
                entry.vector @@ query.all_of DESC,
                ts_rank(entry.vector, query.any_of) DESC,
                entry.title, entry.id
            LIMIT %s
        """  # noqa: S608 - made of constants
        options = f"HighlightAll=true, StartSel={START}, StopSel={STOP}"
        return _rows(sql, [options, *words, *words, _codes(groups), asked, limit])

    def similar_words(self, words: Sequence[str]) -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT DISTINCT word
                FROM unnest(%s::text[]) AS wrong,
                    (SELECT DISTINCT unnest(string_to_array(words, ' ')) AS word FROM guidance_searchentry) AS entry
                WHERE similarity(word, wrong) > 0.15 OR starts_with(word, wrong)
                """,
                [list(words)],
            )
            return {word for (word,) in cursor.fetchall()}


def engine() -> Engine:
    """Return the engine for the default database."""
    return _Postgresql() if connection.vendor == "postgresql" else _Sqlite()


def _codes(groups: Groups) -> list[str]:
    return [word.upper() for group in groups for word in group]


def _rows(sql: str, values: list[Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Row(*row) for row in cursor.fetchall()]
