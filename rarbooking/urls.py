"""URL configuration."""

from django.contrib import admin
from django.urls import include, path

from booking.views.toolkit_use import toolkit_use
from rarbooking.identity import session_views, sign_in_views
from rarbooking.observability import metrics_views

urlpatterns = [
    path("guidance/", include("guidance.urls")),
    path("", include("booking.urls")),
    path("", include("appointments.urls")),
    path("", include("rarbooking.observability.health.urls")),
    path("metrics", metrics_views.metrics, name="metrics"),
    path("sign-in/", sign_in_views.start, name="sign-in"),
    path("sign-in/callback/", sign_in_views.callback, name="sign-in-callback"),
    path("sign-out/", sign_in_views.end, name="sign-out"),
    path("sessions/", session_views.session_list, name="sessions"),
    path("sessions/left/", session_views.remaining, name="session-remaining"),
    path("signed-out/", sign_in_views.signed_out, name="signed-out"),
    path("admin/toolkits/use/", admin.site.admin_view(toolkit_use), name="toolkit-use"),
    path("admin/", admin.site.urls),
]

handler400 = "rarbooking.web.error_views.bad_request"
handler403 = "rarbooking.web.error_views.permission_denied"
handler404 = "rarbooking.web.error_views.not_found"
handler500 = "rarbooking.web.error_views.server_error"
