"""The Jinja2 environment that every page of the product is rendered in."""

from collections.abc import Iterable
from typing import Any

from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import BaseLoader, ChainableUndefined, ChoiceLoader, Environment, PackageLoader, PrefixLoader

from guidance.context import about_flags, about_toolkits


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
    """Return the environment that Django's Jinja2 backend asks for.

    `static(path)`, `url(name, ...)`, and what guidance says of toolkits and flags are available in every template: this
    is how other rooms show guidance without importing it. The GOV.UK macros read keys that a caller
    may leave out, also keys of keys, so undefined values chain.
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
        static=static, url=_url, choices=_choices, about_toolkits=about_toolkits, about_flags=about_flags
    )
    return env
