"""Until when a certificate is good, as the metrics tell it."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from services.chassis.certificates import tell_expiry, validity

EXPIRES = "fotbot_certificate_expires_timestamp_seconds"
OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="no openssl to make certificates with")


def certificate(folder: Path, days: int) -> Path:
    """A certificate that is good for so many days."""
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    files = ("-keyout", str(folder / "tls.key"), "-out", str(folder / "tls.crt"))
    command = (str(OPENSSL), "req", "-x509", *key, *files, "-days", str(days), "-subj", "/CN=x")
    subprocess.run(command, check=True, capture_output=True, timeout=20)
    return folder / "tls.crt"


@needs_openssl
@pytest.mark.parametrize("days", [7, 20_000])  # the second one's year needs four digits
def test_its_end_is_read_from_the_file(tmp_path: Path, days: int) -> None:
    now = datetime.now(UTC)
    found = validity(certificate(tmp_path, days).read_text())
    assert abs(found.starts - now.timestamp()) < 120
    assert abs(found.expires - (now + timedelta(days=days)).timestamp()) < 120


@needs_openssl
def test_a_renewed_one_is_told_and_an_unreadable_one_is_long_past(tmp_path: Path) -> None:
    path = certificate(tmp_path, 2)
    tell_expiry(str(path))
    first = REGISTRY.get_sample_value(EXPIRES, {"name": "tls"})
    certificate(tmp_path, 9)
    renewed = REGISTRY.get_sample_value(EXPIRES, {"name": "tls"})
    path.unlink()
    assert first is not None
    assert renewed is not None
    assert renewed - first > timedelta(days=6).total_seconds()
    assert REGISTRY.get_sample_value(EXPIRES, {"name": "tls"}) == 0


def test_what_is_no_certificate_is_refused() -> None:
    with pytest.raises(ValueError, match=r"."):
        validity("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
