"""A feed of changes as long as one likes, each page made as it is asked for.

    python -m bench.data.change_feed <changes>

It serves what `manage.py sync_nsis` needs of the integration service and of HMPPS Auth, and says where it listens. Each
fourth change is an NSI, and the three after it are appointments that hang from it. Everybody in it is plainly invented.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

ANNOUNCEMENT = "Feed listening on "
AT = "2026-01-05T09:00:00Z"
APPOINTMENTS = 3


class Handler(BaseHTTPRequestHandler):
    """Answers for a feed of `changes`."""

    protocol_version = "HTTP/1.1"
    changes = 0

    def do_POST(self) -> None:
        """Give a token to anybody."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._send({"access_token": "of-nobody", "token_type": "bearer", "expires_in": 3600})

    def do_GET(self) -> None:
        """Give a page of changes."""
        query = parse_qs(urlsplit(self.path).query)
        first, size = int(query.get("after", ["0"])[0]), int(query.get("size", ["500"])[0])
        last = min(first + size, self.changes)
        types = query["nsiTypeCode"]
        self._send(
            {
                "changes": [change(number, types) for number in range(first, last)],
                "next": str(last),
                "more": last < self.changes,
            }
        )

    def log_message(self, *args: object) -> None:
        """Be quiet."""

    def _send(self, answer: object) -> None:
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def change(number: int, types: list[str]) -> dict[str, object]:
    """Return the change of a number, from 0."""
    group, place = divmod(number, APPOINTMENTS + 1)
    nsi_id, crn = 6_000_000_000 + group, f"B{group % 1_000_000:06d}"
    kind = {"code": types[group % len(types)], "description": "Invented toolkit"}
    if place == 0:
        nsi = {
            "nsiId": nsi_id,
            "externalReference": f"urn:hmpps:rarbooking:nsi:00000000-0000-4000-8000-{group:012d}",
            "type": kind,
            "status": {"code": "INPROG", "description": "In progress"},
            "statusDate": AT,
            "referralDate": "2026-01-05",
            "startDate": "2026-01-05",
            "eventId": 7_000_000 + group,
            "requirementId": 8_000_000 + group,
            "active": True,
            "softDeleted": False,
            "manager": {
                "providerCode": f"Z{group % 12:02d}",
                "teamCode": f"Z{group % 1000:05d}",
                "staffCode": "Z00001",
            },
            "appointmentCount": APPOINTMENTS,
        }
        return {"crn": crn, "at": AT, "nsi": nsi}
    appointment = {
        "contactId": 7_000_000_000 + number,
        "version": 1,
        "type": {"code": "COAP", "description": "Planned Office Visit (NS)"},
        "start": f"2026-02-{place:02d}T10:00:00Z",
        "end": f"2026-02-{place:02d}T10:30:00Z",
        "eventId": 7_000_000 + group,
        "nsi": {"nsiId": nsi_id, "type": kind},
        "countsTowardsRar": True,
        "officer": {"staffCode": "Z00001"},
        "outcome": {"code": "ATTC", "description": "Attended - Complied", "attended": True, "complied": True},
        "notes": "Invented note of a usual length, of which nothing is kept." * 3,
        "sensitive": False,
        "softDeleted": False,
    }
    return {"crn": crn, "at": AT, "appointment": appointment}


def main() -> int:
    """Serve until it is stopped."""
    Handler.changes = int(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(f"{ANNOUNCEMENT}http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
