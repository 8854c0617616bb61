"""The demo profile, made faster for tests. Each test process has a simulator of its own (tests/conftest.py)."""

import os

os.environ.setdefault("RARBOOKING_PROFILE", "demo")
# Playwright's event loop runs in the thread of the test, which also reads the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

from rarbooking.settings import *
from rarbooking.settings import DATABASES, MIDDLEWARE, RATE_LIMITS, VAR_DIR

# One user of a test sends as many requests as it needs; tests/rarbooking/test_rate_limits.py sets limits of its own.
RATE_LIMITS = {name: [] for name in RATE_LIMITS}
MIDDLEWARE = [
    "tests.static_files.ScannedOnce" if name == "whitenoise.middleware.WhiteNoiseMiddleware" else name
    for name in MIDDLEWARE
]
# tests/appointments/test_texts.py turns them on.
NOTIFY_API_KEY = ""
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in production: several threads and processes share it.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
    # Nothing of it has to survive a crash.
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
