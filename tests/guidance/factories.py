"""Pages of guidance for tests."""

from typing import Any

from guidance.models import RiskFlagGuidance, ToolkitGuidance
from guidance.services.publishing import publish, save_draft


def make_toolkit_page(**values: Any) -> ToolkitGuidance:
    """A saved draft of guidance on a toolkit."""
    page = ToolkitGuidance(**{"title": "Maps for Change", "slug": "maps-for-change", **values})
    page.full_clean()
    return save_draft(page, by=None, version=0)


def make_flag_page(**values: Any) -> RiskFlagGuidance:
    """A saved draft of guidance on a risk flag."""
    page = RiskFlagGuidance(
        **{"title": "Alert notice", "slug": "alert-notice", "code": "ALAN", "category": "Alerts", **values}
    )
    page.full_clean()
    return save_draft(page, by=None, version=0)


def published(page: Any) -> Any:
    """The page, after its draft was published."""
    return publish(page, by=None, note="Published for a test")


def rewritten(page: Any, **values: Any) -> Any:
    """The page, after a new draft was saved."""
    for name, value in values.items():
        setattr(page, name, value)
    page.full_clean()
    return save_draft(page, by=None, note="Rewritten for a test", version=page.version)
