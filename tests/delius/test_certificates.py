"""Whom the client speaks to: a server whose certificate somebody vouches for, and nobody else."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.cache import cache
from pytest_django import Settings
from structlog.testing import capture_logs

from delius.client import get_client
from delius.errors import Unavailable
from tests.delius.scripted import Answer, ScriptedUpstream

BRIAN, ROBIN = "X000001", "ROBIN.SAMPLE"


def certificate(folder: Path) -> Path:
    """Make a certificate for 127.0.0.1 that vouches for itself, and return its file, with the key in it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "upstream.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "upstream.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def file(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    """An upstream over TLS that vouches for itself, and the file of its certificate."""
    file = certificate(tmp_path)
    upstream = ScriptedUpstream()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    upstream.over_tls(context)
    upstream.answers(Answer({"riskFlags": []}))
    upstream.start()
    cache.clear()
    settings.HMPPS_AUTH_URL = f"{upstream.url}/auth"
    settings.DELIUS_INTEGRATION_URL = upstream.url
    yield file
    upstream.stop()
    cache.clear()


def test_a_server_that_nobody_vouches_for_is_sent_nothing_and_the_log_says_why(file: Path) -> None:
    with capture_logs() as logged, pytest.raises(Unavailable):
        get_client().risk_flags(BRIAN, username=ROBIN)
    assert [line["fault"] for line in logged if line["event"] == "delius_call"] == ["SSLError"]


def test_the_same_server_is_spoken_to_once_its_certificate_is_trusted(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
    assert len(get_client().risk_flags(BRIAN, username=ROBIN)) == 0
