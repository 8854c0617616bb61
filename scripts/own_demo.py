"""The demo on spare ports with a database of its own, for pictures."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
READY = "Ctrl-C"


@dataclass(frozen=True)
class OwnDemo:
    """Where a demo answers, and the file of its database."""

    site: str
    simulator: str
    database: Path


@contextmanager
def own_demo(**settings: str) -> Iterator[OwnDemo]:
    """Run the demo for as long as the block lasts; `settings` are settings of the product that differ."""
    site_port, simulator_port = _free_port(), _free_port()
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "demo.sqlite3"
        environment = {
            **os.environ,
            "RARBOOKING_PROFILE": "demo",
            "DATABASE_URL": f"sqlite:///{database}",
            **settings,
        }
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
        demo = subprocess.Popen(
            [sys.executable, "scripts/demo.py", f"--port={site_port}", f"--simulator-port={simulator_port}"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            _wait_until_ready(demo)
            yield OwnDemo(f"http://127.0.0.1:{site_port}", f"http://127.0.0.1:{simulator_port}", database)
        finally:
            demo.send_signal(signal.SIGTERM)
            demo.wait()


def chromium_executable() -> str:
    """Debian's Chromium: without its windows, which takes a third less of the processor, where that package is here.

    Raises RuntimeError where neither is.
    """
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if not found:
        raise RuntimeError("Install the package 'chromium-headless-shell' or 'chromium'.")
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, for as long as the block lasts."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_executable(), args=["--no-sandbox", "--disable-lcd-text"]
        )
        yield browser
        browser.close()


def _wait_until_ready(demo: subprocess.Popen[str]) -> None:
    """Read what the demo prints until it says that it runs, then let the rest go by: a full pipe would stop it."""
    assert demo.stdout
    said = []
    for line in demo.stdout:
        if READY in line:
            threading.Thread(target=demo.stdout.read, daemon=True).start()
            return
        said.append(line)
    sys.exit(f"The demo did not start:\n{''.join(said)}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
