"""REDIS_URL: one or more seed nodes of the cluster."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """A node to ask for the others."""

    host: str
    port: int
    username: str | None
    password: str | None
    tls: bool


def seeds(text: str) -> list[Seed]:
    """`redis://[user:password@]host:port` or `host:port`, comma-separated.

    Raises ValueError when there is none, or one has no host.
    """
    found = [_seed(part.strip()) for part in text.split(",") if part.strip()]
    if not found:
        raise ValueError("REDIS_URL names no node")
    return found


def _seed(text: str) -> Seed:
    parts = urlsplit(text if "://" in text else f"redis://{text}")
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname:
        raise ValueError("REDIS_URL wants redis://host:port nodes")
    return Seed(
        host=parts.hostname,
        port=parts.port or 6379,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls=parts.scheme == "rediss",
    )
