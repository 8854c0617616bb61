"""References of a booking's NSI and appointment; rows from before have none. Leases and what they guarded go."""

import uuid

import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0008_under_way_needs_attention"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.DeleteModel(
            name="Lease",
        ),
        migrations.RemoveIndex(
            model_name="booking",
            name="booking_sending_an_nsi",
        ),
        migrations.RemoveField(
            model_name="booking",
            name="event_referral_date",
        ),
        migrations.RemoveField(
            model_name="booking",
            name="preferred_nsi_id",
        ),
        migrations.AddField(
            model_name="booking",
            name="allow_overlap",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="although there is another appointment"
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="appointment_reference",
            field=models.UUIDField(null=True, verbose_name="reference of its appointment"),
        ),
        migrations.AlterField(
            model_name="booking",
            name="appointment_reference",
            field=models.UUIDField(default=uuid.uuid4, null=True, verbose_name="reference of its appointment"),
        ),
        migrations.AddField(
            model_name="booking",
            name="nsi_reference",
            field=models.UUIDField(null=True, verbose_name="reference of its NSI"),
        ),
        migrations.AlterField(
            model_name="booking",
            name="nsi_reference",
            field=models.UUIDField(default=uuid.uuid4, null=True, verbose_name="reference of its NSI"),
        ),
        migrations.AddField(
            model_name="booking",
            name="refused_step",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=30, verbose_name="question whose answer to change"
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="withdraw_nsi_at",
            field=models.DateTimeField(null=True, verbose_name="when to withdraw its NSI"),
        ),
        migrations.AlterField(
            model_name="booking",
            name="sent_at",
            field=models.DateTimeField(null=True, verbose_name="sent the appointment and does not know the outcome"),
        ),
        migrations.AlterField(
            model_name="booking",
            name="state",
            field=models.CharField(
                choices=[
                    ("submitted", "Submitted"),
                    ("booked", "Booked"),
                    ("refused", "Refused"),
                    ("needs_attention", "Needs attention"),
                    ("cancelled", "Cancelled"),
                    ("settled", "Settled in Delius"),
                ],
                default="submitted",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="bookinghistory",
            name="from_state",
            field=models.CharField(
                blank=True,
                choices=[
                    ("submitted", "Submitted"),
                    ("booked", "Booked"),
                    ("refused", "Refused"),
                    ("needs_attention", "Needs attention"),
                    ("cancelled", "Cancelled"),
                    ("settled", "Settled in Delius"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="bookinghistory",
            name="to_state",
            field=models.CharField(
                choices=[
                    ("submitted", "Submitted"),
                    ("booked", "Booked"),
                    ("refused", "Refused"),
                    ("needs_attention", "Needs attention"),
                    ("cancelled", "Cancelled"),
                    ("settled", "Settled in Delius"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="upstreamattempt",
            name="began_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("withdraw_nsi_at__isnull", False)),
                fields=["withdraw_nsi_at"],
                name="booking_withdrawing_nsi",
            ),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.UniqueConstraint(
                fields=("appointment_reference",), name="one_booking_per_appointment_reference"
            ),
        ),
    ]
