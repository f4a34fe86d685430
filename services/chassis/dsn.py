"""Database addresses as people write them, turned into what the driver wants."""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy.engine import URL, make_url

from services.chassis.settings import Settings

# Between two addresses; a comma inside one stands between the hosts of the same database.
BETWEEN = re.compile(r",\s*(?=postgres(?:ql)?(?:\+\w+)?://)")
SEVERAL_HOSTS = re.compile(r"(?<=[@/])([^@/?]+,[^@/?]+)(?=[/?]|$)")


def database_urls(text: str) -> list[URL]:
    """Comma-separated postgresql:// addresses, each for the asyncpg driver.

    One may name several hosts, as libpq writes it: postgresql://user@one:5432,two:5432/name; the
    first that answers is taken, or with ?target_session_attrs= the first that is such a server.
    Raises ValueError for anything that is not Postgres.
    """
    return [_for_asyncpg(part.strip()) for part in BETWEEN.split(text) if part.strip(", ")]


def primary_url(text: str) -> URL:
    """The one address of a database that is written to; of several hosts, the one that takes
    writes. Raises ValueError."""
    urls = database_urls(text)
    if len(urls) != 1:
        raise ValueError("DATABASE_URL takes one address; several hosts go into it: one,two")
    [url] = urls
    if len(hosts(url)) > 1 and "target_session_attrs" not in url.query:
        return url.update_query_dict({"target_session_attrs": "read-write"})
    return url


def hosts(url: URL) -> list[tuple[str, int]]:
    """Where its servers are."""
    arguments: Any = url.get_dialect()().create_connect_args(url)[1]
    names: Any = arguments.get("host") or "localhost"
    ports: Any = arguments.get("port") or 5432
    if isinstance(names, str):
        return [(names, int(ports))]
    return [(name, int(port)) for name, port in zip(names, ports, strict=True)]


def as_named_now(settings: Settings, field: str, place: int = 0) -> Callable[[], URL]:
    """Tells the address of a setting, the nth of several, as its file has it whenever asked."""
    return lambda: database_urls(settings.now(field))[place]


def _for_asyncpg(text: str) -> URL:
    several = SEVERAL_HOSTS.search(text)
    if several:
        text = text[: several.start()] + text[several.end() :]
    url = make_url(text)
    if url.get_backend_name() not in {"postgresql", "postgres"}:
        raise ValueError(f"not a postgresql:// address but {url.drivername}://")
    url = url.set(drivername="postgresql+asyncpg")
    if several:
        named = [host if ":" in host else f"{host}:5432" for host in several[1].split(",")]
        url = url.update_query_dict({"host": named})
    return url
