"""Database and cache addresses as people write them, turned into what the drivers want."""

from sqlalchemy.engine import URL, make_url


def database_urls(text: str) -> list[URL]:
    """Comma-separated postgresql:// addresses, each for the asyncpg driver.

    Raises ValueError for anything that is not Postgres.
    """
    return [_for_asyncpg(part.strip()) for part in text.split(",") if part.strip()]


def _for_asyncpg(text: str) -> URL:
    url = make_url(text)
    if url.get_backend_name() not in {"postgresql", "postgres"}:
        raise ValueError(f"not a postgresql:// address but {url.drivername}://")
    return url.set(drivername="postgresql+asyncpg")
