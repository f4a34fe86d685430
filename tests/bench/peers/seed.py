"""Makes an alternative's schema and a city in it, the same for all of them.

python -m tests.bench.peers.seed --people N --sessions M --capacity C; the database is that of
DATABASE_URL, and what was in it is gone.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

import asyncpg

SCHEMA = Path(__file__).with_name("schema.sql")

PEOPLE = """
INSERT INTO "User" (telegram_id, first_name, last_name, phone, language)
SELECT $1::bigint + n, 'P' || n, 'Valiyev', '+99890' || lpad(n::text, 7, '0'), 'en'
  FROM generate_series(0, $2::int - 1) AS n
"""
SESSIONS = """
INSERT INTO "Session" (start_at, end_at, type, stadium, price, capacity)
SELECT starts, starts + interval '90 minutes', 'FIVE_V_FIVE', 'Chilonzor Arena', 0, $2
  FROM generate_series(1, $1::int) AS n,
       LATERAL (SELECT date_trunc('minute', now()) + interval '1 day' + n * interval '1 minute')
               AS t(starts)
"""


async def seed(
    database_url: str, *, people: int, sessions: int, capacity: int, first_person: int = 1_000_000
) -> None:
    """The schema anew; people from `first_person` on, sessions 1 to `sessions`, nobody in any."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(SCHEMA.read_text())
        await connection.execute(PEOPLE, first_person, people)
        await connection.execute(SESSIONS, sessions, capacity)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, required=True)
    parser.add_argument("--sessions", type=int, required=True)
    parser.add_argument("--capacity", type=int, required=True)
    parser.add_argument("--first-person", type=int, default=1_000_000)
    given = vars(parser.parse_args())
    asyncio.run(seed(os.environ["DATABASE_URL"], **given))


if __name__ == "__main__":
    main()
