"""What the pages look like comes in one stylesheet, made of what they use of the design systems, and does not move."""

import re
from pathlib import Path

import govuk_frontend_jinja
import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from django.test import Client

PACKAGED = (
    "govuk-frontend/dist/govuk/govuk-frontend.min.css",
    "@ministryofjustice/frontend/moj/moj-frontend.min.css",
    "accessible-autocomplete/dist/accessible-autocomplete.min.css",
)
MACROS = Path(govuk_frontend_jinja.__file__).parent / "templates" / "components"
FOLDERS = ("templates", "appointments", "booking", "cases", "govuk", "guidance", "rarbooking")
STYLED = re.compile(r"\.((?:govuk|moj|autocomplete)[\w-]*(?:\\!-[\w-]+)?)")
NAMED = re.compile(r"\b(?:govuk|moj|autocomplete)[-_][\w!-]+")
COMPONENT = re.compile(r"(?:components|\.\.)/([a-z-]+)/macro")


def classes(stylesheet: str) -> set[str]:
    """The classes of the design systems that a stylesheet has rules for."""
    return {each.replace("\\", "") for each in STYLED.findall(stylesheet)}


def collected(name: str) -> str:
    """A static file as browsers get it."""
    return Path(staticfiles_storage.path(staticfiles_storage.stored_name(name))).read_text()


def sources() -> list[str]:
    """All that names classes: templates, Python, scripts, and the macros that are imported, with those they import."""
    files = (path for folder in FOLDERS for path in (settings.BASE_DIR / folder).rglob("*.*"))
    found = [path.read_text() for path in files if path.suffix in {".jinja", ".js", ".py"}]
    unread = set(COMPONENT.findall("".join(found)))
    read: set[str] = set()
    while unread:
        component = unread.pop()
        read.add(component)
        macros = [path.read_text() for path in (MACROS / component).iterdir()]
        found += macros
        unread |= set(COMPONENT.findall("".join(macros))) - read
    return found


def test_every_class_of_the_design_systems_that_a_page_uses_is_styled() -> None:
    packaged = {name for each in PACKAGED for name in classes((settings.NODE_MODULES / each).read_text())}
    used = {name for each in sources() for name in NAMED.findall(each)} & packaged
    assert {"govuk-error-summary", "moj-sub-navigation__link", "govuk-!-margin-bottom-0"} <= used
    assert used - classes(collected("rarbooking/product.css")) == set()


@pytest.mark.django_db
def test_a_page_asks_at_once_for_its_one_stylesheet_its_fonts_and_the_script_that_its_script_imports() -> None:
    page = Client().get("/signed-out/").content.decode()
    assert re.findall(r'rel="stylesheet" href="([^"]+)"', page) == [static("rarbooking/product.css")]
    fonts = re.findall(r'rel="preload" as="font" type="font/woff2" href="([^"]+)" crossorigin', page)
    assert set(fonts) == set(re.findall(r'url\("?([^")]+\.woff2)', collected("rarbooking/product.css")))
    [script] = re.findall(r'rel="modulepreload" href="([^"]+)"', page)
    assert Path(script).name in collected("rarbooking/product.js")


def test_the_browser_knows_the_size_of_a_picture_before_it_comes() -> None:
    templates = [path.read_text() for path in (settings.BASE_DIR / "templates").rglob("*.jinja")]
    pictures = [tag for each in templates for tag in re.findall(r"<img[^>]*>", each)]
    assert pictures
    assert [tag for tag in pictures if not ("width=" in tag and "height=" in tag)] == []
