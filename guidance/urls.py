"""URLs of guidance."""

from django.urls import path

from guidance.views import feedback, pages, previews, search

app_name = "guidance"

urlpatterns = [
    path("", pages.index, name="index"),
    path("toolkits/", pages.toolkits, name="toolkits"),
    path("toolkits/compare/", pages.compare, name="compare"),
    path("toolkits/<slug:slug>/", pages.toolkit, name="toolkit"),
    path("risk-flags/", pages.risk_flags, name="risk-flags"),
    path("risk-flags/<slug:slug>/", pages.risk_flag, name="risk-flag"),
    path("search/", search.search, name="search"),
    path("preview/<slug:kind>/<int:pk>/", previews.preview, name="preview"),
    path("preview/shared/<str:token>/", previews.shared_preview, name="shared-preview"),
    path("feedback/", feedback.feedback, name="feedback"),
    path("feedback/given/", feedback.feedback_given, name="feedback-given"),
]
