"""Template tag for the session time-out warning in the admin."""

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from rarbooking.identity.sessions import seconds_left

register = template.Library()


@register.simple_tag(takes_context=True)
def session_ending(context: Context) -> SafeString:
    """Render the session time-out warning; empty where nobody is signed in."""
    left = seconds_left(context["request"])
    if left is None:
        return SafeString("")
    given = {"session_seconds": left, "leaves_typed": True}
    return SafeString(render_to_string("components/session-ending.html.jinja", given, using="jinja2"))
