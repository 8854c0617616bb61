"""Pages of guidance for tests."""

from typing import Any

from guidance.models import RiskFlagGuidance, ToolkitGuidance
from guidance.services.publishing import publish, save_draft


def toolkit(title: str = "Maps for Change", **fields: Any) -> ToolkitGuidance:
    """Return a published page about a toolkit."""
    slug = fields.pop("slug", title.lower().replace(" ", "-"))
    page = ToolkitGuidance(title=title, slug=slug, toolkit=fields.pop("toolkit", slug), **fields)
    return publish(save_draft(page, by=None, version=0), by=None, note="First")


def flag(title: str = "Weapons", code: str = "WEAP", **fields: Any) -> RiskFlagGuidance:
    """Return a published page about a risk flag."""
    slug = fields.pop("slug", title.lower().replace(" ", "-"))
    category = fields.pop("category", "Alerts")
    page = RiskFlagGuidance(title=title, slug=slug, code=code, category=category, **fields)
    return publish(save_draft(page, by=None, version=0), by=None, note="First")
