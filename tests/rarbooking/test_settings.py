"""What production is, unless somebody relaxes it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "SECRET_KEY": "a-secret-for-this-test-" + "x" * 40,
    "ALLOWED_HOSTS": "rarbooking.example",
    "HMPPS_AUTH_URL": "https://auth.example/auth",
    "DELIUS_INTEGRATION_URL": "https://delius-integration.example",
    "HMPPS_CLIENT_ID": "rarbooking",
    "HMPPS_CLIENT_SECRET": "placeholder",
}


def start_with(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    shown = "print(settings.DEBUG, settings.DEMO, settings.SESSION_COOKIE_SECURE, settings.SECURE_SSL_REDIRECT)"
    return subprocess.run(
        [sys.executable, "-c", f"from django.conf import settings; {shown}"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "rarbooking.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_service_refuses_to_start_without_a_secret_key() -> None:
    started = start_with({name: value for name, value in PRODUCTION.items() if name != "SECRET_KEY"})
    assert started.returncode != 0
    assert "SECRET_KEY" in started.stderr


def test_the_service_refuses_to_start_with_an_empty_secret_key() -> None:
    started = start_with(PRODUCTION | {"SECRET_KEY": ""})
    assert started.returncode != 0
    assert "SECRET_KEY" in started.stderr


def test_an_empty_database_url_means_sqlite() -> None:
    assert start_with(PRODUCTION | {"DATABASE_URL": ""}).returncode == 0


def test_an_environment_that_says_nothing_about_it_gets_no_debug_no_demo_and_https_only() -> None:
    assert start_with(PRODUCTION).stdout.split() == ["False", "False", "True", "True"]


def test_only_the_demo_profile_relaxes_cookies_and_https() -> None:
    assert start_with({"RARBOOKING_PROFILE": "demo"}).stdout.split() == ["False", "True", "False", "False"]


def test_the_demo_account_is_refused_outside_the_demo_profile() -> None:
    made = subprocess.run(
        [sys.executable, "manage.py", "load_demo"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **PRODUCTION},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode != 0
    assert "demo profile only" in made.stderr


def test_a_session_outlives_a_change_of_the_secret_key_while_the_earlier_one_is_a_fallback(tmp_path: Path) -> None:
    def manage(*command: str, **settings: str) -> str:
        environment = {"PATH": os.environ["PATH"], **PRODUCTION, **settings}
        environment["DATABASE_URL"] = f"sqlite:///{tmp_path / 'rarbooking.sqlite3'}"
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip().rpartition("\n")[2]

    load = "from django.contrib.sessions.backends.db import SessionStore; "
    manage("migrate", "--verbosity=0")
    key = manage(
        "shell", "--command", load + "s = SessionStore(); s['person'] = 'known'; s.save(); print(s.session_key)"
    )
    read = load + f"print(SessionStore({key!r}).get('person'))"
    earlier, later = PRODUCTION["SECRET_KEY"], "another-secret-for-this-test-" + "y" * 40
    assert manage("shell", "--command", read, SECRET_KEY=later) == "None"
    key = manage(
        "shell", "--command", load + "s = SessionStore(); s['person'] = 'known'; s.save(); print(s.session_key)"
    )
    read = load + f"print(SessionStore({key!r}).get('person'))"
    assert manage("shell", "--command", read, SECRET_KEY=later, SECRET_KEY_FALLBACKS=earlier) == "known"
