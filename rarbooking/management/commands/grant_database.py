"""Grant the application's database account least privilege on PostgreSQL."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from psycopg import sql

STATEMENTS = (
    "GRANT USAGE ON SCHEMA public TO {account}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {account}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {account}",
    "REVOKE UPDATE, DELETE ON audit_auditevent FROM {account}",
    "REVOKE INSERT, UPDATE, DELETE ON audit_permittedpurge, django_migrations FROM {account}",
)


class Command(BaseCommand):
    """`manage.py grant_database ACCOUNT`, as the account that owns the tables, after every `migrate`.

    ACCOUNT may then read and write rows, but change no table, and of the audit only read and add events.
    """

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account", metavar="ACCOUNT", help="The PostgreSQL role of web, workers and commands.")

    def handle(self, *args: Any, account: str, **options: Any) -> None:
        """Grant and revoke in one transaction."""
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has accounts.")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT %s = current_user", [account])
            if cursor.fetchone() == (True,):
                raise CommandError(f"{account} owns the tables: name the account that is not to.")
            for statement in STATEMENTS:
                cursor.execute(sql.SQL(statement).format(account=sql.Identifier(account)))
