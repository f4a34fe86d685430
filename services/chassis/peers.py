"""Who calls: read from the certificate that the caller has shown, checked at each method."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import grpc

from services.chassis import logs, metrics
from services.chassis.edges import may_call
from services.chassis.errors import Forbidden

NAMES = "x509_subject_alternative_name"
UNKNOWN = "unknown"
MOST_KNOWN = 1024

_ID = re.compile(rb"spiffe://([a-z0-9._-]{1,255})/ns/([a-z0-9-]{1,63})/sa/([a-z0-9-]{1,63})")

log = logs.logger(__name__)

MayCall = Callable[[str, str], bool]


class PeerNotAllowed(Forbidden):
    """The caller's certificate is no role of ours, or its role has no business here."""

    reason = "PEER_NOT_ALLOWED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A role of Fotbot's, running in a namespace."""

    trust_domain: str
    namespace: str
    role: str

    def __str__(self) -> str:
        return f"spiffe://{self.trust_domain}/ns/{self.namespace}/sa/{self.role}"


def peer_of(names: Iterable[bytes], trust_domain: str) -> Peer:
    """Whom a certificate with these names is for. Raises ValueError unless it has exactly one
    spiffe://<trust domain>/ns/<namespace>/sa/<role>."""
    ids = [name for name in names if name.startswith(b"spiffe://")]
    found = _ID.fullmatch(ids[0]) if len(ids) == 1 else None
    if found is None:
        raise ValueError("a certificate without one SPIFFE id of ours")
    domain, namespace, role = (part.decode() for part in found.groups())
    if domain != trust_domain:
        raise ValueError(f"a certificate of another trust domain: {domain}")
    return Peer(trust_domain=domain, namespace=namespace, role=role)


class Guard:
    """At a server's door. Callers are of its own namespace."""

    def __init__(self, own: Peer, allows: MayCall = may_call) -> None:
        self._own = own
        self._allows = allows
        self._known: dict[tuple[bytes, ...], str | None] = {}

    def check(self, method: str, context: "grpc.aio.ServicerContext[Any, Any]") -> None:
        """Raises PeerNotAllowed."""
        names = tuple(context.auth_context().get(NAMES, ()))
        role = self._role(names)
        if role is not None and self._allows(role, method):
            return
        metrics.RPC_PEERS_REFUSED.labels(role or UNKNOWN, method).inc()
        told = [name.decode("ascii", "replace") for name in names[:4]]
        log.warning("a caller is turned away", method=method, role=role or UNKNOWN, names=told)
        raise PeerNotAllowed(f"{role or 'this certificate'} may not call {method}")

    def _role(self, names: tuple[bytes, ...]) -> str | None:
        """None: nobody of ours."""
        if names not in self._known:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[names] = self._read(names)
        return self._known[names]

    def _read(self, names: tuple[bytes, ...]) -> str | None:
        try:
            peer = peer_of(names, self._own.trust_domain)
        except ValueError:
            return None
        return peer.role if peer.namespace == self._own.namespace else None
