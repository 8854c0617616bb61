"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path

from rarbooking import sign_in_views

urlpatterns = [
    path("", include("booking.urls")),
    path("guidance/", include("guidance.urls")),
    path("sign-in/", sign_in_views.start, name="sign-in"),
    path("sign-in/callback/", sign_in_views.callback, name="sign-in-callback"),
    path("sign-out/", sign_in_views.end, name="sign-out"),
    path("signed-out/", sign_in_views.signed_out, name="signed-out"),
    path("admin/", admin.site.urls),
]

handler400 = "rarbooking.error_views.bad_request"
handler403 = "rarbooking.error_views.permission_denied"
handler404 = "rarbooking.error_views.not_found"
handler500 = "rarbooking.error_views.server_error"
