"""HMPPS Auth: signing in, tokens, and what the services make of them."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.simulator_process import CLIENT, Simulator

CLIENT_ROLE = "ROLE_PROBATION_API__RAR_APPOINTMENTS__CASE_DETAIL"
REDIRECT = "http://127.0.0.1:8000/sign-in/callback/"
VERIFIER = "v" * 64
CHALLENGE = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
AUTHORIZE = {"response_type": "code", "client_id": "rarbooking", "redirect_uri": REDIRECT, "state": "s/1"}


class Browser:
    """Somebody's browser, and the client that exchanges codes."""

    def __init__(self, simulator: Simulator) -> None:
        self.url = simulator.auth_url
        self.session = requests.Session()

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.session.get(f"{self.url}{path}", params=query, allow_redirects=False, timeout=5)

    def sign_in(self, **fields: str) -> requests.Response:
        data = {**AUTHORIZE, "username": "ROBIN.SAMPLE", **fields}
        return self.session.post(f"{self.url}/sign-in", data=data, allow_redirects=False, timeout=5)

    def code(self, **fields: str) -> str:
        return parameters(self.sign_in(**fields))["code"]

    def exchange(self, auth: tuple[str, str] | None = CLIENT, /, **fields: str) -> requests.Response:
        return self.session.post(f"{self.url}/oauth/token", data=fields, auth=auth, timeout=5)

    def exchange_code(self, code: str, **fields: str) -> requests.Response:
        return self.exchange(**{"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, **fields})


def parameters(answer: requests.Response) -> dict[str, str]:
    """The parameters a browser is sent back with."""
    assert answer.status_code == 303, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def claims_of(simulator: Simulator, token: str) -> dict[str, Any]:
    """The claims of a token, once its signature is checked with the published keys."""
    keys = requests.get(f"{simulator.auth_url}/.well-known/jwks.json", timeout=5).json()
    assert "d" not in keys["keys"][0]
    return dict(jwt.decode(token, KeySet.import_key_set(keys), algorithms=["RS256"]).claims)


@pytest.fixture
def browser(frozen: Simulator) -> Iterator[Browser]:
    visitor = Browser(frozen)
    yield visitor
    visitor.session.close()


class TestSignInPage:
    def test_it_offers_every_user_as_a_button(self, browser: Browser) -> None:
        page = browser.get("/oauth/authorize", **AUTHORIZE)

        assert page.status_code == 200
        assert '<html lang="en">' in page.text
        assert page.text.count('<button type="submit" name="username"') == 13
        for name in ("Robin Sample", "Jo Placeholder", "Sam Mockton", "Terry Twoteams", "Noel Nostaff", "Penny Prison"):
            assert name in page.text

    def test_it_needs_no_script(self, browser: Browser) -> None:
        assert "<script" not in browser.get("/oauth/authorize", **AUTHORIZE).text

    def test_what_the_client_sent_cannot_break_out_of_the_page(self, browser: Browser) -> None:
        page = browser.get("/oauth/authorize", **{**AUTHORIZE, "state": '"><b>'})

        assert '"><b>' not in page.text

    def test_choosing_a_user_sends_the_browser_back_with_a_code_and_the_state(self, browser: Browser) -> None:
        answer = browser.sign_in()

        assert answer.headers["Location"].startswith(f"{REDIRECT}?")
        assert parameters(answer)["state"] == "s/1"
        assert parameters(answer)["code"]

    @pytest.mark.parametrize(
        "redirect_uri",
        [
            "https://example.com/",
            "ftp://localhost/",
            "http://localhost.example.com/",
            "//localhost/",
            "http://[bad",
            "",
        ],
    )
    def test_the_browser_is_never_sent_to_an_address_that_is_not_registered(
        self, browser: Browser, redirect_uri: str
    ) -> None:
        changed = {**AUTHORIZE, "redirect_uri": redirect_uri}

        assert browser.get("/oauth/authorize", **changed).status_code == 400
        assert browser.sign_in(redirect_uri=redirect_uri).status_code == 400
        assert browser.get("/sign-out", client_id="rarbooking", redirect_uri=redirect_uri).status_code == 400

    @pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:1", "testserver"])
    def test_any_port_and_path_of_this_machine_is_registered(self, browser: Browser, host: str) -> None:
        assert browser.get("/oauth/authorize", **{**AUTHORIZE, "redirect_uri": f"http://{host}/a/b"}).status_code == 200

    def test_an_unknown_client_is_refused(self, browser: Browser) -> None:
        assert browser.get("/oauth/authorize", **{**AUTHORIZE, "client_id": "other"}).status_code == 400
        assert browser.sign_in(client_id="other").status_code == 400

    def test_an_unknown_user_is_refused(self, browser: Browser) -> None:
        assert browser.sign_in(username="NOBODY").status_code == 400

    def test_another_response_type_is_sent_back_as_an_error(self, browser: Browser) -> None:
        answer = browser.get("/oauth/authorize", **{**AUTHORIZE, "response_type": "token"})

        assert parameters(answer) == {"error": "unsupported_response_type", "state": "s/1"}

    def test_a_plain_code_challenge_is_sent_back_as_an_error(self, browser: Browser) -> None:
        answer = browser.get("/oauth/authorize", **AUTHORIZE, code_challenge="x", code_challenge_method="plain")

        assert parameters(answer)["error"] == "invalid_request"

    def test_signing_out_sends_the_browser_to_the_registered_address(self, browser: Browser) -> None:
        answer = browser.get("/sign-out", client_id="rarbooking", redirect_uri="http://testserver/signed-out/")

        assert (answer.status_code, answer.headers["Location"]) == (303, "http://testserver/signed-out/")


class TestAuthorizationCode:
    def test_a_code_is_exchanged_for_a_token_that_describes_the_person(
        self, browser: Browser, frozen: Simulator
    ) -> None:
        answer = browser.exchange_code(browser.code()).json()

        assert (answer["user_name"], answer["auth_source"], answer["expires_in"]) == ("ROBIN.SAMPLE", "delius", 3600)
        assert answer["refresh_token"]
        assert "id_token" not in answer
        claims = claims_of(frozen, answer["access_token"])
        assert claims["iss"] == f"{frozen.auth_url}/issuer"
        assert {name: claims[name] for name in ("sub", "user_name", "name", "auth_source", "client_id")} == {
            "sub": "ROBIN.SAMPLE",
            "user_name": "ROBIN.SAMPLE",
            "name": "Robin Sample",
            "auth_source": "delius",
            "client_id": "rarbooking",
        }
        assert claims["authorities"] == ["ROLE_PROBATION", "ROLE_RAR_BOOKING__RW"]
        assert claims["exp"] - claims["iat"] == 3600
        assert {"jti", "scope"} <= set(claims)

    def test_an_account_of_another_source_says_so(self, browser: Browser) -> None:
        answer = browser.exchange_code(browser.code(username="PENNY.PRISON")).json()

        assert answer["auth_source"] == "nomis"

    def test_a_code_can_be_used_once(self, browser: Browser) -> None:
        code = browser.code()

        assert browser.exchange_code(code).status_code == 200
        assert browser.exchange_code(code).json()["error"] == "invalid_grant"

    def test_a_code_expires_after_five_minutes(self, browser: Browser, frozen: Simulator) -> None:
        in_time, too_late = browser.code(), browser.code()

        frozen.freeze("2026-06-10T10:04:59+01:00")
        assert browser.exchange_code(in_time).status_code == 200
        frozen.freeze("2026-06-10T10:05:00+01:00")
        assert browser.exchange_code(too_late).json()["error"] == "invalid_grant"

    def test_a_code_belongs_to_its_redirect_address(self, browser: Browser) -> None:
        answer = browser.exchange_code(browser.code(), redirect_uri="http://127.0.0.1:8000/other")

        assert answer.json()["error"] == "invalid_grant"

    def test_a_code_asked_for_with_a_challenge_needs_its_verifier(self, browser: Browser) -> None:
        asked = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}

        assert browser.get("/oauth/authorize", **AUTHORIZE, **asked).status_code == 200
        assert browser.exchange_code(browser.code(**asked)).status_code == 400
        assert browser.exchange_code(browser.code(**asked), code_verifier="w" * 64).status_code == 400
        assert browser.exchange_code(browser.code(**asked), code_verifier=VERIFIER).status_code == 200

    def test_a_refresh_token_gives_new_tokens_once(self, browser: Browser) -> None:
        refresh = browser.exchange_code(browser.code()).json()["refresh_token"]

        renewed = browser.exchange(grant_type="refresh_token", refresh_token=refresh)
        assert renewed.json()["user_name"] == "ROBIN.SAMPLE"
        assert renewed.json()["refresh_token"] != refresh
        assert browser.exchange(grant_type="refresh_token", refresh_token=refresh).status_code == 400


class TestClientCredentials:
    @pytest.mark.parametrize("auth", [None, ("rarbooking", "wrong"), ("other", "demo-secret")])
    def test_the_clients_own_secret_is_needed(self, browser: Browser, auth: tuple[str, str] | None) -> None:
        answer = browser.exchange(auth, grant_type="client_credentials")

        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert answer.headers["WWW-Authenticate"].startswith("Basic")

    def test_an_unknown_grant_is_refused(self, browser: Browser) -> None:
        assert browser.exchange(grant_type="password").json()["error"] == "unsupported_grant_type"

    def test_without_a_user_the_token_has_the_clients_roles_alone(self, browser: Browser, frozen: Simulator) -> None:
        answer = browser.exchange(grant_type="client_credentials").json()

        assert (answer["token_type"], answer["expires_in"]) == ("bearer", 3600)
        claims = claims_of(frozen, answer["access_token"])
        assert claims["sub"] == "rarbooking"
        assert "user_name" not in claims
        assert claims["authorities"] == [CLIENT_ROLE]

    def test_acting_for_a_user_the_token_names_them_and_has_the_clients_role_alone(self, frozen: Simulator) -> None:
        claims = claims_of(frozen, frozen.token("robin.sample"))

        assert (claims["sub"], claims["user_name"], claims["auth_source"]) == ("ROBIN.SAMPLE", "ROBIN.SAMPLE", "delius")
        assert claims["authorities"] == [CLIENT_ROLE]


class TestUserMe:
    def test_it_describes_the_person_signed_in(self, frozen: Simulator) -> None:
        answer = self._me(frozen, frozen.user_token("PENNY.PRISON"))

        assert answer.json() == {
            "username": "PENNY.PRISON",
            "name": "Penny Prison",
            "authSource": "nomis",
            "active": True,
            "userId": "5006",
        }

    def test_it_describes_a_client_by_its_id(self, frozen: Simulator) -> None:
        assert self._me(frozen, frozen.token()).json()["username"] == "rarbooking"

    def test_it_needs_a_token(self, frozen: Simulator) -> None:
        assert self._me(frozen, "").status_code == 401

    @staticmethod
    def _me(simulator: Simulator, token: str) -> requests.Response:
        return requests.get(
            f"{simulator.auth_url}/api/user/me", headers={"Authorization": f"Bearer {token}"}, timeout=5
        )
