"""URLs of cases, the journey and bookings. The only personal data in them is the CRN."""

from django.urls import path

from booking.views import cases, journey, next_session, outcome
from cases import converters  # noqa: F401

app_name = "booking"

urlpatterns = [
    path("", cases.cases, name="cases"),
    path("cases/<crn:crn>/arrange/", journey.start, name="start"),
    path("cases/<crn:crn>/arrange/check/", journey.check, name="check"),
    path("cases/<crn:crn>/arrange/discard/", journey.discard, name="discard"),
    path("cases/<crn:crn>/arrange/location-not-listed/", journey.location_not_listed, name="location-not-listed"),
    path("cases/<crn:crn>/arrange/accredited-programme/", journey.accredited_programme, name="accredited-programme"),
    path("cases/<crn:crn>/arrange/next/<contact:contact_id>/", next_session.next_session, name="next"),
    path("cases/<crn:crn>/arrange/<slug:slug>/", journey.step, name="step"),
    path("cases/<crn:crn>/appointments/<uuid:booking_id>/", outcome.booking, name="booking"),
    path("cases/<crn:crn>/appointments/<uuid:booking_id>/state/", outcome.booking_state, name="booking-state"),
    path("cases/<crn:crn>/appointments/<uuid:booking_id>/cancel/", outcome.cancel, name="cancel"),
    path("cases/<crn:crn>/appointments/<uuid:booking_id>/again/", outcome.arrange_again, name="arrange-again"),
    path("cases/<crn:crn>/appointments/<uuid:booking_id>/calendar.ics", outcome.calendar, name="calendar"),
]
