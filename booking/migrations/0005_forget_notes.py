import hashlib
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forget(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put a digest in place of the notes of bookings that Delius, or somebody, has settled. There is no way back."""
    bookings = apps.get_model("booking", "Booking").objects
    for booking in bookings.filter(state__in=["booked", "settled"]).exclude(notes="").only("notes").iterator():
        digest = hashlib.sha256(booking.notes.encode()).hexdigest()
        bookings.filter(pk=booking.pk).update(notes="", notes_digest=digest)


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0004_notes_digest"),
    ]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
    ]
