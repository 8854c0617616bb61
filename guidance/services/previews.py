"""Signed, expiring links to previews of drafts, for reviewers without an account."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.utils import timezone

from guidance.models import Page, PageState
from guidance.services.publishing import KINDS

_SALT = "guidance.previews"


class InvalidPreview(Exception):
    """The link is invalid, expired, or of an archived page."""


def token_for(page: Page) -> str:
    """Return the signed token of a page's preview link, valid for GUIDANCE_PREVIEW_DAYS."""
    return TimestampSigner(salt=_SALT).sign(f"{page.kind}~{page.pk}")


def ends_at() -> datetime:
    """Return the expiry time of a link made now."""
    return timezone.now() + timedelta(days=settings.GUIDANCE_PREVIEW_DAYS)


def page_of(token: str) -> Page:
    """Return the page of a preview token, with its current draft. Raises InvalidPreview."""
    try:
        value = TimestampSigner(salt=_SALT).unsign(token, max_age=timedelta(days=settings.GUIDANCE_PREVIEW_DAYS))
    except (BadSignature, SignatureExpired) as error:
        raise InvalidPreview from error
    kind_name, _, pk = value.partition("~")
    kind = next(kind for kind in KINDS if kind.kind == kind_name)
    page = kind._default_manager.exclude(state=PageState.ARCHIVED).filter(pk=pk).first()
    if page is None:
        raise InvalidPreview
    return page
