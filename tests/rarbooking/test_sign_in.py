"""Signing in with HMPPS Auth, over real HTTP, up to a session and back out of it."""

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client
from joserfc import jwt
from joserfc.jwk import RSAKey

from rarbooking.sign_in import SignInRefused, checked_claims
from tests.simulator_process import Simulator

pytestmark = pytest.mark.django_db


def answer_of_hmpps_auth(client: Client, username: str, *, page: str = "/") -> dict[str, str]:
    """Go to HMPPS Auth, choose a user there, and return the query it sends the browser back with."""
    to_auth = client.get("/sign-in/", {"next": page})["Location"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(to_auth).query).items()}
    assert requests.get(to_auth, timeout=5).status_code == 200
    form = {name: asked[name] for name in ("client_id", "redirect_uri", "state", "code_challenge")}
    sign_in = f"{to_auth.split('/oauth/')[0]}/sign-in"
    back = requests.post(sign_in, data=form | {"username": username}, allow_redirects=False, timeout=5)
    return {name: values[0] for name, values in parse_qs(urlsplit(back.headers["Location"]).query).items()}


def test_a_delius_user_is_signed_in_and_returned_to_the_page_they_asked_for(
    simulator: Simulator, rollout: None
) -> None:
    client = Client()
    answer = client.get("/sign-in/callback/", answer_of_hmpps_auth(client, "ROBIN.SAMPLE", page="/guidance/"))
    assert answer["Location"] == "/guidance/"
    page = client.get("/guidance/").content.decode()
    assert "Robin Sample" in page
    assert "Northmoor Probation Region" in page


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "javascript:alert(1)",
        "no-address",
        "sign-out",
        "/\\elsewhere",
    ],
)
def test_the_page_to_return_to_is_never_on_another_site_nor_anything_but_an_address(
    simulator: Simulator, rollout: None, address: str
) -> None:
    client = Client()
    answer = client.get("/sign-in/callback/", answer_of_hmpps_auth(client, "ROBIN.SAMPLE", page=address))
    assert answer["Location"] == "/"


def test_signing_in_changes_the_session_key(simulator: Simulator, rollout: None) -> None:
    client = Client()
    sent_back = answer_of_hmpps_auth(client, "ROBIN.SAMPLE")
    before = client.session.session_key
    client.get("/sign-in/callback/", sent_back)
    assert client.session.session_key != before


def test_an_account_that_is_not_a_delius_account_is_told_so_and_not_signed_in(simulator: Simulator) -> None:
    client = Client()
    answer = client.get("/sign-in/callback/", answer_of_hmpps_auth(client, "PENNY.PRISON"))
    assert answer.status_code == 403
    assert "Only people with a Delius account" in answer.content.decode()
    assert client.get("/")["Location"].startswith("/sign-in/")


def test_a_delius_user_without_a_staff_record_is_told_whom_to_ask(simulator: Simulator, rollout: None) -> None:
    client = Client()
    client.get("/sign-in/callback/", answer_of_hmpps_auth(client, "NOEL.NOSTAFF"))
    answer = client.get("/")
    assert answer.status_code == 403
    assert "You do not have a staff record in Delius" in answer.content.decode()


def test_an_answer_with_a_state_we_did_not_send_signs_nobody_in(simulator: Simulator) -> None:
    client = Client()
    sent_back = answer_of_hmpps_auth(client, "ROBIN.SAMPLE") | {"state": "another"}
    answer = client.get("/sign-in/callback/", sent_back)
    assert answer.status_code == 400
    assert "You could not be signed in" in answer.content.decode()
    assert client.get("/")["Location"].startswith("/sign-in/")


def test_a_code_cannot_be_used_twice(simulator: Simulator, rollout: None) -> None:
    first, second = Client(), Client()
    sent_back = answer_of_hmpps_auth(first, "ROBIN.SAMPLE")
    first.get("/sign-in/callback/", sent_back)
    asked = parse_qs(urlsplit(second.get("/sign-in/")["Location"]).query)
    answer = second.get("/sign-in/callback/", {"code": sent_back["code"], "state": asked["state"][0]})
    assert answer.status_code == 400


def test_hmpps_auth_being_down_is_said_and_is_not_an_error_of_ours(simulator: Simulator) -> None:
    client = Client()
    sent_back = answer_of_hmpps_auth(client, "ROBIN.SAMPLE")
    simulator.fault("token", "drop_before", times=None)
    answer = client.get("/sign-in/callback/", sent_back)
    simulator.clear_faults()
    assert answer.status_code == 503
    assert "HMPPS Auth is not available" in answer.content.decode()


def test_signing_out_ends_the_session_here_and_at_hmpps_auth(simulator: Simulator, robin: Client) -> None:
    answer = robin.post("/sign-out/")
    assert answer["Location"].startswith(f"{simulator.auth_url}/sign-out?client_id=rarbooking&redirect_uri=")
    back = requests.get(answer["Location"], allow_redirects=False, timeout=5)
    assert urlsplit(back.headers["Location"]).path == "/signed-out/"
    assert robin.get("/")["Location"].startswith("/sign-in/")


def forged(simulator: Simulator, **changed: Any) -> str:
    claims = {
        "iss": f"{simulator.auth_url}/issuer",
        "exp": int(time.time()) + 60,
        "user_name": "ROBIN.SAMPLE",
    } | changed
    return jwt.encode({"alg": "RS256"}, claims, RSAKey.generate_key(2048))


def test_a_token_that_hmpps_auth_signed_is_taken(simulator: Simulator) -> None:
    assert checked_claims(simulator.token("ROBIN.SAMPLE"))["user_name"] == "ROBIN.SAMPLE"


def test_a_token_signed_with_another_key_is_refused(simulator: Simulator) -> None:
    with pytest.raises(SignInRefused):
        checked_claims(forged(simulator))


def test_a_token_without_a_signature_is_refused(simulator: Simulator) -> None:
    _, payload, _ = simulator.token("ROBIN.SAMPLE").split(".")
    with pytest.raises(SignInRefused):
        checked_claims(f"eyJhbGciOiJub25lIn0.{payload}.")


def test_a_token_that_has_expired_is_refused(simulator: Simulator) -> None:
    simulator.switch(tokenSeconds=-60)
    with pytest.raises(SignInRefused):
        checked_claims(simulator.token("ROBIN.SAMPLE"))


def test_a_token_of_another_issuer_is_refused(simulator: Simulator, settings: Any) -> None:
    settings.HMPPS_AUTH_ISSUER = "https://elsewhere.example/auth/issuer"
    with pytest.raises(SignInRefused):
        checked_claims(simulator.token("ROBIN.SAMPLE"))
