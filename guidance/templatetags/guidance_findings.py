"""Template tag for the findings on the admin's front page."""

from typing import Any

from django import template
from django.template.context import Context

from guidance.quality.findings import Kind, findings

register = template.Library()


@register.inclusion_tag("admin/guidance/findings.html", takes_context=True)
def guidance_findings(context: Context) -> dict[str, Any]:
    """Show the findings to users who may view guidance in the admin, apart from those of what is only incomplete."""
    user = context["request"].user
    may_see = user.has_perm("guidance.view_toolkitguidance") and user.has_perm("guidance.view_riskflagguidance")
    found = {group.kind: group for group in findings()} if may_see else {}
    incomplete = found.pop(Kind.MISSING, None)
    return {"may_see": may_see, "groups": list(found.values()), "incomplete": incomplete}
