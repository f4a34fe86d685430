"""Who this process is to the others: a certificate that is read again when its files change.

Without one (a laptop, or a mesh that does it below us) calls travel in the clear, and nobody is
asked who he is.
"""

import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from services.chassis import logs
from services.chassis.peers import Peer, peer_of
from services.chassis.secret_files import POLL_SECONDS, Contents, SecretFiles
from services.chassis.setting_groups import TlsSettings
from services.chassis.settings import SettingsError

# A name that is a URI, as X.509 writes it: a tag, a length of one byte, the text.
_URI = re.compile(rb"\x86(.)(?=spiffe://)", re.DOTALL)

CHAIN, KEY, ROOTS = "TLS_CERT_FILE", "TLS_KEY_FILE", "TLS_CA_FILE"

log = logs.logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """In PEM: our own chain with its key, and who is trusted to vouch for others."""

    chain: bytes
    key: bytes
    roots: bytes


class Identity:
    """The newest good certificates. Whoever holds connections made with older ones subscribes."""

    def __init__(self, paths: dict[str, Path], trust_domain: str) -> None:
        """Raises ValueError for files that cannot be used together."""
        self._paths = paths
        self._trust_domain = trust_domain
        self._files = SecretFiles(paths)
        self._subscribers: set[Callable[[], None]] = set()
        self.certificates = self._checked(self._files.contents)
        self.own = self._own(self.certificates)

    async def follow(self, every: float = POLL_SECONDS) -> None:
        """For ever: take what the files hold; what cannot be used is logged and not taken."""
        await self._files.follow(self._changed, every)

    def subscribe(self, renewed: Callable[[], None]) -> Callable[[], None]:
        """Call `renewed` after each change, until what is answered is called."""
        self._subscribers.add(renewed)
        return lambda: self._subscribers.discard(renewed)

    def _changed(self, contents: Contents) -> None:
        certificates = self._checked(contents)
        if self._own(certificates) != self.own:
            raise ValueError("the new certificate is another process's")
        self.certificates = certificates
        log.info("certificates are renewed", identity=str(self.own))
        for renewed in tuple(self._subscribers):
            renewed()

    def _checked(self, contents: Contents) -> Certificates:
        """Raises ValueError unless the key is the certificate's and all can be read."""
        chain, key, roots = (contents[name] for name in (CHAIN, KEY, ROOTS))
        if chain is None or key is None or roots is None:
            missing = [name for name, content in contents.items() if content is None]
            raise ValueError(f"{', '.join(missing)} cannot be read")
        _check(self._paths)
        return Certificates(chain=chain, key=key, roots=roots)

    def _own(self, certificates: Certificates) -> Peer:
        return peer_of(_uris(certificates.chain), self._trust_domain)


def from_settings(settings: TlsSettings) -> Identity | None:
    """None where none is set. Raises SettingsError for files that cannot be used."""
    if settings.tls_cert_file is None or settings.tls_key_file is None:
        return None
    if settings.tls_ca_file is None or settings.tls_trust_domain is None:
        return None
    paths = {
        CHAIN: settings.tls_cert_file,
        KEY: settings.tls_key_file,
        ROOTS: settings.tls_ca_file,
    }
    try:
        return Identity(paths, settings.tls_trust_domain)
    except ValueError as error:
        raise SettingsError(f"TLS: {error}") from error


_present: list[Identity] = []


def present(identity: Identity | None) -> None:
    """From now on this process's servers and channels are opened as `identity`."""
    _present[:] = [identity] if identity else []


def current() -> Identity | None:
    """As whom servers and channels are opened."""
    return _present[0] if _present else None


def _check(paths: dict[str, Path]) -> None:
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(paths[CHAIN], paths[KEY])
        context.load_verify_locations(paths[ROOTS])
    except OSError as error:  # ssl's own errors are such too
        raise ValueError(f"certificate, key and CA do not go together: {error}") from error


def _uris(chain: bytes) -> list[bytes]:
    """The SPIFFE ids of the first certificate in a PEM text."""
    text = chain.decode("ascii", "replace")
    first = text[text.find(ssl.PEM_HEADER) :].partition(ssl.PEM_FOOTER)
    der = ssl.PEM_cert_to_DER_cert("".join(first[:2]))
    return [der[at.end() : at.end() + at[1][0]] for at in _URI.finditer(der)]
