"""Addresses of the guidance section."""

from django.urls import path

from guidance.views import feedback, previews, reading, searching

app_name = "guidance"

urlpatterns = [
    path("", reading.index, name="index"),
    path("toolkits/", reading.toolkits, name="toolkits"),
    path("toolkits/compare/", reading.compare, name="compare"),
    path("toolkits/<slug:slug>/", reading.toolkit, name="toolkit"),
    path("risk-flags/", reading.risk_flags, name="risk-flags"),
    path("risk-flags/<slug:slug>/", reading.risk_flag, name="risk-flag"),
    path("search/", searching.find, name="search"),
    path("preview/<slug:kind>/<int:pk>/", previews.preview, name="preview"),
    path("preview/shared/<str:token>/", previews.shared_preview, name="shared-preview"),
    path("feedback/", feedback.feedback, name="feedback"),
    path("feedback/given/", feedback.feedback_given, name="feedback-given"),
]
