"""Pages for requests that cannot be answered: one for each reason, with a reference that is in the log, and no more."""

import copy
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from tests.rarbooking.failing import SECRET

pytestmark = pytest.mark.django_db

# What is sent, the status it is answered with, and the heading of the page.
FAILURES: dict[str, tuple[dict[str, Any], int, str]] = {
    "host": ({"path": "/", "headers": {"Host": "elsewhere.example"}}, 400, "Your request could not be read"),
    "suspicious": ({"path": "/failing/suspicious/"}, 400, "Your request could not be read"),
    "unreadable": ({"path": "/failing/unreadable/"}, 400, "Your request could not be read"),
    "forbidden": ({"path": "/failing/forbidden/"}, 403, "You do not have access to this page"),
    "missing": ({"path": "/failing/missing/"}, 404, "Page not found"),
    "no-such-page": ({"path": "/no-such-page/"}, 404, "Page not found"),
    "method": ({"path": "/sign-out/"}, 405, "You cannot open this page directly"),
    "unknown-method": ({"path": "/", "method": "TRACE"}, 405, "You cannot open this page directly"),
    "too-long": (
        {"path": "/sign-out/", "method": "POST", "data": {"notes": "x" * 300_000}},
        413,
        "What you sent is too long",
    ),
    "too-many-fields": (
        {"path": "/failing/broken/", "method": "POST", "data": {f"field{n}": "" for n in range(1001)}},
        413,
        "What you sent is too long",
    ),
    "broken": ({"path": "/failing/broken/"}, 500, "Sorry, there is a problem with the service"),
    "database": ({"path": "/failing/database/"}, 503, "Sorry, the service is unavailable"),
    "connection": ({"path": "/failing/connection/"}, 503, "Sorry, the service is unavailable"),
    "cache": ({"path": "/failing/cache/"}, 503, "Sorry, the service is unavailable"),
}


@pytest.fixture(autouse=True)
def failing(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.rarbooking.failing"


def sent(client: Client, *, path: str, method: str = "GET", **request: Any) -> HttpResponse:
    client.raise_request_exception = False
    if method == "POST":
        return client.post(path, **request)
    return client.generic(method, path, **request)


def text_of(answer: HttpResponse) -> str:
    return answer.content.decode()


def heading_of(answer: HttpResponse) -> str:
    headings = re.findall(r"<h1[^>]*>(.*?)</h1>", text_of(answer))
    assert len(headings) == 1
    return headings[0]


def reference_of(answer: HttpResponse) -> str:
    [reference] = re.findall(r"quote reference <strong>([0-9a-f]{8})</strong>", text_of(answer))
    return reference


@contextmanager
def database_out_of_reach() -> Iterator[None]:
    """Have every statement fail as it does where the database is away."""

    def refuse(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        raise OperationalError(f"connection to server at {SECRET} failed")

    with connection.execute_wrapper(refuse):
        yield


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("who", ["signed in", "signed out"])
def test_each_failure_has_a_page_with_a_reference_that_is_in_the_log(
    signed_in: Callable[[str], Client], caplog: pytest.LogCaptureFixture, failure: str, who: str
) -> None:
    request, status, heading = FAILURES[failure]
    answer = sent(signed_in("ROBIN.SAMPLE") if who == "signed in" else Client(), **request)
    assert (answer.status_code, heading_of(answer)) == (status, heading)
    lines = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert [(line["status"], line["reference"]) for line in lines if line["event"] == "error_page"] == [
        (status, reference_of(answer))
    ]


@pytest.mark.parametrize("failure", FAILURES)
def test_no_page_says_what_went_wrong_inside_or_what_it_is_made_with(robin: Client, failure: str) -> None:
    answer = sent(robin, **FAILURES[failure][0])
    for told in (SECRET, "Traceback", "Error", "Exception", "Django", "gunicorn", "/site-packages/", "rarbooking/urls"):
        assert told not in text_of(answer).replace("rarbooking/product", "")
        assert told not in str(answer.headers)


@pytest.mark.parametrize("failure", [name for name, (_, status, _) in FAILURES.items() if status != 503])
def test_pages_still_say_who_is_signed_in_where_that_can_be_known(robin: Client, failure: str) -> None:
    page = text_of(sent(robin, **FAILURES[failure][0]))
    # A wrong Host is refused before anybody is looked for.
    assert ("Robin Sample" in page) is (failure != "host")


def test_a_page_that_only_takes_forms_says_so_and_which_methods_it_takes(robin: Client) -> None:
    assert sent(robin, path="/sign-out/")["Allow"] == "POST"
    assert sent(robin, path="/guidance/", method="POST")["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/admin/", "/admin/login/", "/no-such-page/", "/health"])
@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "OPTIONS", "PUT", "PATCH", "DELETE", "PROPFIND"])
def test_nothing_answers_a_method_that_no_browser_sends(robin: Client, path: str, method: str) -> None:
    answer = sent(robin, path=path, method=method)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST")


def test_what_the_platform_asks_is_refused_without_a_page() -> None:
    answer = Client().post("/health/liveness")
    assert (answer.status_code, answer["Allow"], answer.content) == (405, "GET, HEAD", b"")


def test_a_refused_method_leaves_no_body_to_a_head_request(robin: Client) -> None:
    answer = robin.head("/sign-out/")
    assert (answer.status_code, answer.content) == (405, b"")


def test_somebody_whose_session_cannot_be_read_is_told_that_the_service_is_unavailable(robin: Client) -> None:
    with database_out_of_reach():
        answer = sent(robin, path="/")
    assert (answer.status_code, heading_of(answer)) == (503, "Sorry, the service is unavailable")
    assert "support@rarbooking.example" in text_of(answer)
    assert robin.get("/").status_code == 200


@pytest.mark.parametrize("path", ["/no-such-page/", "/sign-out/", "/failing/broken/", "/admin/"])
def test_no_failure_turns_into_another_one_while_the_database_is_out_of_reach(robin: Client, path: str) -> None:
    with database_out_of_reach():
        answer = sent(robin, path=path)
    assert (answer.status_code, heading_of(answer)) == (503, "Sorry, the service is unavailable")


def test_a_page_with_a_part_that_is_always_broken_still_ends_in_the_page_for_faults(
    robin: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["OPTIONS"]["context_processors"].append("tests.rarbooking.failing.cannot_be_made")
    settings.TEMPLATES = templates
    answer = sent(robin, path="/")
    assert (answer.status_code, heading_of(answer)) == (500, "Sorry, there is a problem with the service")
    assert SECRET not in text_of(answer)
    references = [record.msg["reference"] for record in caplog.records if "reference" in record.msg]
    assert reference_of(answer) == references[-1]


def test_a_line_of_the_log_is_never_of_the_request_before(robin: Client, caplog: pytest.LogCaptureFixture) -> None:
    structlog.contextvars.bind_contextvars(user_id=4711, correlation_id="of-another-request")
    sent(Client(), path="/", headers={"Host": "elsewhere.example"})
    [line] = [record.msg for record in caplog.records if "reference" in record.msg]
    assert not {"user_id", "correlation_id"} & line.keys()
