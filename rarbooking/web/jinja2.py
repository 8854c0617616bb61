"""The Jinja2 environment of all pages."""

from collections.abc import Iterable
from typing import Any

from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import BaseLoader, ChainableUndefined, ChoiceLoader, Environment, PackageLoader, PrefixLoader

from guidance.summaries import flag_summaries, toolkit_summaries


def _url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)


def _choices(bound: BoundField, chosen: Iterable[Any]) -> list[dict[str, Any]]:
    """Return a choice field's items for a GOV.UK macro, the chosen ones checked (radios) and selected (a select)."""
    values = {str(value) for value in chosen}
    options = getattr(bound.field, "choices", [])
    return [
        {"value": value, "text": str(text), "checked": str(value) in values, "selected": str(value) in values}
        for value, text in options
    ]


def environment(*, loader: BaseLoader, **options: Any) -> Environment:
    """Return the environment for Django's Jinja2 backend.

    Globals are `static(path)`, `url(name, ...)`, `choices(...)` and guidance on toolkits and flags, which other apps
    show without importing it. The GOV.UK macros read optional keys, also nested ones, so undefined values chain.
    """
    macros = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    env = Environment(
        **{
            **options,
            "loader": ChoiceLoader([loader, macros]),
            "undefined": ChainableUndefined,
            "trim_blocks": True,
            "lstrip_blocks": True,
        }
    )
    env.globals.update(
        static=static, url=_url, choices=_choices, toolkit_summaries=toolkit_summaries, flag_summaries=flag_summaries
    )
    return env
