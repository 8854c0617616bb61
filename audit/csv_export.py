"""Audit events as lines for other programs to read."""

import csv
import json
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import TextIO

from django.utils import timezone

from audit.csv_injection import write_row
from audit.models import AuditEvent

COLUMNS = ("when", "what", "who", "subjectType", "subjectId", "correlationId", "operationId", "service", "details")


def between(first: date, last: date) -> Iterable[AuditEvent]:
    """Return the events of some days, the first and the last included, in Europe/London, the earliest first."""
    begin, end = _midnight(first), _midnight(last + timedelta(days=1))
    return AuditEvent.objects.filter(at__gte=begin, at__lt=end).order_by("at", "id").iterator(chunk_size=2000)


def write_json_lines(events: Iterable[AuditEvent], file: TextIO) -> int:
    """Write one JSON object a line, in the shape of HMPPS Audit, and return how many."""
    count = 0
    for count, event in enumerate(events, start=1):  # noqa: B007 - counted for whoever asked
        file.write(json.dumps(event.as_message()) + "\n")
    return count


def write_csv(events: Iterable[AuditEvent], file: TextIO) -> int:
    """Write a table with a row of headings, and return how many events it holds."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    count = 0
    for count, event in enumerate(events, start=1):  # noqa: B007 - counted for whoever asked
        message = event.as_message()
        write_row(writer, [message[column] for column in COLUMNS])
    return count


FORMATS: dict[str, Callable[[Iterable[AuditEvent], TextIO], int]] = {"jsonl": write_json_lines, "csv": write_csv}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
