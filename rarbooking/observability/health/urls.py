"""URLs of the health endpoints, without a trailing slash, as HMPPS services have them."""

from django.urls import path

from rarbooking.observability.health import views

urlpatterns = [
    path("health", views.health, name="health"),
    path("health/liveness", views.liveness, name="liveness"),
    path("health/readiness", views.readiness, name="readiness"),
    path("info", views.info, name="info"),
]
