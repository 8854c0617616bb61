"""Starts the Delius simulator as the process it is, and talks to its control API."""

import subprocess
import sys
import threading
from pathlib import Path
from queue import Empty, Queue
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

ROOT = Path(__file__).resolve().parent.parent
ANNOUNCEMENT = "Delius simulator listening on "
START_SECONDS = 20
STOP_SECONDS = 10
REQUEST_SECONDS = 10
CLIENT = ("rarbooking", "demo-secret")


class SimulatorProcess:
    """A simulator on a free port, with a database of its own."""

    def __init__(self, *, database: Path, keep: bool = False, host: str = "127.0.0.1") -> None:
        self.database = database
        self.host = host
        self.keep = keep
        self.base_url = ""
        self._process: subprocess.Popen[str] | None = None

    @property
    def pid(self) -> int:
        """Its process, while it runs."""
        assert self._process
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it listens; raise RuntimeError where it does not."""
        command = [sys.executable, "-m", "simulator", "--host", self.host, "--port", "0"]
        command += ["--database", str(self.database)]
        self._process = subprocess.Popen(
            [*command, "--keep"] if self.keep else command, cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        line = self._first_line(self._process)
        if not line.startswith(ANNOUNCEMENT):
            self.stop()
            raise RuntimeError(f"The Delius simulator did not start: {line or 'it said nothing'}")
        self.base_url = line.removeprefix(ANNOUNCEMENT).strip()

    def stop(self) -> int:
        """Stop it and return its exit status."""
        if self._process is None:
            return 0
        process, self._process = self._process, None
        process.terminate()
        try:
            return process.wait(STOP_SECONDS)
        finally:
            process.kill()
            if process.stdout:
                process.stdout.close()

    @staticmethod
    def _first_line(process: subprocess.Popen[str]) -> str:
        lines: Queue[str] = Queue()
        output = process.stdout
        if output is None:
            return ""
        threading.Thread(target=lambda: lines.put(output.readline()), daemon=True).start()
        try:
            return lines.get(timeout=START_SECONDS)
        except Empty:
            return ""


class Simulator:
    """The control API of a running simulator."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.auth_url = f"{base_url}/auth"
        self.delius_url = f"{base_url}/delius"
        self._session = requests.Session()
        self._session.trust_env = False

    def close(self) -> None:
        """Close the connections to it."""
        self._session.close()

    def reset(self, *, dataset: str = "demo", now: str | None = None) -> None:
        """Start again with a data set, its clock frozen at an ISO instant if one is given."""
        self._control("POST", "reset", {"dataset": dataset, "now": now})

    def freeze(self, now: str | None) -> None:
        """Freeze the clock at an ISO instant, or let it run again with None."""
        self._control("PUT", "clock", {"now": now})

    def nsis(self, crn: str | None = None) -> list[dict[str, Any]]:
        """Return the NSIs in the record as they are, soft-deleted ones too."""
        found: list[dict[str, Any]] = self._control("GET", "nsis", crn=crn)
        return found

    def contacts(self, crn: str | None = None) -> list[dict[str, Any]]:
        """Return the contacts in the record as they are, soft-deleted ones too."""
        found: list[dict[str, Any]] = self._control("GET", "contacts", crn=crn)
        return found

    def add_nsi(self, crn: str, type_code: str, **fields: Any) -> dict[str, Any]:
        """Put an NSI into the record by hand, on the person's RAR requirement unless said otherwise."""
        added: dict[str, Any] = self._control("POST", "nsis", {"crn": crn, "type": type_code, **fields})
        return added

    def soft_delete_nsi(self, nsi_id: int) -> None:
        """Soft-delete an NSI by hand."""
        self._control("PATCH", f"nsis/{nsi_id}", {"softDeleted": True})

    def end_nsi(self, nsi_id: int, end_date: str | None) -> None:
        """End an NSI by hand on a day, or open it again with None."""
        self._control("PATCH", f"nsis/{nsi_id}", {"endDate": end_date})

    def remove_nsi(self, nsi_id: int) -> None:
        """Take an NSI out of the record as if it had never been."""
        self._control("DELETE", f"nsis/{nsi_id}")

    def add_contact(self, crn: str, *, start: str, end: str | None, **fields: Any) -> dict[str, Any]:
        """Put a contact into the record by hand."""
        added: dict[str, Any] = self._control("POST", "contacts", {"crn": crn, "start": start, "end": end, **fields})
        return added

    def change_contact(self, contact_id: int, **fields: Any) -> dict[str, Any]:
        """Change a contact by hand: softDeleted, start, end, outcome, notes, sensitive, nsiId."""
        changed: dict[str, Any] = self._control("PATCH", f"contacts/{contact_id}", fields)
        return changed

    def fault(self, operation: str, kind: str, **details: Any) -> None:
        """Ask for a fault: status, retryAfter, seconds, field, times (1 unless given; None until cleared), chance."""
        self._control("POST", "faults", {"operation": operation, "kind": kind, **details})

    def seed_faults(self, seed: int) -> None:
        """Let the chance of faults fall as it fell before with this seed."""
        self._control("PUT", "faults/seed", {"seed": seed})

    def faults(self) -> list[dict[str, Any]]:
        """Return the faults that have yet to happen."""
        waiting: list[dict[str, Any]] = self._control("GET", "faults")
        return waiting

    def faults_happened(self) -> dict[str, int]:
        """Return how many requests each kind of fault has spoiled."""
        happened: dict[str, int] = self._control("GET", "faults/happened")
        return happened

    def clear_faults(self) -> None:
        """Forget every fault."""
        self._control("DELETE", "faults")

    def texts(self) -> list[dict[str, Any]]:
        """Return the texts that GOV.UK Notify took, oldest first."""
        taken: list[dict[str, Any]] = self._control("GET", "texts")
        return taken

    def set_text_status(self, text_id: str, status: str) -> None:
        """Say what became of a text, as Notify calls it."""
        self._control("PUT", f"texts/{text_id}", {"status": status})

    def change_text_template(self, template_id: str, body: str) -> None:
        """Change the words of a template in GOV.UK Notify."""
        self._control("PUT", f"text-templates/{template_id}", {"body": body})

    def requests(self, operation: str | None = None) -> list[dict[str, Any]]:
        """Return what was asked of the services, oldest first; of one operation where it is named."""
        entries: list[dict[str, Any]] = self._control("GET", "requests")
        return [entry for entry in entries if operation in (None, entry["operation"])]

    def clear_requests(self) -> None:
        """Forget what was asked."""
        self._control("DELETE", "requests")

    def allow_duplicates(self, code: str, allowed: bool) -> None:
        """Say whether a person may have several open NSIs of a type."""
        self.change_nsi_type(code, allowsDuplicates=allowed)

    def change_nsi_type(self, code: str, **flags: bool) -> None:
        """Set flags of an NSI type by their names: allowsDuplicates, selectable."""
        self._control("PUT", f"nsi-types/{code}", flags)

    def change_account(self, username: str, *, roles: str | None = None, active: bool | None = None) -> None:
        """Change what HMPPS Auth holds of a user: roles, separated by commas, and whether the account is in use."""
        self._control("PUT", f"accounts/{username}", {"roles": roles, "active": active})

    def switch(self, **switches: Any) -> None:
        """Set switches by their names: tokenSeconds."""
        self._control("PUT", "switches", switches)

    def token(self, username: str | None = None) -> str:
        """Return a client-credentials access token, acting for a user where one is named."""
        answer = self._session.post(
            f"{self.auth_url}/oauth/token",
            data={"grant_type": "client_credentials", **({"username": username} if username else {})},
            auth=CLIENT,
            timeout=REQUEST_SECONDS,
        )
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def user_token(self, username: str) -> str:
        """Return the access token of a person who signs in, as the authorization code gives it."""
        redirect_uri = "http://testserver/signed-in"
        signed_in = self._session.post(
            f"{self.auth_url}/sign-in",
            data={"client_id": CLIENT[0], "redirect_uri": redirect_uri, "username": username},
            allow_redirects=False,
            timeout=REQUEST_SECONDS,
        )
        signed_in.raise_for_status()
        [code] = parse_qs(urlsplit(signed_in.headers["Location"]).query)["code"]
        answer = self._session.post(
            f"{self.auth_url}/oauth/token",
            data={"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri},
            auth=CLIENT,
            timeout=REQUEST_SECONDS,
        )
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def _control(self, method: str, path: str, body: Any = None, **query: str | None) -> Any:
        answer = self._session.request(
            method, f"{self.base_url}/control/{path}", json=body, params=query, timeout=REQUEST_SECONDS
        )
        if not answer.ok:
            raise AssertionError(f"{method} /control/{path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None
