"""Triggers that keep an audit event as it was written, whoever asks the database to change it.

Events from before the moment of a row of PermittedPurge may be deleted. On SQLite the triggers go with the table where a
later migration makes it anew: such a migration has to call `install` again.
"""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_PERMITTED = "EXISTS (SELECT 1 FROM audit_permittedpurge WHERE OLD.at < before)"
_REFUSAL = "audit events are never changed, and deleted by purge_audit only"

SQLITE = [
    f"""
    CREATE TRIGGER audit_never_changed BEFORE UPDATE ON audit_auditevent
    BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END
    """,
    f"""
    CREATE TRIGGER audit_only_purged BEFORE DELETE ON audit_auditevent WHEN NOT {_PERMITTED}
    BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END
    """,
]
SQLITE_BACK = ["DROP TRIGGER IF EXISTS audit_never_changed", "DROP TRIGGER IF EXISTS audit_only_purged"]

POSTGRESQL = [
    f"""
    CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    f"""
    CREATE FUNCTION audit_only_purged() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {_PERMITTED} THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER audit_never_changed BEFORE UPDATE ON audit_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_refuse()
    """,
    """
    CREATE TRIGGER audit_only_purged BEFORE DELETE ON audit_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_only_purged()
    """,
    """
    CREATE TRIGGER audit_never_emptied BEFORE TRUNCATE ON audit_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()
    """,
]
POSTGRESQL_BACK = [
    "DROP TRIGGER IF EXISTS audit_never_changed ON audit_auditevent",
    "DROP TRIGGER IF EXISTS audit_only_purged ON audit_auditevent",
    "DROP TRIGGER IF EXISTS audit_never_emptied ON audit_auditevent",
    "DROP FUNCTION IF EXISTS audit_refuse()",
    "DROP FUNCTION IF EXISTS audit_only_purged()",
]


def install(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the triggers."""
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def remove(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop them."""
    for statement in POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(install, remove),
    ]
