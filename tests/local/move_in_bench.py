"""`python -m tests.local.move_in_bench` (or `make move-in-bench`): an old database of 50,000 users,
2,000 sessions and 60,000 registrations, moved twice as a person would; the reports are compared."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from services.local.ports import free_port
from services.local.stores.postgres import PostgresPair
from services.local.stores.sql import connect
from services.local.supervisor import Supervisor
from tests.local.old_bot import Scale, build

SCALE = Scale(users=50_000, sessions=2_000, registrations=60_000)


async def bench(folder: Path) -> None:
    async with Supervisor(folder / "logs") as supervisor:
        places = {"port": free_port(), "replica_port": free_port()}
        async with PostgresPair(folder / "old", supervisor, durable=False, **places) as pair:
            database = await pair.create_database("old_bot")
            url = database.url("users").replace("+asyncpg", "")
            print(f"an old bot of {SCALE}", flush=True)
            connection = await connect(url)
            began = time.monotonic()
            await build(connection, SCALE)
            await connection.close()
            print(f"built in {time.monotonic() - began:.1f} s", flush=True)
            first = await moved(folder, url, "first.json")
            second = await moved(folder, url, "second.json")
    assert_same(first, second)
    print("run twice: the second found everything there, left the same, summed the same")


async def moved(folder: Path, url: str, name: str) -> dict[str, Any]:
    """The report of one move by the command, into a local system of its own."""
    environ = {**os.environ, "LOCAL_DATA": str(folder / "new"), "LOCAL_PORTS": "free"}
    command = (sys.executable, "-m", "services.local.move_in", "--from", url)
    report = folder / name
    child = await asyncio.create_subprocess_exec(*command, "--report", str(report), env=environ)
    if await child.wait():
        sys.exit(f"the move ended with {child.returncode}")
    told: dict[str, Any] = json.loads(report.read_text())
    return told


def assert_same(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert first["left"] == second["left"]
    assert first["sums"] == second["sums"]
    for name, table in second["tables"].items():
        assert table["moved"] == 0, name
        assert table["already_there"] == first["tables"][name]["moved"], name


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as kept:
        asyncio.run(bench(Path(kept)))
