"""How much somebody may send at once, and how often."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import limits
import pytest
import time_machine
from django.conf import settings as as_configured
from django.contrib.auth.models import Permission
from django.http import HttpResponse
from django.templatetags.static import static
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from booking.models import Draft
from rarbooking.web.rate_limits import store
from scripts.servers import ROOT, manage
from tests.booking.journeys import answer_up_to

pytestmark = pytest.mark.django_db

NOTES = "/cases/X000001/arrange/notes/"
TRACED = {"X-Forwarded-For": "203.0.113.9"}


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    store().reset()
    yield
    store().reset()


@pytest.fixture
def at_most(settings: Settings) -> Callable[..., None]:
    """Return a function that sets limits by their names, in the library's notation; the others are off."""

    def limit(**notations: str) -> None:
        off: dict[str, list[Any]] = {name: [] for name in as_configured.RATE_LIMITS}
        settings.RATE_LIMITS = off | {name: limits.parse_many(text) for name, text in notations.items()}

    return limit


def statuses(client: Client, path: str, times: int, **request: Any) -> list[int]:
    answers = [client.get(path, **request) for _ in range(times)]
    for each in answers:
        each.getvalue()  # A static file stays open until it is read.
    return [each.status_code for each in answers]


class TestBody:
    # 4,000 as Delius counts them: in UTF-16 units.
    @pytest.mark.parametrize("notes", ["水" * 4000, "\U0001f600" * 2000])
    def test_notes_of_4000_characters_of_any_script_can_be_sent(self, robin: Client, notes: str) -> None:
        answer_up_to(robin, "notes")
        answer = robin.post(NOTES, {"notes": notes})
        assert answer.status_code == 302
        assert Draft.objects.get().answers["notes"]["notes"] == notes

    def test_notes_that_are_far_too_long_still_get_their_own_error(self, robin: Client) -> None:
        answer_up_to(robin, "notes")
        answer = robin.post(NOTES, {"notes": "é" * 40_000})
        assert answer.status_code == 200
        assert "Appointment notes must be 4,000 characters or fewer" in answer.content.decode()

    @pytest.mark.parametrize(("more", "status"), [(0, 302), (1, 413)])
    def test_the_limit_is_the_setting_to_the_byte(
        self, robin: Client, settings: Settings, more: int, status: int
    ) -> None:
        answer_up_to(robin, "notes")
        settings.BODY_LIMIT_BYTES = 100
        body = "notes=".ljust(100 + more, "x")
        answer = robin.post(NOTES, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == status

    def test_a_form_that_is_refused_changes_nothing(self, robin: Client) -> None:
        answer_up_to(robin, "notes")
        assert robin.post(NOTES, {"notes": "x" * 300_000}).status_code == 413
        assert "notes" not in Draft.objects.get().answers

    def test_a_file_is_as_long_as_the_form_it_is_sent_in(self, robin: Client, settings: Settings) -> None:
        body = b'--b\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n' + b"x" * 300_000 + b"\r\n--b--"
        assert robin.post(NOTES, body, content_type="multipart/form-data; boundary=b").status_code == 413

    def test_the_longest_page_of_guidance_can_be_saved(self, client: Client, django_user_model: Any) -> None:
        editor = django_user_model.objects.create(username="EDITH.EDITOR", is_staff=True)
        editor.user_permissions.set(Permission.objects.filter(content_type__app_label="guidance"))
        client.force_login(editor)
        sections = ("who_for", "who_not_for", "covers", "outcomes", "sessions")
        prose = dict.fromkeys(sections, "“Sesiwn” – wythnosol. " * 900)
        answer = client.post("/admin/guidance/toolkitguidance/add/", {"title": "Long", "slug": "long", **prose})
        assert answer.status_code in {200, 302}
        assert "must be" not in re.sub(r"<[^>]*>", "", answer.content.decode())

    def test_the_password_form_takes_no_more_than_a_page(self, client: Client) -> None:
        assert client.post("/admin/login/", {"username": "x" * 300_000}).status_code == 413


class TestPeople:
    def test_somebody_who_sends_too_many_is_told_how_long_to_wait_and_then_goes_on(
        self, robin: Client, at_most: Callable[..., None]
    ) -> None:
        at_most(user="3/minute")
        moment = timezone.now().replace(microsecond=0)
        with time_machine.travel(moment, tick=False):
            assert statuses(robin, "/guidance/", 3) == [200, 200, 200]
        with time_machine.travel(moment + timedelta(seconds=20), tick=False):
            refused = robin.get("/guidance/")
        page = refused.content.decode()
        assert refused.status_code == 429
        assert "You have made too many requests" in page
        assert "Wait 40 seconds" in page
        assert "Robin Sample" in page
        assert refused["Retry-After"] == "40"
        with time_machine.travel(moment + timedelta(seconds=61), tick=False):
            assert robin.get("/guidance/").status_code == 200

    def test_a_refusal_is_in_the_log_with_the_limit_that_was_reached(
        self, robin: Client, at_most: Callable[..., None], caplog: pytest.LogCaptureFixture
    ) -> None:
        at_most(user="1/minute")
        assert statuses(robin, "/guidance/", 2) == [200, 429]
        [line] = [record.msg for record in caplog.records if "reference" in record.msg]
        assert (line["event"], line["status"], line["limit"]) == ("error_page", 429, "user")
        assert line["user_id"]

    def test_people_are_counted_one_by_one_wherever_they_sit(
        self, signed_in: Callable[[str], Client], at_most: Callable[..., None]
    ) -> None:
        at_most(user="2/minute")
        assert statuses(signed_in("ROBIN.SAMPLE"), "/guidance/", 3) == [200, 200, 429]
        assert statuses(signed_in("JO.PLACEHOLDER"), "/guidance/", 3) == [200, 200, 429]

    def test_a_second_browser_is_still_the_same_person(
        self, signed_in: Callable[[str], Client], at_most: Callable[..., None]
    ) -> None:
        at_most(user="2/minute")
        assert statuses(signed_in("ROBIN.SAMPLE"), "/guidance/", 2) == [200, 200]
        assert statuses(signed_in("ROBIN.SAMPLE"), "/guidance/", 1, headers=TRACED) == [429]

    def test_as_set_in_production_ten_tabs_that_wait_for_delius_leave_half_of_the_limit_for_pages(self) -> None:
        script = (ROOT / "rarbooking/static/rarbooking/product.js").read_text()
        [milliseconds] = re.findall(r"POLL_MILLISECONDS = (\d+);", script)
        shown = manage("shell", "--command", "from django.conf import settings; print(settings.RATE_LIMITS['user'])")
        [amount] = re.findall(r"\[(\d+) per 1 minute\]", shown.stdout)
        assert 10 * 60_000 / int(milliseconds) <= int(amount) / 2

    def test_a_limit_that_cannot_be_read_stops_the_service_from_starting(self) -> None:
        assert "couldn't parse rate limit string 'often'" in manage("check", RATE_LIMIT_USER="often").stderr

    def test_an_empty_setting_means_no_limit(self, robin: Client, at_most: Callable[..., None]) -> None:
        at_most()
        assert set(statuses(robin, "/guidance/", 40)) == {200}

    def test_static_files_and_probes_do_not_count(self, robin: Client, at_most: Callable[..., None]) -> None:
        at_most(user="1/minute", address="1/minute")
        for client in (robin, Client()):
            for path in (static("rarbooking/product.css"), "/health/liveness", "/info"):
                assert statuses(client, path, 5) == [200] * 5
        assert statuses(robin, "/guidance/", 2) == [200, 429]


class TestAddresses:
    def test_somebody_who_has_not_signed_in_is_counted_by_address(self, at_most: Callable[..., None]) -> None:
        at_most(address="2/minute")
        assert statuses(Client(), "/signed-out/", 2) == [200, 200]
        assert statuses(Client(), "/signed-out/", 1) == [429]
        assert statuses(Client(REMOTE_ADDR="203.0.113.5"), "/signed-out/", 1) == [200]

    def test_without_a_trusted_proxy_no_header_changes_whose_request_it_is(self, at_most: Callable[..., None]) -> None:
        at_most(address="1/minute")
        assert statuses(Client(), "/signed-out/", 1) == [200]
        for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "True-Client-IP"):
            assert statuses(Client(), "/signed-out/", 1, headers={name: "203.0.113.9"}) == [429]

    @pytest.mark.parametrize(
        ("proxies", "forwarded", "counted"),
        [
            (1, "203.0.113.9", "203.0.113.9"),
            (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
            (2, "198.51.100.1, 203.0.113.9, 10.0.0.7", "203.0.113.9"),
            (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            (1, "::ffff:203.0.113.9", "203.0.113.9"),
            (1, "203.0.113.9, made-up", "127.0.0.1"),
            (1, "", "127.0.0.1"),
            (3, "203.0.113.9", "127.0.0.1"),
        ],
    )
    def test_behind_proxies_it_is_the_address_that_the_outermost_trusted_one_saw(
        self, settings: Settings, at_most: Callable[..., None], proxies: int, forwarded: str, counted: str
    ) -> None:
        settings.TRUSTED_PROXIES = proxies
        at_most(address="1/minute")
        assert statuses(Client(), "/signed-out/", 2, headers={"X-Forwarded-For": forwarded}) == [200, 429]
        assert set(store().events) == {f"LIMITER/address/{counted}/1/1/minute"}

    def test_the_log_says_the_address_that_is_counted_not_one_that_a_browser_made_up(
        self, settings: Settings, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level("INFO"):
            Client().get("/signed-out/", headers=TRACED)
            settings.TRUSTED_PROXIES = 1
            Client().get("/signed-out/", headers=TRACED)
        told = [record.msg["ip"] for record in caplog.records if record.msg["event"] == "request_finished"]
        assert told == ["127.0.0.1", "203.0.113.9"]


class TestSigningIn:
    def test_signing_in_has_a_limit_of_its_own(self, at_most: Callable[..., None]) -> None:
        at_most(sign_in="2/minute", address="9/minute")
        client = Client()
        assert statuses(client, "/sign-in/", 1) == [302]
        assert statuses(client, "/sign-in/callback/", 2) == [400, 429]
        assert statuses(client, "/signed-out/", 1) == [200]

    def test_a_password_of_the_administration_cannot_be_tried_on_and_on(
        self, at_most: Callable[..., None], django_user_model: Any
    ) -> None:
        at_most(password="2/minute")
        django_user_model.objects.create_superuser(username="ADA.ADMIN", password="right-but-too-late")
        wrong = {"username": "ADA.ADMIN", "password": "wrong"}
        assert [try_password(Client(), wrong).status_code for _ in range(3)] == [200, 200, 429]
        refused = try_password(Client(), {"username": "ADA.ADMIN", "password": "right-but-too-late"})
        assert refused.status_code == 429

    def test_one_account_cannot_be_tried_from_many_addresses(self, at_most: Callable[..., None]) -> None:
        at_most(password="2/minute")
        answers = [
            try_password(Client(REMOTE_ADDR=f"203.0.113.{n}"), {"username": name, "password": "wrong"}).status_code
            for n, name in enumerate(("ada.admin", "ADA.ADMIN", "Ada.Admin"))
        ]
        assert answers == [200, 200, 429]

    def test_many_accounts_cannot_be_tried_from_one_address(self, at_most: Callable[..., None]) -> None:
        at_most(password="2/minute")
        answers = [try_password(Client(), {"username": f"admin{n}", "password": "x"}).status_code for n in range(3)]
        assert answers == [200, 200, 429]

    def test_looking_at_the_password_form_is_no_try(self, at_most: Callable[..., None]) -> None:
        at_most(password="1/minute")
        assert statuses(Client(), "/admin/login/", 3) == [200, 200, 200]


class TestStore:
    def test_where_it_is_down_everybody_is_let_through_and_it_is_logged(
        self, robin: Client, at_most: Callable[..., None], settings: Settings, caplog: pytest.LogCaptureFixture
    ) -> None:
        at_most(user="1/minute")
        settings.RATE_LIMIT_STORE = "redis://127.0.0.1:1/0"
        assert statuses(robin, "/guidance/", 3) == [200, 200, 200]
        told = [record.msg for record in caplog.records if record.msg["event"] == "rate_limit_store_down"]
        assert len(told) == 3
        assert told[0]["fault"] == "ConnectionError"
        assert "127.0.0.1:1" not in str(told)


def try_password(client: Client, typed: dict[str, str]) -> HttpResponse:
    return client.post("/admin/login/", typed)
