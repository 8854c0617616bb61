"""Run the simulator: `python -m simulator --port 8100`."""

import argparse
import signal
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType

from simulator.app import create_app
from simulator.database.store import IncompatibleDatabaseError, Store
from simulator.datasets import DATASETS
from simulator.http.server import address_of, listen
from simulator.state import State

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def main() -> int:
    """Serve until SIGTERM or SIGINT; return the exit status."""
    options = _options()
    state = State(Store(options.database))
    server = listen(create_app(state), host=options.host, port=options.port)
    try:
        if state.store.prepare(keep=options.keep):
            state.reset(dataset=options.dataset)
    except IncompatibleDatabaseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for number in STOP_SIGNALS:
        signal.signal(number, _interrupt)
    with suppress(KeyboardInterrupt):
        sys.stdout.write(f"Delius simulator listening on {address_of(server)}\n")
        sys.stdout.flush()
        server.serve_forever()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator", description="A stand-in for Delius.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100, help="0 for any free port")
    parser.add_argument("--database", type=Path, default=Path("var/delius-simulator.sqlite3"))
    parser.add_argument("--dataset", choices=sorted(DATASETS), default="demo")
    parser.add_argument("--keep", action="store_true", help="go on with the records of the last run")
    return parser.parse_args()


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Stop at the first signal, and ignore further ones."""
    for each in STOP_SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
