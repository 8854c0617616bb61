"""URLs of cases, the journey and bookings. The only personal data in them is the CRN."""

from django.urls import path, register_converter

from booking.views import cases, journey, outcome, risk_flags, schedule


class CrnConverter:
    """A CRN: one letter and six digits, converted to capitals."""

    regex = "[A-Za-z][0-9]{6}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value


register_converter(CrnConverter, "crn")

app_name = "booking"

urlpatterns = [
    path("", cases.cases, name="cases"),
    path("cases/<crn:crn>/schedule/", schedule.schedule, name="schedule"),
    path("cases/<crn:crn>/risk-flags/", risk_flags.flags, name="risk-flags"),
    path("cases/<crn:crn>/arrange/", journey.start, name="start"),
    path("cases/<crn:crn>/arrange/check/", journey.check, name="check"),
    path("cases/<crn:crn>/arrange/discard/", journey.discard, name="discard"),
    path("cases/<crn:crn>/arrange/location-not-listed/", journey.location_not_listed, name="location-not-listed"),
    path("cases/<crn:crn>/arrange/accredited-programme/", journey.accredited_programme, name="accredited-programme"),
    path("cases/<crn:crn>/arrange/<slug:slug>/", journey.step, name="step"),
    path("cases/<crn:crn>/appointments/<uuid:booking_id>/", outcome.booking, name="booking"),
    path("cases/<crn:crn>/appointments/<uuid:booking_id>/state/", outcome.booking_state, name="booking-state"),
    path("cases/<crn:crn>/appointments/<uuid:booking_id>/cancel/", outcome.cancel, name="cancel"),
    path("cases/<crn:crn>/appointments/<uuid:booking_id>/again/", outcome.arrange_again, name="arrange-again"),
    path("cases/<crn:crn>/appointments/<uuid:booking_id>/calendar.ics", outcome.calendar, name="calendar"),
]
