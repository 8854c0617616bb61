"""Build the package as the Dockerfile does, without Docker, into var/package; then run it and see that it is ready.

What is run is the package alone: its own virtual environment, its own copy of the code, the settings of production. The
Delius simulator beside it is this tree's.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "var" / "package"
APP = PACKAGE / "app"
VENV_PYTHON = PACKAGE / "venv" / "bin" / "python"
PATIENCE_SECONDS = 60
TOKEN = "only-while-the-package-is-tried"  # noqa: S105 - of a server that lives for some seconds
HOST = "rarbooking.example"
ASSET = re.compile(r'(?:href|src)="(/assets/[^"]+\.(?:css|js))"')

# The Dockerfile runs the same scripts in the same order; tests/ops/test_packaging.py holds it to that.
STEPS: tuple[tuple[str, ...], ...] = (
    ("front_end.sh", str(PACKAGE / "front-end")),
    ("styles.sh", str(PACKAGE / "front-end"), str(PACKAGE / "front-end" / "styles")),
    ("wheels.sh", "requirements.txt", str(PACKAGE / "wheels")),
    ("venv.sh", str(PACKAGE / "wheels"), str(PACKAGE / "venv")),
    ("app.sh", str(APP)),
    ("static.sh", str(APP), str(PACKAGE / "front-end")),
)
SERVE = ("-m", "gunicorn", "--config", "ops/gunicorn.conf.py", "rarbooking.wsgi:application")
HEALTHCHECK = ("ops/healthcheck.py",)


def main() -> int:
    """Build, run and check; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database-url", default="", help="an empty PostgreSQL database to try it on; SQLite without")
    parser.add_argument("--no-build", action="store_true", help="try the package that is there")
    options = parser.parse_args()
    if not options.no_build:
        build()
    with tempfile.TemporaryDirectory(prefix="rarbooking-package-") as folder, simulator(Path(folder)) as upstream:
        database = options.database_url or f"sqlite:///{Path(folder) / 'rarbooking.sqlite3'}"
        environment = settings(upstream, database)
        for command in (("migrate", "--no-input", "--verbosity=0"), ("load_toolkits",), ("check", "--deploy")):
            manage(environment, *command)
        with serving(environment) as site:
            check(site, environment)
        manage(environment, "db_worker", "--batch", "--no-startup-delay", "--verbosity=0")
    size = sum(path.stat().st_size for path in PACKAGE.rglob("*") if path.is_file()) / 1e6
    print(
        f"The package at {PACKAGE.relative_to(ROOT)} is ready ({size:.0f} MB with its wheels and front-end packages)."
    )
    return 0


def build() -> None:
    """Run every step of the Dockerfile."""
    shutil.rmtree(PACKAGE, ignore_errors=True)
    for script, *arguments in STEPS:
        print(f"{script} …", flush=True)
        python = str(VENV_PYTHON) if script == "static.sh" else sys.executable
        subprocess.run(
            ["sh", f"scripts/build/{script}", *arguments], cwd=ROOT, env={**clean(), "PYTHON": python}, check=True
        )


def clean() -> dict[str, str]:
    """Return the environment without anything that is about this product."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR", "PIP_", "NPM_CONFIG_", "npm_config_", "NODE_", "SSL_", "HTTP", "http")
    return {name: value for name, value in os.environ.items() if name.startswith(kept)}


def settings(upstream: str, database_url: str) -> dict[str, str]:
    """Return an environment as a deployment would set it."""
    return {
        **clean(),
        "SECRET_KEY": "only-while-the-package-is-tried-" + "x" * 40 + "0123456789",
        "ALLOWED_HOSTS": f"{HOST},127.0.0.1",
        "HMPPS_AUTH_URL": f"{upstream}/auth",
        "DELIUS_INTEGRATION_URL": f"{upstream}/delius",
        "HMPPS_CLIENT_ID": "rarbooking",
        "HMPPS_CLIENT_SECRET": "demo-secret",
        "DATABASE_URL": database_url,
        "METRICS_TOKEN": TOKEN,
        "BUILD_NUMBER": "package",
        "GIT_REF": subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
        ).stdout.strip(),
        "PORT": str(spare_port()),
        "BIND_ADDRESS": "127.0.0.1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LOG_LEVEL": "WARNING",
    }


def spare_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def simulator(folder: Path) -> Iterator[str]:
    """Run the Delius simulator and give its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", "--port", "0", "--database", str(folder / "delius.sqlite3")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        announced = process.stdout.readline() if process.stdout else ""
        yield announced.rsplit(" ", 1)[-1].strip()
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


@contextmanager
def serving(environment: Mapping[str, str]) -> Iterator[str]:
    """Serve the package as the image does and give its address; see that it ends well when told to stop."""
    process = subprocess.Popen([VENV_PYTHON, *SERVE], cwd=APP, env=environment)
    site = f"http://127.0.0.1:{environment['PORT']}"
    try:
        wait_until_live(site, process)
        yield site
    finally:
        process.send_signal(signal.SIGTERM)
        ended = process.wait(PATIENCE_SECONDS)
    if ended:
        sys.exit(f"The web server ended with {ended}.")


def wait_until_live(site: str, process: subprocess.Popen[bytes]) -> None:
    """Return once the process answers."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(urllib.error.URLError, ConnectionError):
            get(site, "/health/liveness")
            return
        time.sleep(0.1)
    sys.exit("The web server did not come up.")


def check(site: str, environment: Mapping[str, str]) -> None:
    """Exit with an error where the running package is not what it should be."""
    for path in ("/health/readiness", "/health"):
        told = json.loads(get(site, path))
        print(path, told["status"], {name: each["status"] for name, each in told["components"].items()})
        expect(told["status"] == "UP", f"{path} is not UP")
    told = json.loads(get(site, "/info"))
    expect(told["build"]["version"] == environment["BUILD_NUMBER"], "/info does not tell the build")
    assets = ASSET.findall(get(site, "/signed-out/").decode())
    expect(any(each.endswith(".css") for each in assets), "the page has no stylesheet")
    for each in assets:
        expect(len(get(site, each)) > 0, f"{each} is empty")
    print(f"/signed-out/ and its {len(assets)} stylesheets and scripts are there")
    expect(b"rarbooking_database_up 1.0" in get(site, "/metrics"), "/metrics does not tell of the database")
    expect(b"django_http_responses_total_by_status_total" in get(site, "/metrics"), "/metrics does not count answers")
    probe = subprocess.run([VENV_PYTHON, *HEALTHCHECK], cwd=APP, env=environment, check=False)
    expect(probe.returncode == 0, "the container's health check fails")


def get(site: str, path: str) -> bytes:
    """Return the body of an answer, asked for as the load balancer asks."""
    headers = {"Host": HOST, "X-Forwarded-Proto": "https", "Authorization": f"Bearer {TOKEN}"}
    request = urllib.request.Request(site + path, headers=headers)  # noqa: S310 - an address made above
    with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
        body: bytes = answer.read()
        return body


def manage(environment: Mapping[str, str], *command: str) -> None:
    """Run a command of the package."""
    subprocess.run([VENV_PYTHON, "manage.py", *command], cwd=APP, env=environment, check=True)


def expect(held: Any, otherwise: str) -> None:
    """Exit where something does not hold."""
    if not held:
        sys.exit(f"The package is not right: {otherwise}.")


if __name__ == "__main__":
    sys.exit(main())
