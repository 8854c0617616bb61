"""The admin of guidance, for content designers."""

from guidance.admin import pages, readers  # noqa: F401 - registers what the admin shows
