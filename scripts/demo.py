"""Run the product, its worker and a Delius simulator beside them on this machine, until Ctrl-C."""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 30
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)

DEMO_USERS = """\
  Robin Sample     Harrow End team: on toolkits. Most of the demo's people are Robin's
  Jo Placeholder   Mill Lane team: not on toolkits yet, so NAT1 is used
  Sam Mockton      Castle Road team: moves to toolkits in 14 days
  Terry Twoteams   two teams, one of them without an office
  Noel Nostaff     a Delius user without a staff record
  Penny Prison     not a Delius user, so may not come in
  Rea Readonly     may see cases of her team and arrange nothing
  Dana Designer    writes guidance in the administration
  Taylor Toolkits  looks after toolkits
  Sue Support      settles bookings and reads the audit"""


def main() -> int:
    """Start the processes, print where they are, and stop them all on Ctrl-C or when one ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--simulator-port", type=int, default=8100)
    options = parser.parse_args()
    site = f"http://127.0.0.1:{options.port}"
    simulator = f"http://127.0.0.1:{options.simulator_port}"
    environment = {
        **os.environ,
        "RARBOOKING_PROFILE": "demo",
        "HMPPS_AUTH_URL": f"{simulator}/auth",
        "DELIUS_INTEGRATION_URL": f"{simulator}/delius",
        "DELIUS_URL": f"{simulator}/ndelius",
        "NOTIFY_URL": simulator,
    }
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "load_demo"], cwd=ROOT, env=environment, check=True)
    for number in STOP_SIGNALS:
        signal.signal(number, _interrupt)
    records = tempfile.TemporaryDirectory(prefix="delius-simulator-")
    database = str(Path(records.name) / "records.sqlite3")
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "simulator", f"--port={options.simulator_port}", f"--database={database}"],
            cwd=ROOT,
            env=environment,
        ),
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "rarbooking.wsgi:application",
                f"--bind=127.0.0.1:{options.port}",
                "--worker-class=gthread",
                "--threads=8",
                "--log-level=warning",
            ],
            cwd=ROOT,
            env=environment,
        ),
        subprocess.Popen([*manage, "db_worker", "--no-reload", "--verbosity=0"], cwd=ROOT, env=environment),
    ]
    try:
        for address in (f"{simulator}/control/health", f"{site}/signed-out/"):
            _wait_for(address, children)
        print(f"\nArrange RAR appointments:  {site}")
        print(
            f"Administration:            {site}/admin/  (all of it: {site}/admin/login/, demo.admin, demo-admin-only)"
        )
        print(f"Delius simulator:          {simulator}  (what it holds: {simulator}/control/nsis)")
        print(f"\nPeople you can sign in as:\n{DEMO_USERS}\n\nPress Ctrl-C to stop.", flush=True)
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        return 1
    except KeyboardInterrupt:
        print("\nStopping.")
        return 0
    finally:
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                child.terminate()
        for child in children:
            child.wait(timeout=PATIENCE_SECONDS)
        records.cleanup()


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Stop at the first signal; a second one, while stopping, changes nothing."""
    for each in STOP_SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def _wait_for(address: str, children: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if any(child.poll() is not None for child in children):
            sys.exit("A process of the demo ended before it was ready: see above.")
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(address, timeout=2)  # noqa: S310 - an address made above
            return
        time.sleep(0.1)
    sys.exit(f"No answer from {address} within {PATIENCE_SECONDS} seconds.")


if __name__ == "__main__":
    sys.exit(main())
