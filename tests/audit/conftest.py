"""What tests of the audit may use besides."""

from collections.abc import Iterator
from importlib import import_module

import boto3
import pytest
from django.core.cache import cache
from django.db import connection
from moto.server import ThreadedMotoServer
from pytest_django import Settings


@pytest.fixture
def triggers(db: None) -> None:
    """The triggers of the migration, for as long as the test's transaction lasts."""
    migration = import_module("audit.migrations.0002_append_only")
    # Not the schema editor's own transaction: SQLite lets it be opened only outside of one.
    for statement in migration.POSTGRESQL if connection.vendor == "postgresql" else migration.SQLITE:
        with connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.fixture(scope="session")
def sqs_server() -> Iterator[str]:
    """The address of a stand-in for SQS, which talks HTTP as SQS does."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


class ReadQueue:
    """The other end of the queue."""

    def __init__(self, name: str) -> None:
        self.client = boto3.client("sqs", region_name="eu-west-2")
        self.url = self.client.create_queue(QueueName=name)["QueueUrl"]

    def messages(self) -> list[str]:
        """Take what is in the queue."""
        found: list[str] = []
        while taken := self.client.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages", []):
            found += [each["Body"] for each in taken]
        return found


@pytest.fixture
def queue(
    sqs_server: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[ReadQueue]:
    """A queue to which the product sends audit events."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", sqs_server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "placeholder")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "placeholder")
    queue = ReadQueue(f"audit-{abs(hash(request.node.name))}")
    settings.AUDIT_QUEUE_URL = queue.url
    cache.clear()
    yield queue
    queue.client.delete_queue(QueueUrl=queue.url)
    cache.clear()
