"""System checks: bank holidays are known, and with `--deploy` outgoing connections are encrypted and verified."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.utils import timezone

from cases.bank_holidays import is_to_be_renewed, list_ends_on
from govuk.formats import long_date

URL_SETTINGS = (
    "HMPPS_AUTH_URL",
    "HMPPS_AUTH_PUBLIC_URL",
    "DELIUS_INTEGRATION_URL",
    "DELIUS_URL",
    "AUDIT_QUEUE_URL",
    "NOTIFY_URL",
    "SENTRY_DSN",
)
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
VERIFYING_SSL_MODES = frozenset({"verify-ca", "verify-full"})


@checks.register()
def bank_holidays_are_known(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[checks.CheckMessage]:
    """Return a warning from three months before the list of bank holidays ends."""
    if not is_to_be_renewed(timezone.localdate()):
        return []
    return [
        checks.Warning(
            f"The list of bank holidays ends on {long_date(list_ends_on())}.",
            hint="Upgrade govuk-bank-holidays: make requirements.",
            id="rarbooking.W003",
        )
    ]


@checks.register()
def texts_are_on_or_off(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[checks.CheckMessage]:
    """Return a warning where some settings of GOV.UK Notify are set and others are not: nobody is texted then."""
    needed = ("NOTIFY_API_KEY", "NOTIFY_ARRANGED_TEMPLATE_ID", "NOTIFY_MOVED_TEMPLATE_ID")
    missing = [name for name in needed if not getattr(settings, name)]
    if not missing or len(missing) == len(needed):
        return []
    return [checks.Warning(f"Nobody is texted: set {', '.join(missing)} too.", id="rarbooking.W004")]


@checks.register(checks.Tags.security, deploy=True)
def connections_are_encrypted(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[checks.CheckMessage]:
    """Return errors for unencrypted connections and for servers whose certificate is not verified."""
    return [*_services(), *_database(), *_cache()]


def _services() -> Iterator[checks.CheckMessage]:
    for name in URL_SETTINGS:
        address = urlsplit(getattr(settings, name))
        if address.hostname not in LOOPBACK_HOSTS | {None} and address.scheme != "https":
            yield checks.Error(f"{name} does not begin with https://.", id="rarbooking.E001")
    collector = urlsplit(settings.OTEL_EXPORTER_OTLP_ENDPOINT)
    if collector.hostname not in LOOPBACK_HOSTS | {None} and collector.scheme != "https":
        # Traces hold no personal data, and collectors inside a cluster often have no certificate.
        yield checks.Warning("OTEL_EXPORTER_OTLP_ENDPOINT does not begin with https://.", id="rarbooking.W002")


def _database() -> Iterator[checks.CheckMessage]:
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("postgresql") or database["HOST"] in LOOPBACK_HOSTS | {""}:
        return
    mode = database.get("OPTIONS", {}).get("sslmode", "prefer")
    if mode == "require":
        yield checks.Warning(
            "DATABASE_URL encrypts without verifying the server's certificate.",
            hint="End it with ?sslmode=verify-full&sslrootcert=<a file with the authority's certificate>.",
            id="rarbooking.W001",
        )
    elif mode not in VERIFYING_SSL_MODES:
        yield checks.Error(
            f"DATABASE_URL may connect in plain text: its sslmode is {mode}.",
            hint="End it with ?sslmode=verify-full&sslrootcert=<a file with the authority's certificate>.",
            id="rarbooking.E002",
        )


def _cache() -> Iterator[checks.CheckMessage]:
    cache = settings.CACHES["default"]
    if not cache["BACKEND"].endswith("RedisCache") or urlsplit(cache["LOCATION"]).hostname in LOOPBACK_HOSTS:
        return
    if urlsplit(cache["LOCATION"]).scheme != "rediss":
        yield checks.Error("CACHE_URL does not begin with rediss://.", id="rarbooking.E003")
    elif cache.get("OPTIONS", {}).get("ssl_cert_reqs", "required") != "required":
        yield checks.Error("CACHE_URL does not have the server's certificate verified.", id="rarbooking.E004")
