"""Addresses that come with a request lead nowhere but here, however they are written."""

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from rarbooking.identity.open_redirects import safe_redirect_path


@pytest.fixture
def request_here(rf: RequestFactory) -> HttpRequest:
    """A request to this service, which is at https://testserver."""
    return rf.get("/", secure=True)


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/guidance/", "/guidance/"),
        ("/?found=yes&order=crn", "/?found=yes&order=crn"),
        ("https://testserver/cases/X000001/arrange/type/?change=1", "/cases/X000001/arrange/type/?change=1"),
    ],
)
def test_an_address_of_ours_keeps_its_path_and_query(request_here: HttpRequest, address: str, path: str) -> None:
    assert safe_redirect_path(request_here, address) == path


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "///elsewhere.example/",
        "https://testserver//elsewhere.example/",
        "https://testserver///elsewhere.example/",
        "https://testserver/\\elsewhere.example/",
        "https://testserver/\t/elsewhere.example/",
        "https://testserver@elsewhere.example/",
        "http://testserver/guidance/",
        "javascript:alert(1)",
    ],
)
def test_no_other_address_is_led_to(request_here: HttpRequest, address: str) -> None:
    assert safe_redirect_path(request_here, address) == ""
