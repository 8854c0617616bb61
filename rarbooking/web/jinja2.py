"""The Jinja2 environment of all pages."""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import BaseLoader, ChainableUndefined, ChoiceLoader, Environment, PackageLoader, PrefixLoader, Template
from markupsafe import Markup

from appointments.summaries import change_news, moved_appointments
from appointments.text_offers import text_offer
from govuk.cached_urls import url_of
from govuk.formats import counted
from guidance.summaries import flag_summaries, toolkit_summaries
from rarbooking.web.components import keep_shapes

MAX_FRAGMENTS = 512
ATTRIBUTES = "govuk_frontend_jinja/macros/attributes.html"


def _url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None) if args or kwargs else url_of(name)


class _Template(Template):
    """A template that is asked for its macros a hundred times a page: GOV.UK's import each other inside each macro.

    Jinja works out each time whether globals differ between the two templates. Here they never do.
    """

    def _get_default_module(self, ctx: Any = None) -> Any:
        if self._module is None:
            self._module = self.make_module()
        return self._module


def _shorten_attributes(env: Environment) -> None:
    """Have the macro of additional attributes, which GOV.UK's macros call for every element, called only with some."""
    macros = env.get_template(ATTRIBUTES).module
    attributes_of: Any = macros.govukAttributes  # type: ignore[attr-defined]
    macros.govukAttributes = lambda attributes="": (  # type: ignore[attr-defined]
        attributes_of(attributes) if attributes else Markup("")
    )


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

    Globals are `static(path)`, `url(name, ...)`, `choices(...)`, `fragment(template, ...)` and what apps show of one
    another without importing it: guidance on toolkits and flags, where moved appointments are now, and the question
    whether to text the person. A fragment is a template that depends on its arguments alone: it is rendered once in a
    process for each combination of them, which must hold no personal data. The GOV.UK macros read optional keys, also
    nested ones, so undefined values chain.
    """
    macros = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    env = Environment(
        **{
            **options,
            "loader": ChoiceLoader([loader, macros]),
            "undefined": ChainableUndefined,
            "trim_blocks": True,
            "lstrip_blocks": True,
            # No limit, so that finding a template is a look into a dict.
            "cache_size": -1,
        }
    )
    env.template_class = _Template
    _shorten_attributes(env)
    keep_shapes(env)

    @lru_cache(MAX_FRAGMENTS)
    def fragment(template: str, **arguments: Any) -> Markup:
        return Markup(env.get_template(template).render(arguments))  # noqa: S704 - rendered with autoescape

    env.globals.update(
        static=cache(static),
        url=_url,
        choices=_choices,
        counted=counted,
        fragment=fragment,
        change_news=change_news,
        toolkit_summaries=toolkit_summaries,
        flag_summaries=flag_summaries,
        moved_appointments=moved_appointments,
        text_offer=text_offer,
    )
    return env
