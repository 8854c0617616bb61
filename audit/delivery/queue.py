"""Client of the SQS queue that HMPPS Audit reads. Credentials are boto3's default: on the platform, the pod's."""

import json
import uuid
from collections.abc import Sequence

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from audit.models import AuditEvent

# A limit of SQS.
MAX_BATCH_SIZE = 10


class QueueUnavailable(Exception):
    """The batch was not sent; the text is the type of error."""


class Queue:
    """The queue of AUDIT_QUEUE_URL."""

    def __init__(self) -> None:
        self._client = boto3.client(
            "sqs",
            region_name=settings.AUDIT_QUEUE_REGION,
            config=Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 2, "mode": "standard"}),
        )

    def send(self, events: Sequence[AuditEvent]) -> list[uuid.UUID]:
        """Send up to MAX_BATCH_SIZE events and return the ids of those accepted. Raises QueueUnavailable."""
        entries = [
            {"Id": str(number), "MessageBody": json.dumps(event.as_message())} for number, event in enumerate(events)
        ]
        try:
            answer = self._client.send_message_batch(QueueUrl=settings.AUDIT_QUEUE_URL, Entries=entries)
        except (BotoCoreError, ClientError) as fault:
            raise QueueUnavailable(type(fault).__name__) from fault
        return [events[int(taken["Id"])].id for taken in answer.get("Successful", [])]
