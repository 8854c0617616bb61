"""Hand over to support what was under way before there were references: nothing can be sent again for it safely."""

from typing import Any

from django.db import migrations
from django.utils import timezone

UNDER_WAY = ("submitted", "nsi_ready", "uncertain")
DETAIL = "Under way when bookings got references: look in Delius"


def hand_over(apps: Any, schema_editor: Any) -> None:
    Booking = apps.get_model("booking", "Booking")
    BookingHistory = apps.get_model("booking", "BookingHistory")
    Draft = apps.get_model("booking", "Draft")
    under_way = list(Booking.objects.filter(state__in=UNDER_WAY).only("id", "state"))
    ids = [booking.id for booking in under_way]
    BookingHistory.objects.bulk_create(
        BookingHistory(booking=booking, from_state=booking.state, to_state="needs_attention", detail=DETAIL)
        for booking in under_way
    )
    Draft.objects.filter(booking_id__in=ids).delete()
    Booking.objects.filter(id__in=ids).update(state="needs_attention", next_try_at=None, updated_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("booking", "0007_large_tables")]

    operations = [migrations.RunPython(hand_over, migrations.RunPython.noop)]
