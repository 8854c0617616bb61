"""Exit with 0 where this container's own web server says that it is ready: for Docker's HEALTHCHECK."""

import http.client
import os
import sys

SECONDS = 5


def main() -> int:
    """Ask for readiness, by a host name that the service answers to."""
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8080")), timeout=SECONDS)
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip() or "127.0.0.1"
    try:
        connection.request("GET", "/health/readiness", headers={"Host": host})
        return 0 if connection.getresponse().status == http.client.OK else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
