"""URLs of a person's appointments. The only personal data in them is the CRN."""

from django.urls import path

from appointments.moving import WHY
from appointments.views import appointment, calendar, cancel, moves, outcomes, person, risk_flags, schedule, texts
from cases import converters  # noqa: F401

app_name = "appointments"
ONE = "cases/<crn:crn>/appointments/<contact:contact_id>/"

urlpatterns = [
    path("cases/<crn:crn>/", person.person, name="person"),
    path("cases/<crn:crn>/schedule/", schedule.schedule, name="schedule"),
    path("cases/<crn:crn>/risk-flags/", risk_flags.flags, name="risk-flags"),
    path(ONE, appointment.appointment, name="appointment"),
    path(f"{ONE}outcome/", outcomes.question, name="outcome"),
    path(f"{ONE}outcome/check/", outcomes.check, name="outcome-check"),
    path(f"{ONE}outcome/<uuid:change_id>/", outcomes.outcome_done, name="outcome-done"),
    path(f"{ONE}outcome/<uuid:change_id>/state/", outcomes.outcome_state, name="outcome-state"),
    path(f"{ONE}calendar.ics", calendar.calendar, name="calendar"),
    path(f"{ONE}cancel/", cancel.cancel, name="cancel"),
    path(f"{ONE}text/", texts.text, name="text"),
    path(f"{ONE}move/", moves.question, {"slug": WHY}, name="move"),
    path(f"{ONE}move/check/", moves.check, name="move-check"),
    path(f"{ONE}move/location-not-listed/", moves.location_not_listed, name="move-location-not-listed"),
    path(f"{ONE}move/<uuid:move_id>/", moves.move, name="moved"),
    path(f"{ONE}move/<uuid:move_id>/state/", moves.move_state, name="move-state"),
    path(f"{ONE}move/<slug:slug>/", moves.question, name="move-question"),
]
