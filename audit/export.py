"""Export of audit events as JSON lines or CSV."""

import csv
import json
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import TextIO

from django.utils import timezone

from audit.csv_injection import write_escaped_row
from audit.models import AuditEvent

COLUMNS = ("when", "what", "who", "subjectType", "subjectId", "correlationId", "operationId", "service", "details")


def events_between(first: date, last: date) -> Iterable[AuditEvent]:
    """Return the events from `first` to `last` inclusive (days in Europe/London), the earliest first."""
    begin, end = _midnight(first), _midnight(last + timedelta(days=1))
    return AuditEvent.objects.filter(at__gte=begin, at__lt=end).order_by("at", "id").iterator(chunk_size=2000)


def write_json_lines(events: Iterable[AuditEvent], file: TextIO) -> int:
    """Write one JSON object a line, in the format of HMPPS Audit, and return how many."""
    count = 0
    for count, event in enumerate(events, start=1):  # noqa: B007 - the count is returned
        file.write(json.dumps(event.as_message()) + "\n")
    return count


def write_csv(events: Iterable[AuditEvent], file: TextIO) -> int:
    """Write CSV with a header row, and return the number of events."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    count = 0
    for count, event in enumerate(events, start=1):  # noqa: B007 - the count is returned
        message = event.as_message()
        write_escaped_row(writer, [message[column] for column in COLUMNS])
    return count


FORMATS: dict[str, Callable[[Iterable[AuditEvent], TextIO], int]] = {"jsonl": write_json_lines, "csv": write_csv}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
