"""Template tag for the findings on the admin's front page."""

from typing import Any

from django import template
from django.template.context import Context

from guidance.quality.findings import findings

register = template.Library()


@register.inclusion_tag("admin/guidance/findings.html", takes_context=True)
def guidance_findings(context: Context) -> dict[str, Any]:
    """Show the findings to users with the permissions to view guidance in the admin."""
    user = context["request"].user
    may_see = user.has_perm("guidance.view_toolkitguidance") and user.has_perm("guidance.view_riskflagguidance")
    return {"may_see": may_see, "groups": findings() if may_see else []}
