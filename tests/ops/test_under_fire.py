"""What the product under gunicorn does with too much, with too many, and without its database."""

import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from scripts.servers import PATIENCE_SECONDS, Redis, Site, serving

BASE = {"Host": "rarbooking.example", "X-Forwarded-Proto": "https", "Referer": "https://rarbooking.example/"}
FORM = {**BASE, "Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def site(sqlite_url: str) -> Iterator[Site]:
    # A demo has the administration's form for a password: one that can be sent without signing in.
    with serving("--workers=1", DATABASE_URL=sqlite_url, DEMO="true") as running:
        yield running


def in_chunks(body: bytes) -> Iterator[bytes]:
    """A body in pieces, whose length is not said beforehand."""
    for start in range(0, len(body), 10_000):
        yield body[start : start + 10_000]


def post(site: Site, path: str, body: bytes | Iterator[bytes], **cookies: str) -> requests.Response:
    headers = {**FORM, "Connection": "close", "Cookie": "; ".join(f"{name}={each}" for name, each in cookies.items())}
    return requests.post(site.address + path, data=body, headers=headers, timeout=PATIENCE_SECONDS)


def raw(site: Site, request: bytes) -> bytes:
    """Send bytes as they are, and return all that comes back."""
    host, port = site.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("kind", ["with its length", "in chunks"])
def test_a_body_over_the_limit_gets_the_page_for_it_whether_or_not_its_length_is_said(site: Site, kind: str) -> None:
    body = b"username=" + b"x" * 2_000_000
    answer = post(site, "/admin/login/", body if kind == "with its length" else in_chunks(body))
    assert answer.status_code == 413
    assert "What you sent is too long" in answer.text
    assert "quote reference" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("kind", ["with its length", "in chunks"])
def test_a_form_is_read_alike_whether_or_not_its_length_is_said(site: Site, kind: str) -> None:
    page = site.get("/admin/login/")
    [token] = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    body = f"csrfmiddlewaretoken={token}&username=ada.admin&password=wrong".encode()
    answer = post(
        site, "/admin/login/", body if kind == "with its length" else in_chunks(body), **page.cookies.get_dict()
    )
    assert answer.status_code == 200
    assert "Please enter the correct username and password" in answer.text


def test_a_body_that_never_ends_is_given_up_after_the_limit(site: Site) -> None:
    head = b"POST /sign-out/ HTTP/1.1\r\nHost: rarbooking.example\r\nX-Forwarded-Proto: https\r\n"
    head += b"Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
    # Not one byte more than is read at most, and no end: whoever waited for it would wait for ever.
    pieces = 2560 * 1024 // 8192
    answer = raw(site, head + (b"2000\r\n" + b"x" * 8192 + b"\r\n") * pieces + b"1\r\nx\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_chunks_that_make_no_sense_are_refused_by_the_server_and_nothing_is_told_of_it(site: Site) -> None:
    head = b"POST /sign-out/ HTTP/1.1\r\nHost: rarbooking.example\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = raw(site, head + b"nonsense\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"Traceback" not in answer
    assert b"/site-packages/" not in answer


@pytest.mark.parametrize("path", ["/signed-out/", "/no-such-page/", "/health/liveness", "/assets/no-such-file.css"])
def test_no_answer_names_the_server_or_a_version(site: Site, path: str) -> None:
    headers = site.get(path).headers
    assert headers["Server"] == "rarbooking"
    assert not re.search(r"gunicorn|django|python|\d\.\d+\.\d+", str(headers), re.IGNORECASE)


def test_lines_are_not_smuggled_into_headers_by_an_address(site: Site) -> None:
    for path in (
        "/sign-in/?next=/%0d%0aX-Injected:%20yes",
        "/%0d%0aX-Injected:%20yes",
        "/guidance%0d%0aX-Injected:yes",
    ):
        assert "X-Injected" not in site.get(path).headers


def test_a_request_of_two_lengths_is_refused(site: Site) -> None:
    head = b"POST /sign-out/ HTTP/1.1\r\nHost: rarbooking.example\r\nConnection: close\r\n"
    for lengths in (b"Content-Length: 5\r\nContent-Length: 6", b"Content-Length: 5\r\nTransfer-Encoding: chunked"):
        assert raw(site, head + lengths + b"\r\n\r\n0\r\n\r\n").startswith(b"HTTP/1.1 400 ")


def test_without_a_database_people_are_told_that_the_service_is_unavailable(tmp_path: Path) -> None:
    with serving("--workers=1", DATABASE_URL=f"sqlite:///{tmp_path}/no-such-folder/rarbooking.sqlite3") as site:
        for path in ("/", "/sign-in/", "/admin/", "/no-such-page/", "/cases/X000001/arrange/"):
            answer = site.get(path, Cookie="__Host-rarbooking-session=of-somebody")
            assert answer.status_code == 503
            assert "Sorry, the service is unavailable" in answer.text
            assert "quote reference" in answer.text
            assert not re.search(r"no-such-folder|sqlite|Traceback", answer.text)
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert "no-store" in answer.headers["Cache-Control"]
        assert site.get("/health/liveness").status_code == 200


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not here")
def test_with_redis_all_processes_count_together_and_without_it_nobody_is_refused(sqlite_url: str) -> None:
    redis = Redis()
    redis.start()
    limits = {"RATE_LIMIT_ADDRESS": "10/minute", "TRUSTED_PROXIES": "1"}
    try:
        with serving("--workers=3", "--threads=1", DATABASE_URL=sqlite_url, CACHE_URL=redis.url, **limits) as site:
            forwarded = {"X-Forwarded-For": "203.0.113.9"}
            answers = [site.get("/signed-out/", **forwarded) for _ in range(12)]
            assert [each.status_code for each in answers] == [200] * 10 + [429] * 2
            assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
            assert site.get("/signed-out/", **{"X-Forwarded-For": "203.0.113.10"}).status_code == 200
            redis.stop()
            assert site.get("/signed-out/", **forwarded).status_code == 200
    finally:
        redis.stop()
