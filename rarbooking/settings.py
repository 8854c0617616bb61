"""Settings of Arrange RAR appointments, all from the environment: see .env.example for what each one means.

The defaults are those of production. `RARBOOKING_PROFILE=demo` reads rarbooking/profiles/demo.env, which holds every
relaxation that a demo on one machine needs.
"""

import logging
import secrets
from datetime import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
import limits
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from rarbooking.observability import error_reports
from rarbooking.observability.pseudonymisation import crn_pseudonymiser
from rarbooking.web.cache_signing import key_prefix

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
if profile := env.str("RARBOOKING_PROFILE", default=""):
    environ.Env.read_env(BASE_DIR / "rarbooking" / "profiles" / f"{profile}.env")
else:
    environ.Env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
SECRET_KEY = env.str("SECRET_KEY")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY: it is empty.")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    # First, so that our admin can unregister its models.
    "django.contrib.auth",
    "rarbooking",
    "appointments",
    "booking",
    "toolkits",
    "guidance",
    "delius",
    "audit",
    "rarbooking.web.admin_config.RarbookingAdminConfig",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "rarbooking.web.staticfiles.StaticFilesConfig",
    "csp",
    "django_linear_migrations",
    "django_prometheus",
    "django_structlog",
    "django_tasks",
    "rarbooking.web.admin_config.BackgroundTasksConfig",
    "simple_history",
]

MIDDLEWARE = [
    "rarbooking.observability.request_timing.TimingMiddleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    # Before everything that responds by itself, so that static files and error pages have the same headers.
    "rarbooking.web.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "rarbooking.web.middleware.NeverCacheMiddleware",
    "rarbooking.web.request_validation.RejectNulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "rarbooking.web.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "rarbooking.web.middleware.AllowedMethodsMiddleware",
    "rarbooking.web.middleware.BodyLimitMiddleware",
    "rarbooking.web.middleware.RateLimitMiddleware",
    "rarbooking.web.middleware.LoginRequiredMiddleware",
    "rarbooking.web.middleware.LandingMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "rarbooking.web.middleware.UpstreamFaultMiddleware",
    "rarbooking.web.request_validation.AdminInputValidationMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "rarbooking.urls"
WSGI_APPLICATION = "rarbooking.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "rarbooking.web.jinja2.environment",
            "context_processors": ["rarbooking.web.context_processors.layout"],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASE_URL = env.str("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR / 'rarbooking.sqlite3'}"
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    # Bounded, so that probes answer while the database is unreachable.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    if pool_size := env.int("DATABASE_POOL_SIZE", default=0):
        # A pool that cannot connect backs off until reconnect_timeout, and then reconnects on demand.
        DATABASES["default"]["OPTIONS"]["pool"] = {
            "min_size": 1,
            "max_size": pool_size,
            "timeout": 5,
            "reconnect_timeout": 5,
        }
        # Replaces connections that a restart of the database has closed.
        DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# A page of a case list takes some 50 entries: the default of 300 would be too few for an office.
CACHES: dict[str, dict[str, Any]] = {
    "default": env.cache_url_config(CACHE_URL)
    if (CACHE_URL := env.str("CACHE_URL", default=""))
    else {
        "BACKEND": "rarbooking.web.caches.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
if CACHES["default"]["BACKEND"].endswith("RedisCache"):
    CACHES["default"]["BACKEND"] = "rarbooking.web.caches.RedisCache"
    # Entries are pickled: write access to Redis must not allow code execution here.
    CACHES["default"].setdefault("OPTIONS", {})["serializer"] = "rarbooking.web.cache_signing.SignedSerializer"
    CACHES["default"]["KEY_PREFIX"] = key_prefix(SECRET_KEY)
# What is the same for everybody is kept in the process too, for so long after another process changed it. Nothing that
# decides who may see what is among it.
CACHES["default"]["NEAR_SECONDS"] = env.float("CACHE_NEAR_SECONDS", default=10)
CACHES["default"]["NEAR_PREFIXES"] = ("toolkits:", "guidance:", "delius-reference:")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "rarbooking.User"
# Passwords are for the demo only: otherwise users sign in through HMPPS Auth, to the admin too.
AUTHENTICATION_BACKENDS = [
    "rarbooking.identity.authentication.HmppsAuthBackend",
    *(["django.contrib.auth.backends.ModelBackend"] if DEMO else []),
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "booking:cases"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True

# govuk-frontend's stylesheet names its fonts and images under /assets/, and the manifest storage only follows addresses
# that begin with STATIC_URL.
STATIC_URL = "/assets/"
STATIC_ROOT = VAR_DIR / "static"
NODE_MODULES = BASE_DIR / "node_modules"
# The image has collected static files and no packages.
STATICFILES_DIRS = (
    [
        NODE_MODULES / "govuk-frontend" / "dist" / "govuk" / "assets",
        NODE_MODULES / "@ministryofjustice" / "frontend" / "moj" / "assets",
        ("accessible-autocomplete", NODE_MODULES / "accessible-autocomplete" / "dist"),
        ("govuk-frontend", NODE_MODULES / "govuk-frontend" / "dist" / "govuk"),
        # The stylesheet made of rarbooking/styles.
        VAR_DIR / "styles",
    ]
    if NODE_MODULES.is_dir()
    else []
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "rarbooking.web.staticfiles.HashedStaticFilesStorage"},
}

# No cross-origin access to static files.
WHITENOISE_ALLOW_ALL_ORIGINS = False

SECURE_COOKIES = env.bool("SECURE_COOKIES", default=True)
# Browsers take a cookie of a __Host- name only from this host, over HTTPS and for all of it.
COOKIE_PREFIX = "__Host-" if SECURE_COOKIES else ""
# Absolute time-out of a session in hours, and idle time-out in minutes.
SESSION_HOURS = env.int("SESSION_HOURS", default=12)
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=60)
SESSION_ENGINE = "rarbooking.identity.session_store"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}rarbooking-session"
SESSION_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = SESSION_HOURS * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}rarbooking-csrf"
CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
# Probes: over plain HTTP inside the cluster, without rate limits and without error pages.
PROBE_PATHS = frozenset({"/health", "/health/liveness", "/health/readiness", "/info", "/metrics"})
SECURE_REDIRECT_EXEMPT = [f"^{path.lstrip('/')}$" for path in sorted(PROBE_PATHS)]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000 if SECURE_COOKIES else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_COOKIES
SECURE_HSTS_PRELOAD = SECURE_COOKIES
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "rarbooking.web.error_views.csrf_failure"
# In the session, not in a cookie: messages of the admin name objects.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

BODY_LIMIT_BYTES = env.int("BODY_LIMIT_BYTES", default=256 * 1024)
ADMIN_BODY_LIMIT_BYTES = env.int("ADMIN_BODY_LIMIT_BYTES", default=2560 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = max(BODY_LIMIT_BYTES, ADMIN_BODY_LIMIT_BYTES)

TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
# By user, by address before sign-in, at sign-in and by password. No limit where the setting is empty.
RATE_LIMITS = {
    name: limits.parse_many(notation) if notation else []
    for name, notation in {
        "user": env.str("RATE_LIMIT_USER", default="300/minute"),
        "address": env.str("RATE_LIMIT_ADDRESS", default="600/minute"),
        "sign_in": env.str("RATE_LIMIT_SIGN_IN", default="120/minute"),
        "password": env.str("RATE_LIMIT_PASSWORD", default="10/minute; 50/hour"),
    }.items()
}
RATE_LIMIT_STORE = CACHE_URL.partition("?")[0] if CACHE_URL.startswith(("redis://", "rediss://")) else "memory://"

HMPPS_AUTH_URL = env.str("HMPPS_AUTH_URL")
HMPPS_AUTH_PUBLIC_URL = env.str("HMPPS_AUTH_PUBLIC_URL", default="") or HMPPS_AUTH_URL
HMPPS_AUTH_ISSUER = env.str("HMPPS_AUTH_ISSUER", default="") or f"{HMPPS_AUTH_URL}/issuer"
HMPPS_CLIENT_ID = env.str("HMPPS_CLIENT_ID")
HMPPS_CLIENT_SECRET = env.str("HMPPS_CLIENT_SECRET")
DELIUS_INTEGRATION_URL = env.str("DELIUS_INTEGRATION_URL")
DELIUS_URL = env.str("DELIUS_URL", default="")
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", default="")
DELIUS_CONNECT_TIMEOUT = env.float("DELIUS_CONNECT_TIMEOUT", default=2)
DELIUS_READ_TIMEOUT = env.float("DELIUS_READ_TIMEOUT", default=10)
DELIUS_PARALLEL_READS = env.int("DELIUS_PARALLEL_READS", default=8)
DELIUS_CACHE_SECONDS = env.int("DELIUS_CACHE_SECONDS", default=60)
DELIUS_REFERENCE_CACHE_SECONDS = env.int("DELIUS_REFERENCE_CACHE_SECONDS", default=3600)
DELIUS_REFERENCE_STALE_SECONDS = env.int("DELIUS_REFERENCE_STALE_SECONDS", default=5 * 3600)
DELIUS_REFERENCE_OUTAGE_SECONDS = env.int("DELIUS_REFERENCE_OUTAGE_SECONDS", default=24 * 3600)
DELIUS_CIRCUIT_FAILURES = env.int("DELIUS_CIRCUIT_FAILURES", default=5)
DELIUS_CIRCUIT_SECONDS = env.float("DELIUS_CIRCUIT_SECONDS", default=15)
DELIUS_BULKHEAD_THREADS = env.int("DELIUS_BULKHEAD_THREADS", default=6)

DELIVERY_MAX_TRIES = env.int("DELIVERY_MAX_TRIES", default=40)
# From when to when appointments usually are: other times are asked about.
APPOINTMENT_HOURS = tuple(time.fromisoformat(at) for at in env.list("APPOINTMENT_HOURS", default=["07:00", "21:00"]))
# Codes of the outcomes by which Delius records that an appointment was called off.
CANCELLATION_OUTCOMES = env.list("CANCELLATION_OUTCOMES", default=["AASD"])

# Texts are sent where the key and both templates are set.
NOTIFY_API_KEY = env.str("NOTIFY_API_KEY", default="")
NOTIFY_URL = env.str("NOTIFY_URL", default="") or "https://api.notifications.service.gov.uk"
NOTIFY_ARRANGED_TEMPLATE_ID = env.str("NOTIFY_ARRANGED_TEMPLATE_ID", default="")
NOTIFY_MOVED_TEMPLATE_ID = env.str("NOTIFY_MOVED_TEMPLATE_ID", default="")

AUDIT_SERVICE_NAME = env.str("AUDIT_SERVICE_NAME", default="") or "arrange-rar-appointments"
AUDIT_RETENTION_DAYS = env.int("AUDIT_RETENTION_DAYS", default=2190)
AUDIT_QUEUE_URL = env.str("AUDIT_QUEUE_URL", default="")
AUDIT_QUEUE_REGION = env.str("AUDIT_QUEUE_REGION", default="") or "eu-west-2"

DRAFT_DAYS = env.int("DRAFT_DAYS", default=30)
BOOKING_DAYS = env.int("BOOKING_DAYS", default=365)
MIRROR_DAYS = env.int("MIRROR_DAYS", default=365)

HEALTH_UPSTREAM_SECONDS = env.float("HEALTH_UPSTREAM_SECONDS", default=10)
HEALTH_UPSTREAM_TIMEOUT = env.float("HEALTH_UPSTREAM_TIMEOUT", default=2)
# How many days a preview link works for a reviewer without an account.
GUIDANCE_PREVIEW_DAYS = env.int("GUIDANCE_PREVIEW_DAYS", default=7)
GUIDANCE_FEEDBACK_DAYS = env.int("GUIDANCE_FEEDBACK_DAYS", default=365)

METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# Workers have no web server, so django-prometheus opens one. As a range, so that a busy port is no error.
if worker_metrics_port := env.int("WORKER_METRICS_PORT", default=0):
    PROMETHEUS_METRICS_EXPORT_PORT_RANGE = range(worker_metrics_port, worker_metrics_port + 1)
PROMETHEUS_EXPORT_MIGRATIONS = False
BUILD_NUMBER = env.str("BUILD_NUMBER", default="") or "unknown"
BUILD_TIME = env.str("BUILD_TIME", default="") or "unknown"
GIT_REF = env.str("GIT_REF", default="") or "unknown"
# Part of ETags of pages; random at each start where GIT_REF is not set.
RELEASE = GIT_REF if GIT_REF != "unknown" else secrets.token_hex(8)

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        # Sign-out is a POST that redirects to HMPPS Auth, which browsers check against form-action.
        "form-action": [SELF, "{0.scheme}://{0.netloc}".format(urlsplit(HMPPS_AUTH_PUBLIC_URL))],
        "frame-ancestors": [NONE],
    }
}

# A key of its own, so that pseudonyms stay the same when SECRET_KEY is changed.
LOG_CRN_KEY = env.str("LOG_CRN_KEY", default="") or SECRET_KEY
pseudonymise_crns = crn_pseudonymiser(LOG_CRN_KEY)
# Its own client address trusts headers that a browser can send; rarbooking/web/rate_limits.py has ours.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
# One line a request: that it has finished says all that its start does.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
# Without it nothing of OpenTelemetry is imported (rarbooking/apps.py).
OTEL_EXPORTER_OTLP_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")
OTEL_SERVICE_NAME = env.str("OTEL_SERVICE_NAME", default="") or "arrange-rar-appointments"
LOG_FORMAT = env.str("LOG_FORMAT", default="json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structlog": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer()
            if LOG_FORMAT == "json"
            else structlog.dev.ConsoleRenderer(colors=False),
            "foreign_pre_chain": [
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.stdlib.add_log_level,
                structlog.processors.format_exc_info,
                pseudonymise_crns,
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structlog"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.format_exc_info,
        pseudonymise_crns,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

SENTRY_DSN = env.str("SENTRY_DSN", default="")
if SENTRY_DSN:
    error_reports.start(
        dsn=SENTRY_DSN,
        environment=env.str("SENTRY_ENVIRONMENT", default=""),
        release=GIT_REF,
        key=LOG_CRN_KEY,
    )
