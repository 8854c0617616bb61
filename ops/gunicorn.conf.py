"""How gunicorn serves the product: gunicorn --config ops/gunicorn.conf.py rarbooking.wsgi:application.

Everything that differs between places comes from the environment (.env.example).
"""

import gc
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import gunicorn.http.wsgi
import structlog

MULTIPROC_DIR = "PROMETHEUS_MULTIPROC_DIR"
MADE_HERE = "rarbooking-metrics-"
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - a disk in memory, for heartbeats and counters only

CRN = re.compile(r"\b[A-Za-z]\d{6}\b")


def _without_crns(logger: Any, method: str, event: Any) -> Any:
    """Hide every CRN: gunicorn says which address it could not answer."""
    return {name: CRN.sub("[CRN]", value) if isinstance(value, str) else value for name, value in event.items()}


# Every address of its container, unless told otherwise.
bind = f"{os.environ.get('BIND_ADDRESS', '')}:{os.environ.get('PORT', '8080')}"
worker_class = "gthread"
# Pages wait for Delius most of the time: threads are for that, and processes for the processors that there are.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
# Longer than the 60 seconds for which the load balancer keeps a connection, so that it is the one that closes it.
keepalive = 75
# A process that gives no sign of life for so long is replaced. A slow upstream does not count: threads wait for it.
timeout = 60
# What is being answered when the process is told to stop may take so long: a booking waits for Delius for 15 seconds,
# and one read for DELIUS_CONNECT_TIMEOUT and DELIUS_READ_TIMEOUT. terminationGracePeriodSeconds has to be longer.
graceful_timeout = 40
# Loaded once, before the processes are forked, which share what they do not change. No connection, pool or lock may be
# inherited through a fork: what the product keeps in a process begins anew in a child (os.register_at_fork).
preload_app = True
# django-structlog writes a line for each request, without the CRNs that addresses hold.
accesslog = None
errorlog = "-"
# The image's own disk cannot be written to.
worker_tmp_dir = str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None
control_socket_disable = True
# What the header Server says. gunicorn has no setting for it, and names itself.
gunicorn.http.wsgi.SERVER = "rarbooking"
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(),
            "foreign_pre_chain": [
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.format_exc_info,
                _without_crns,
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False}},
}


# Where the processes of this gunicorn put their numbers together: prometheus_client reads it as it is imported.
if not os.environ.get(MULTIPROC_DIR):
    os.environ[MULTIPROC_DIR] = tempfile.mkdtemp(prefix=MADE_HERE)


def on_starting(server: Any) -> None:
    """Begin with no numbers of an earlier run, and of none that the master has made."""
    directory = Path(os.environ[MULTIPROC_DIR])
    directory.mkdir(parents=True, exist_ok=True)
    for left in directory.glob("*.db"):
        left.unlink()


def pre_fork(server: Any, worker: Any) -> None:
    """Leave what is loaded out of garbage collection, which would write to it, so that it stays shared."""
    gc.collect()
    gc.freeze()


def child_exit(server: Any, worker: Any) -> None:
    """Let a process that has ended no longer count as one that lives."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    """Leave nothing behind."""
    directory = Path(os.environ.get(MULTIPROC_DIR, ""))
    if directory.name.startswith(MADE_HERE):
        shutil.rmtree(directory, ignore_errors=True)
