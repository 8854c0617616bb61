"""The SQS queue that HMPPS Audit reads. boto3 finds the credentials: on the platform, the pod's own."""

import json
import uuid
from collections.abc import Sequence

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from audit.models import AuditEvent

# A limit of SQS.
MOST_AT_ONCE = 10


class Unreachable(Exception):
    """The queue took nothing; the text is the kind of error."""


class Queue:
    """The queue of AUDIT_QUEUE_URL."""

    def __init__(self) -> None:
        self._client = boto3.client(
            "sqs",
            region_name=settings.AUDIT_QUEUE_REGION,
            config=Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 2, "mode": "standard"}),
        )

    def send(self, events: Sequence[AuditEvent]) -> list[uuid.UUID]:
        """Send up to MOST_AT_ONCE events and return the ids of those that the queue took. Raises Unreachable."""
        entries = [
            {"Id": str(number), "MessageBody": json.dumps(event.as_message())} for number, event in enumerate(events)
        ]
        try:
            answer = self._client.send_message_batch(QueueUrl=settings.AUDIT_QUEUE_URL, Entries=entries)
        except (BotoCoreError, ClientError) as fault:
            raise Unreachable(type(fault).__name__) from fault
        return [events[int(taken["Id"])].id for taken in answer.get("Successful", [])]
