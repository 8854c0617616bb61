"""How long somebody stays signed in, and what ends it."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from audit.models import AuditEvent
from rarbooking.identity import sessions
from rarbooking.identity.encryption import DecryptionFailed, decrypt, encrypt
from rarbooking.models import Session, User
from rarbooking.roles import Role
from scripts.servers import ROOT, environment
from tests.people import account, client_of
from tests.rarbooking.test_sign_in import signs_in
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db
GUIDANCE = "/guidance/"


@pytest.fixture
def somebody(rollout: None) -> Client:
    """A practitioner whose session HMPPS Auth does not vouch for, so that time alone ends it."""
    return client_of(account("SOMEBODY"))


@pytest.fixture
def robin(simulator: Simulator, rollout: None) -> Client:
    """A practitioner who signed in with HMPPS Auth."""
    client = Client()
    assert signs_in(client, "ROBIN.SAMPLE").status_code == 302
    return client


def is_signed_in(client: Client) -> bool:
    answer = client.get(GUIDANCE)
    assert answer.status_code == 200 or answer["Location"] == f"/sign-in/?next={GUIDANCE}"
    return answer.status_code == 200


def why_ended() -> list[str]:
    return [each.details["why"] for each in AuditEvent.objects.filter(what="SESSION_ENDED")]


def test_somebody_who_asks_for_no_page_for_an_hour_has_to_sign_in_again(somebody: Client, later: Any) -> None:
    with later(minutes=59):
        assert is_signed_in(somebody)
    with later(minutes=59 + 59):
        assert is_signed_in(somebody)
    with later(minutes=59 + 59 + 61):
        assert not is_signed_in(somebody)
    assert why_ended() == ["idle"]


def test_nobody_stays_signed_in_for_longer_than_twelve_hours_however_active(somebody: Client, later: Any) -> None:
    for minutes in range(50, 12 * 60, 50):
        with later(minutes=minutes):
            assert is_signed_in(somebody)
    with later(hours=12, minutes=1):
        assert not is_signed_in(somebody)


def test_a_page_that_waits_for_a_booking_does_not_keep_anybody_signed_in(somebody: Client, later: Any) -> None:
    waiting = "/cases/X000001/appointments/00000000-0000-0000-0000-000000000000/state/"
    for minutes in (20, 40, 59):
        with later(minutes=minutes):
            assert somebody.get(waiting).status_code != 302
    with later(minutes=61):
        assert not is_signed_in(somebody)


def test_being_active_is_written_down_once_a_minute(
    somebody: Client, later: Any, django_assert_num_queries: Any
) -> None:
    somebody.get(GUIDANCE)
    before = Session.objects.get().last_seen_at
    with later(seconds=50):
        somebody.get(GUIDANCE)
        assert Session.objects.get().last_seen_at == before
    with later(seconds=61):
        somebody.get(GUIDANCE)
        assert Session.objects.get().last_seen_at > before


def test_a_session_that_ended_leaves_nothing_behind_in_the_browser_or_the_database(
    somebody: Client, later: Any
) -> None:
    with later(minutes=61):
        assert not is_signed_in(somebody)
    assert not Session.objects.exists()
    assert not is_signed_in(somebody)


class TestRefreshing:
    """HMPPS Auth is asked again before a token expires, whatever the person is doing."""

    def test_a_token_that_is_about_to_expire_is_replaced_and_the_person_notices_nothing(
        self, robin: Client, simulator: Simulator, later: Any
    ) -> None:
        first = Session.objects.get()
        with later(minutes=30):
            assert is_signed_in(robin)
        simulator.clear_requests()
        with later(minutes=59, seconds=30):
            assert is_signed_in(robin)
            assert is_signed_in(robin)
        assert len(simulator.requests("token")) == 1
        second = Session.objects.get()
        assert second.session_key == first.session_key
        assert decrypt(second.refresh_token) != decrypt(first.refresh_token)
        assert second.refreshing_until is None

    def test_a_role_that_was_taken_away_is_gone_with_the_next_token(
        self, robin: Client, simulator: Simulator, later: Any
    ) -> None:
        simulator.change_account("ROBIN.SAMPLE", roles="ROLE_RAR_BOOKING__RO")
        with later(minutes=30):
            robin.get(GUIDANCE)
        with later(minutes=59, seconds=30):
            assert is_signed_in(robin)
        assert User.objects.get().roles == {Role.READ_ONLY}

    @pytest.mark.parametrize("change", [{"roles": "ROLE_PROBATION"}, {"active": False}])
    def test_somebody_who_may_no_longer_come_in_is_out_with_the_next_token(
        self, robin: Client, simulator: Simulator, later: Any, change: dict[str, Any]
    ) -> None:
        simulator.change_account("ROBIN.SAMPLE", **change)
        with later(minutes=30):
            assert is_signed_in(robin)
        with later(minutes=59, seconds=30):
            assert not is_signed_in(robin)
        assert why_ended() == ["hmpps-auth"]

    def test_a_refresh_token_that_hmpps_auth_no_longer_knows_ends_the_session(
        self, robin: Client, simulator: Simulator, later: Any
    ) -> None:
        Session.objects.update(refresh_token=encrypt("unknown"))
        with later(minutes=30):
            robin.get(GUIDANCE)
        with later(minutes=59, seconds=30):
            assert not is_signed_in(robin)

    def test_a_session_outlives_a_change_of_the_secret_key_and_is_vouched_for_as_before(
        self, robin: Client, simulator: Simulator, settings: Any, later: Any
    ) -> None:
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, [settings.SECRET_KEY]
        with later(minutes=30):
            assert is_signed_in(robin)
        simulator.change_account("ROBIN.SAMPLE", roles="ROLE_RAR_BOOKING__RO")
        with later(minutes=59, seconds=30):
            assert is_signed_in(robin)
        assert User.objects.get().roles == {Role.READ_ONLY}

    def test_a_refresh_token_that_was_encrypted_with_a_key_we_no_longer_have_ends_the_session(
        self, robin: Client, later: Any
    ) -> None:
        Session.objects.update(refresh_token="not.an.encrypted.refresh.token")
        with later(minutes=30):
            robin.get(GUIDANCE)
        with later(minutes=59, seconds=30):
            assert not is_signed_in(robin)

    def test_where_hmpps_auth_is_down_the_session_goes_on_for_an_hour_and_it_is_not_asked_at_every_page(
        self, robin: Client, simulator: Simulator, later: Any
    ) -> None:
        with later(minutes=30):
            robin.get(GUIDANCE)
        simulator.fault("token", "status", status=503, times=None)
        simulator.clear_requests()
        with later(minutes=59, seconds=30):
            assert is_signed_in(robin)
            assert is_signed_in(robin)
            assert len(simulator.requests("token")) == 1
        for minutes in (90, 119):
            with later(minutes=minutes):
                assert is_signed_in(robin)
        with later(minutes=121):
            assert not is_signed_in(robin)

    def test_once_hmpps_auth_is_back_the_session_is_vouched_for_again(
        self, robin: Client, simulator: Simulator, later: Any
    ) -> None:
        with later(minutes=30):
            robin.get(GUIDANCE)
        simulator.fault("token", "status", status=503, times=1)
        with later(minutes=59, seconds=30):
            assert is_signed_in(robin)
        with later(minutes=75):
            assert is_signed_in(robin)
            assert Session.objects.get().token_expires_at > timezone.now()

    @pytest.mark.django_db(transaction=True)
    def test_of_several_pages_at_once_one_asks_for_a_token_and_none_is_signed_out(
        self, robin: Client, simulator: Simulator, later: Any
    ) -> None:
        with later(minutes=30):
            robin.get(GUIDANCE)
        simulator.clear_requests()

        def ask(_: int) -> int:
            browser = Client()
            browser.cookies = robin.cookies
            try:
                return browser.get(GUIDANCE).status_code
            finally:
                connection.close()

        with later(minutes=59, seconds=30), ThreadPoolExecutor(8) as pool:
            assert set(pool.map(ask, range(8))) == {200}
        assert len(simulator.requests("token")) == 1


class TestEndingAllSessions:
    def test_support_ends_every_session_of_a_person_and_no_other(self, rollout: None) -> None:
        robin = account("ROBIN.SAMPLE")
        office, home, jo = client_of(robin), client_of(robin), client_of(account("JO.PLACEHOLDER"))
        support = client_of(account("SUE.SUPPORT"))
        people = support.get("/admin/rarbooking/user/").content.decode()
        assert '<td class="field-signed_in">2</td>' in people
        chosen = {"action": "end_sessions", "_selected_action": str(robin.pk)}
        said = support.post("/admin/rarbooking/user/", chosen, follow=True).content.decode()
        assert "2 sessions of ROBIN.SAMPLE ended" in said
        assert [is_signed_in(each) for each in (office, home, jo, support)] == [False, False, True, True]
        event = AuditEvent.objects.get(what="SESSIONS_ENDED")
        assert (event.who, event.subject_id, event.details["sessions"]) == ("SUE.SUPPORT", "ROBIN.SAMPLE", 2)

    def test_others_cannot(self, rollout: None) -> None:
        robin = account("ROBIN.SAMPLE")
        office = client_of(robin)
        designer = client_of(account("DANA.DESIGNER"))
        chosen = {"action": "end_sessions", "_selected_action": str(robin.pk)}
        assert designer.post("/admin/rarbooking/user/", chosen).status_code == 403
        assert is_signed_in(office)

    def test_an_account_that_is_turned_off_is_out_at_its_next_page(self, rollout: None) -> None:
        robin = account("ROBIN.SAMPLE")
        office = client_of(robin)
        User.objects.update(is_active=False)
        assert not is_signed_in(office)


def test_refresh_tokens_are_not_readable_in_the_database(robin: Client, simulator: Simulator) -> None:
    ciphertext = Session.objects.get().refresh_token
    token = decrypt(ciphertext)
    assert token
    assert token not in ciphertext


def test_a_ciphertext_that_was_changed_is_not_decrypted() -> None:
    ciphertext = encrypt("a secret")
    head, middle = ciphertext[:-4], ciphertext[-4:]
    with pytest.raises(DecryptionFailed):
        decrypt(head + ("AAAA" if middle != "AAAA" else "BBBB"))


def test_cookies_are_for_this_host_alone_where_there_is_https() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import django; django.setup(); from django.conf import settings as s; "
            "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_PATH, s.SESSION_COOKIE_DOMAIN)",
        ],
        cwd=ROOT,
        env=environment(DJANGO_SETTINGS_MODULE="rarbooking.settings"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["__Host-rarbooking-session", "__Host-rarbooking-csrf", "/", "None"]


def test_ending_all_sessions_of_somebody_who_has_none_ends_none() -> None:
    somebody = account("SOMEBODY")
    assert sessions.end_all(somebody, by=somebody) == 0


def test_people_see_where_they_are_signed_in_and_sign_out_everywhere_else(somebody: Client) -> None:
    elsewhere, stranger = client_of(account("SOMEBODY")), client_of(account("STRANGER"))
    page = somebody.get("/sessions/").content.decode()
    assert page.count('<tr class="govuk-table__row">') == 1 + 2
    assert page.count("Now, on this device") == 1

    answer = somebody.post("/sessions/")
    assert not is_signed_in(elsewhere)
    assert is_signed_in(stranger)
    after = somebody.get(answer["Location"]).content.decode()
    assert "You are signed out everywhere else" in after
    assert "You are not signed in anywhere else." in after
    [event] = AuditEvent.objects.filter(what="SESSIONS_ENDED")
    assert (event.who, event.subject_id, event.details["sessions"]) == ("SOMEBODY", "SOMEBODY", 1)


def test_a_session_that_is_over_is_not_among_those_that_people_see(somebody: Client, later: Any) -> None:
    client_of(account("SOMEBODY"))
    with later(minutes=50):
        assert is_signed_in(somebody)
    with later(minutes=65):
        page = somebody.get("/sessions/").content.decode()
    assert "Now, on this device" in page
    assert "Sign out everywhere else" not in page


def test_the_list_of_sessions_does_not_tell_their_keys(somebody: Client) -> None:
    client_of(account("SOMEBODY"))
    page = somebody.get("/sessions/").content.decode()
    assert not [key for key in Session.objects.values_list("session_key", flat=True) if key in page]


def test_the_list_of_sessions_asks_the_database_twice(somebody: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(2):
        somebody.get("/sessions/")


def test_the_person_is_the_one_whom_the_session_names_whoever_its_row_belongs_to(somebody: Client) -> None:
    stranger = account("STRANGER")
    Session.objects.update(user=stranger)
    assert somebody.get(GUIDANCE).wsgi_request.user.username == "SOMEBODY"


def test_an_account_that_is_turned_off_is_out_at_its_next_page(somebody: Client) -> None:
    assert is_signed_in(somebody)
    User.objects.update(is_active=False)
    assert not is_signed_in(somebody)


def test_roles_are_those_of_the_row_as_it_is_now(somebody: Client) -> None:
    assert somebody.get("/admin/").status_code == 302
    person = account("SOMEBODY", Role.SERVICE_SUPPORT)
    assert person.is_staff
    assert somebody.get("/admin/").status_code == 200


class TestSayingHowLongItLasts:
    LEFT = "/sessions/left/"

    def test_a_page_can_ask_how_long_and_that_keeps_nobody_signed_in(self, somebody: Client, later: Any) -> None:
        for minutes, seconds in ((0, 60 * 60), (56, 4 * 60)):
            with later(minutes=minutes):
                said = somebody.get(self.LEFT).json()
                assert seconds - 5 <= said["seconds"] <= seconds
                assert said["canExtend"] is True
        with later(minutes=61):
            assert somebody.get(self.LEFT)["Location"].startswith("/sign-in/")
        assert why_ended() == ["idle"]

    def test_somebody_who_says_so_stays(self, somebody: Client, later: Any) -> None:
        with later(minutes=58):
            assert 3595 <= somebody.post(self.LEFT).json()["seconds"] <= 3600
        with later(minutes=58 + 58):
            assert is_signed_in(somebody)

    def test_at_the_end_of_twelve_hours_nobody_may_stay(self, somebody: Client, later: Any) -> None:
        for minutes in range(50, 12 * 60, 50):
            with later(minutes=minutes):
                somebody.get(GUIDANCE)
        with later(hours=11, minutes=57):
            said = somebody.post(self.LEFT).json()
            assert said["canExtend"] is False
            assert 170 <= said["seconds"] <= 180

    def test_every_page_for_somebody_who_is_signed_in_says_it_and_no_other_does(
        self, somebody: Client, admin_client: Client, client: Client
    ) -> None:
        for who, path in ((somebody, GUIDANCE), (somebody, "/no-such-page/"), (admin_client, "/admin/")):
            page = who.get(path).content.decode()
            assert 3595 <= int(page.split('data-rar-seconds="')[1].split('"')[0]) <= 3600
        assert "data-rar-seconds" not in client.get("/signed-out/").content.decode()

    @pytest.mark.parametrize(
        ("asked", "leads_to"),
        [
            ("/guidance/?x=1", "/guidance/?x=1"),
            ("https://elsewhere.example/", "/"),
            ("//elsewhere.example/", "/"),
            ("", "/"),
        ],
    )
    def test_after_the_end_somebody_is_told_why_and_goes_on_where_they_were(
        self, client: Client, asked: str, leads_to: str
    ) -> None:
        page = client.get("/signed-out/", {"ended": "yes", "next": asked}).content.decode()
        assert "You have been signed out" in page
        assert "when you do not use this service for 60 minutes, and 12 hours after you signed in" in page
        assert f'href="/sign-in/?next={quote(leads_to)}"' in page
