"""REDIS_URL: one or more seed nodes of the cluster."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """A node to ask for the others."""

    host: str
    port: int
    username: str | None
    password: str | None
    tls: bool
    roots: str | None
    """File with whom the nodes' certificates are from; None: the system's own."""
    names: bool
    """Whether a certificate must be for the name or address at which its node is found."""


def seeds(text: str) -> list[Seed]:
    """`redis://[user:password@]host:port` or `host:port`, comma-separated. `rediss://` is TLS, with
    `?ssl_ca_certs=<file>` for a CA of one's own and `&ssl_check_hostname=false` where nodes are
    found at addresses that their certificates do not name.

    Raises ValueError when there is none, one has no host, or asks for what is not known here.
    """
    found = [_seed(part.strip()) for part in text.split(",") if part.strip()]
    if not found:
        raise ValueError("REDIS_URL names no node")
    return found


def _seed(text: str) -> Seed:
    parts = urlsplit(text if "://" in text else f"redis://{text}")
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname:
        raise ValueError("REDIS_URL wants redis://host:port nodes")
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := asked.keys() - {"ssl_ca_certs", "ssl_check_hostname"}:
        raise ValueError(f"REDIS_URL does not know {', '.join(sorted(unknown))}")
    names = asked.get("ssl_check_hostname", "true").lower()
    if names not in {"true", "false"}:
        raise ValueError("REDIS_URL: ssl_check_hostname is true or false")
    return Seed(
        host=parts.hostname,
        port=parts.port or 6379,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls=parts.scheme == "rediss",
        roots=asked.get("ssl_ca_certs") or None,
        names=names == "true",
    )
