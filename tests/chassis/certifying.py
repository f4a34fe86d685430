"""Certificate authorities for a test, and what they sign."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.chassis.identity import CHAIN, KEY, ROOTS, Identity

DOMAIN, NAMESPACE = "fotbot.test", "football"
NOW = datetime.now(UTC)
FILES = {CHAIN: "tls.crt", KEY: "tls.key", ROOTS: "ca.crt"}


def spiffe(role: str, domain: str = DOMAIN, namespace: str = NAMESPACE) -> str:
    return f"spiffe://{domain}/ns/{namespace}/sa/{role}"


class Authority:
    """Signs certificates for this machine."""

    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = self._unsigned(self._name, self._key).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self.pem = _pem(made.sign(self._key, hashes.SHA256()))

    def issue(
        self, *ids: str, dns: str = "localhost", addresses: tuple[str, ...] = ("127.0.0.1",)
    ) -> tuple[bytes, bytes]:
        """A certificate with these SPIFFE ids, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = [
            x509.DNSName(dns),
            *(x509.IPAddress(ipaddress.ip_address(one)) for one in addresses),
            *map(x509.UniformResourceIdentifier, ids),
        ]
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fotbot")])
        made = self._unsigned(subject, key).add_extension(
            x509.SubjectAlternativeName(names), critical=False
        )
        return _pem(made.sign(self._key, hashes.SHA256())), _key(key)

    def _unsigned(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(hours=1))
            .not_valid_after(NOW + timedelta(days=1))
        )


def mount(folder: Path, pair: tuple[bytes, bytes], *roots: Authority) -> None:
    """As cert-manager's Secret is mounted."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tls.crt").write_bytes(pair[0])
    (folder / "tls.key").write_bytes(pair[1])
    (folder / "ca.crt").write_bytes(b"".join(root.pem for root in roots))


def identity(folder: Path, role: str, authority: Authority, *roots: Authority) -> Identity:
    """Of a role, with its files in a folder of its own."""
    mount(folder / role, authority.issue(spiffe(role)), *(roots or (authority,)))
    return mounted(folder / role)


def mounted(folder: Path) -> Identity:
    """Of the files in the folder."""
    return Identity({name: folder / file for name, file in FILES.items()}, DOMAIN)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
