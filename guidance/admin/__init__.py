"""The admin of guidance, for content designers."""

from guidance.admin import feedback, pages  # noqa: F401 - registers what the admin shows
