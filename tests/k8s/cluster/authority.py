"""The cluster's own certificate authority: who it signs for is believed by the API server."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

DAYS = "3"
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A signed certificate and its key, as PEM files."""

    certificate: Path
    key: Path


class Authority:
    """Signs, by openssl, into one folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        root = self._made("ca", ("-subj", "/CN=test-authority", *_MAY_SIGN))
        self.certificate, self._key = root.certificate, root.key

    def serving(self, name: str, *addresses: str) -> Certificate:
        """For a server at these, each spelt as openssl wants it: DNS:localhost, IP:127.0.0.1."""
        names = f"subjectAltName={','.join(addresses)}"
        return self._signed(name, ("-subj", f"/CN={name}", "-addext", names))

    def client(self, user: str, *groups: str) -> Certificate:
        """For a client that the API server takes for this user in these groups."""
        subject = "".join(f"/O={group}" for group in groups) + f"/CN={user}"
        return self._signed(user.replace(":", "-").replace("/", "-"), ("-subj", subject))

    def signing_key(self, name: str) -> Path:
        """A bare RSA key, for service account tokens."""
        key = self._folder / f"{name}.key"
        _openssl("genrsa", "-out", str(key), "2048")
        return key

    def _signed(self, name: str, about: tuple[str, ...]) -> Certificate:
        by = ("-CA", str(self.certificate), "-CAkey", str(self._key))
        usage = "extendedKeyUsage=serverAuth,clientAuth"
        leaf = ("-addext", "basicConstraints=critical,CA:FALSE", "-addext", usage)
        return self._made(name, (*by, *leaf, *about))

    def _made(self, name: str, about: tuple[str, ...]) -> Certificate:
        made = Certificate(
            certificate=self._folder / f"{name}.crt", key=self._folder / f"{name}.key"
        )
        files = ("-out", str(made.certificate), "-keyout", str(made.key))
        _openssl("req", "-x509", *CURVE, *files, *about)
        return made


_MAY_SIGN = ("-addext", "keyUsage=critical,keyCertSign,digitalSignature")


def _openssl(*arguments: str) -> None:
    subprocess.run(("openssl", *arguments), check=True, capture_output=True)
