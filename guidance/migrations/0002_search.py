from typing import Any

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# The parser of PostgreSQL takes “warrant/summons” for a file and “<b>” for a tag: all that could glue words is a space.
_SPACED = "regexp_replace({column}, '[-/:.@&_<>=#%+~''’]+', ' ', 'g')"
_WEIGHTS = {"title": "A", "summary": "B", "facts": "B", "prose": "C"}
_VECTOR = " || ".join(
    f"setweight(to_tsvector('pg_catalog.english', {_SPACED.format(column=column)}), '{weight}')"
    for column, weight in _WEIGHTS.items()
)

POSTGRESQL = [
    f"ALTER TABLE guidance_searchentry ADD COLUMN vector tsvector GENERATED ALWAYS AS ({_VECTOR}) STORED",
    "CREATE INDEX guidance_searchentry_vector ON guidance_searchentry USING gin (vector)",
]

_NEW = """
    INSERT INTO guidance_searchindex(rowid, title, summary, facts, prose)
    VALUES (new.id, new.title, new.summary, new.facts, new.prose);
"""
_OLD = """
    INSERT INTO guidance_searchindex(guidance_searchindex, rowid, title, summary, facts, prose)
    VALUES ('delete', old.id, old.title, old.summary, old.facts, old.prose);
"""

SQLITE = [
    """
    CREATE VIRTUAL TABLE guidance_searchindex USING fts5(
        title, summary, facts, prose,
        content='guidance_searchentry', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
    )
    """,
    f"CREATE TRIGGER guidance_searchentry_added AFTER INSERT ON guidance_searchentry BEGIN {_NEW} END",
    f"CREATE TRIGGER guidance_searchentry_removed AFTER DELETE ON guidance_searchentry BEGIN {_OLD} END",
    f"CREATE TRIGGER guidance_searchentry_changed AFTER UPDATE ON guidance_searchentry BEGIN {_OLD} {_NEW} END",
]
SQLITE_BACK = [
    "DROP TRIGGER guidance_searchentry_added",
    "DROP TRIGGER guidance_searchentry_removed",
    "DROP TRIGGER guidance_searchentry_changed",
    "DROP TABLE guidance_searchindex",
]


def make_index(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the index that the database keeps in step with the table by itself."""
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def drop_index(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop it. On PostgreSQL it goes with the table."""
    if schema_editor.connection.vendor != "postgresql":
        for statement in SQLITE_BACK:
            schema_editor.execute(statement, params=None)


class Trigrams(TrigramExtension):
    """Makes the extension, on PostgreSQL only, and leaves it when taken back: others may use it."""

    def database_backwards(self, *args: Any, **options: Any) -> None:
        """Leave it."""


class Migration(migrations.Migration):
    dependencies = [
        ("guidance", "0001_initial"),
    ]

    operations = [
        Trigrams(),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("page", models.PositiveBigIntegerField()),
                ("slug", models.SlugField(db_index=False, max_length=80)),
                ("code", models.CharField(blank=True, max_length=10)),
                ("title", models.CharField(max_length=120)),
                ("summary", models.CharField(blank=True, max_length=200)),
                ("facts", models.TextField(blank=True)),
                ("prose", models.TextField(blank=True)),
                ("words", models.TextField(blank=True)),
            ],
            options={
                "verbose_name_plural": "search entries",
                "constraints": [models.UniqueConstraint(fields=("kind", "page"), name="guidance_one_entry_a_page")],
            },
        ),
        migrations.RunPython(make_index, drop_index),
    ]
