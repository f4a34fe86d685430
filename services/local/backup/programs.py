"""PostgreSQL's own pg_dump and pg_restore, and how far they have got."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Mapping
from pathlib import Path

from services.local.backup.manifest import BackupFailed
from services.local.move_in.progress import Bar
from services.local.process import LOOPBACK
from services.local.stores.binaries import BARE_ENV, as_postgres_user, postgres_bin
from services.local.stores.postgres_server import SUPERUSER

TABLE = re.compile(r'(?:dumping contents of|processing data for) table "([^"]+)"')
LAST_LINES = 5


async def run_with_progress(
    program: str,
    *arguments: str,
    port: int,
    passfile: Path,
    rows: Mapping[str, int],
) -> None:
    """Runs it on the server at `port` to its end; tells of each table's rows as its turn comes.
    Raises BackupFailed with the program's last words."""
    command = (
        *(*as_postgres_user(), postgres_bin(program), "--verbose", "--no-password"),
        *("-h", LOOPBACK, "-p", str(port), "-U", SUPERUSER),
        *arguments,
    )
    child = await asyncio.create_subprocess_exec(
        *command,
        env={**BARE_ENV, "PGPASSFILE": str(passfile)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        last = await _told(program, child.stderr, rows) if child.stderr else ()
        if await child.wait() != 0:
            raise BackupFailed(f"{program} failed: " + " ".join(last))
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


async def _told(program: str, said: asyncio.StreamReader, rows: Mapping[str, int]) -> deque[str]:
    """The bar moves; answers the last lines."""
    last: deque[str] = deque(maxlen=LAST_LINES)
    bar = Bar(program, sum(rows.values()))
    async for raw in said:
        line = raw.decode(errors="replace").strip()
        last.append(line)
        if found := TABLE.search(line):
            bar.advance(rows.get(found[1], 0))
    bar.end()
    return last
