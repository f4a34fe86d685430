"""`make growth`: what an update costs in a city of a million people with years behind it, against
a town of a thousand, in turns; and how every hot statement is gone about there."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any

from services.local.stores.postgres import DATABASE
from services.local.stores.sql import Connection
from tests.bench import results
from tests.bench.fotbot import Fotbot, running_fotbot
from tests.bench.runs import Runs, Tried
from tests.bench.systems import Scale
from tests.growth.checked import Checked, Ground
from tests.growth.grow import grow
from tests.growth.size import CITY, Size
from tests.load.driving import DriverProcess

OPERATIONS = ("start", "list", "register")
TOWN = Scale(people=1_000, sessions=1_000, capacity=28)
"""Who taps, and evenings that come: the same in both."""

ALLOWED = 1.2
PAIRS, SECONDS, WARM_SECONDS = 5, 5.0, 4.0
BYTES = """
SELECT n.nspname AS schema, sum(pg_total_relation_size(c.oid))::bigint AS bytes
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname = ANY(ARRAY['users', 'sessions', 'teams', 'sender'])
GROUP BY n.nspname ORDER BY n.nspname
"""
_began = time.monotonic()


def say(words: str) -> None:
    """With the time since the start."""
    gone = int(time.monotonic() - _began)
    print(f"[{gone // 60:2}:{gone % 60:02}] {words}", flush=True)


async def growth(folder: Path, size: Size, pairs: int) -> tuple[dict[str, Any], Checked]:
    """The part of the results, and the plans."""
    say("starting both")
    async with (
        DriverProcess.start() as driver,
        running_fotbot(folder / "town", TOWN) as town,
        running_fotbot(folder / "city", TOWN) as city,
    ):
        city.name = "city"
        async with _admin(city) as admin:
            await grow(admin, size, say=say, after_each=city.stores.postgres.catch_up)
            taken = {row["schema"]: row["bytes"] for row in await admin.fetch(BYTES)}
        say(", ".join(f"{name} {size / 2**30:.2f} GiB" for name, size in taken.items()))
        runs = await _compared(driver, town, city, pairs)
        everybody = await _by_everybody(driver, city, size)
        say("looking at plans")
        await asyncio.gather(*map(city.supervisor.stop, city.names))
        checked = await _ground(folder, city).checked()
    return {**_part(runs), "us_by_everybody": everybody, "bytes": taken}, checked


async def _compared(driver: DriverProcess, town: Fotbot, city: Fotbot, pairs: int) -> Runs:
    """The same thousand people tap in both, one after the other."""
    runs = Runs()
    for operation in OPERATIONS:
        tried = [Tried(town, driver), Tried(city, driver)]
        await runs.in_turns(tried, operation, say, pairs=pairs, seconds=SECONDS, warm=WARM_SECONDS)
    return runs


async def _by_everybody(driver: DriverProcess, city: Fotbot, size: Size) -> Mapping[str, float]:
    """What an update costs when each is another person's, whom no cache knows: the price of a
    city that is awake, beside that of its growth."""
    city.scale = Scale(people=size.people, sessions=TOWN.sessions, capacity=TOWN.capacity)
    costs = {}
    for operation in OPERATIONS:
        tried = Tried(city, driver)
        tried.first[operation] = TOWN.people
        run = await tried.measured(operation, seconds=SECONDS)
        say(f"  {operation} by everybody: {run.total:.0f} us/update")
        costs[operation] = round(run.total, 1)
    return costs


def _part(runs: Runs) -> dict[str, Any]:
    """Of all three operations together, pair by pair, and of each."""
    by_operation = {name: runs.ratios("city", name, ours="fotbot") for name in OPERATIONS}
    pairs = range(len(by_operation["list"]))
    together = [median(ratios[pair] for ratios in by_operation.values()) for pair in pairs]
    return {
        "cpu_ratio": results.spread(together)["median"],
        "cpu_ratio_spread": results.spread(together),
        "cpu_ratio_by_operation": {
            name: results.spread(ratios) for name, ratios in by_operation.items()
        },
        "cpu_us": {
            place: {name: round(runs.cost(place, name), 1) for name in OPERATIONS}
            for place in ("fotbot", "city")
        },
    }


def _ground(folder: Path, city: Fotbot) -> Ground:
    postgres = city.stores.postgres
    return Ground(
        postgres=postgres,
        database=postgres.database,
        log=folder / "city" / "logs" / "postgres-primary.log",
        redis_url=city.stores.redis_url,
        past=TOWN.sessions + TOWN.sessions // 2,
    )


@asynccontextmanager
async def _admin(city: Fotbot) -> AsyncIterator[Connection]:
    connection = await city.stores.postgres.admin(DATABASE)
    try:
        yield connection
    finally:
        await connection.close()


def _told(part: Mapping[str, Any], checked: Checked) -> Sequence[str]:
    """For a terminal."""
    statements = sum(map(len, checked.asked.values()))
    rows = [
        f"{name:9} {spread['median']:.2f} times ({spread['low']:.2f}-{spread['high']:.2f}), "
        f"{part['cpu_us']['fotbot'][name]:.0f} -> {part['cpu_us']['city'][name]:.0f} us"
        for name, spread in part["cpu_ratio_by_operation"].items()
    ]
    return (
        *rows,
        f"together  {part['cpu_ratio']:.2f} times, at most {ALLOWED} is allowed",
        f"{statements} hot statements, {len(checked.faults)} with a plan that grows",
        *map(str, checked.faults),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=CITY.people)
    parser.add_argument("--sessions", type=int, default=CITY.sessions)
    parser.add_argument("--registrations", type=int, default=CITY.registrations)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    given = parser.parse_args()
    size = Size(people=given.people, sessions=given.sessions, registrations=given.registrations)
    kept = Path(".local")
    kept.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix="growth-", dir=kept, ignore_cleanup_errors=True
    ) as folder:
        part, checked = asyncio.run(growth(Path(folder).absolute(), size, given.pairs))
    whole = {**part, "faults": list(map(str, checked.faults)), "size": given.people}
    results.merge({"growth": whole, "machine": results.machine()})
    print(*_told(part, checked), sep="\n")
    sys.exit(0 if part["cpu_ratio"] <= ALLOWED and not checked.faults else 1)


if __name__ == "__main__":
    main()
