"""What the gateway alone costs: the real process against stub services over real gRPC and a real
cluster. `python -m tests.bench.gateway_alone [start|list|register] [--updates N] [--in-flight N]`
prints its CPU per update; `--profile FILE` has cProfile written there by the gateway.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import sys
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import uvloop

from services.chassis import cache_values
from services.chassis.cache import Cache
from services.chassis.cache_cluster import cluster
from services.chassis.client import full_name
from services.chassis.known_person import person_key
from services.chassis.seeds import seeds
from services.chassis.server import serving
from services.local.ports import free_port, free_valkey_ports
from services.local.stores.valkey import ValkeyCluster
from services.local.supervisor import Supervisor
from tests.bench.stub_services import ensured, registers

SECRET = "a-secret-for-this-run-0123456789"
PEOPLE = 500
FIRST_PERSON = 500_000_000
COUNTED = re.compile(r'fotbot_batch_items_(sum|count)\{method="(\w+)"\} (\S+)')
TICKS = os.sysconf("SC_CLK_TCK")
# What is imported is not to be seen in it, nor the time of other processes.
PROFILED = (
    "import cProfile, runpy, sys, time\n"
    "import services.gateway.assembly, services.gateway.http_server\n"
    "profile = cProfile.Profile(time.thread_time)\n"
    "try:\n"
    "    profile.runcall(runpy.run_module, 'services.gateway', run_name='__main__')\n"
    "finally:\n"
    "    profile.dump_stats(sys.argv[1])\n"
)


@dataclass(slots=True)
class Driver:
    """A closed loop of keep-alive connections; each sends its next update when one is answered."""

    port: int
    update: Callable[[int], bytes]
    left: int = 0
    sent: int = 0
    done: int = 0
    due: int = 0
    wrong: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, updates: int, in_flight: int) -> None:
        """Returns when so many updates were answered."""
        self.left, self.due = updates, self.sent + updates
        self.ended.clear()
        loop = asyncio.get_running_loop()
        made = [
            await loop.create_connection(lambda: Connection(self), "127.0.0.1", self.port)
            for _ in range(in_flight)
        ]
        for _, connection in made:
            connection.go_on()
        await self.ended.wait()
        for transport, _ in made:
            transport.close()

    def next(self) -> bytes | None:
        """The next update's bytes, None when all are sent."""
        if not self.left:
            return None
        self.left -= 1
        self.sent += 1
        return self.update(self.sent)


class Connection(asyncio.Protocol):
    """One connection of the driver. Answers are small: head and body come together."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._read = b""
        self._under_way = 0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def go_on(self) -> None:
        """Sends the next one."""
        if (update := self._driver.next()) is not None:
            self._under_way += 1
            self._transport.write(update)

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, found, rest = self._read.partition(b"\r\n\r\n")
        if not found or len(rest) < _length(head):
            return
        self._read = b""
        driver = self._driver
        driver.done += 1
        driver.wrong += not head.startswith(b"HTTP/1.1 200") or b'"method"' not in rest
        self._under_way -= 1
        self.go_on()
        if driver.done >= driver.due:
            driver.ended.set()


def _length(head: bytes) -> int:
    found = head.lower().rpartition(b"content-length: ")[2]
    return int(found.split(b"\r\n", 1)[0])


def message(number: int, text: str) -> dict[str, Any]:
    person = FIRST_PERSON + number % PEOPLE
    who = {"id": person, "first_name": "Ali", "last_name": "Valiyev", "username": f"u{person}"}
    return {
        "message": {
            "message_id": number,
            "from": {**who, "is_bot": False, "language_code": "ru"},
            "chat": {**who, "type": "private"},
            "date": 1_760_000_000,
            "text": text,
            "entities": [{"offset": 0, "length": len(text), "type": "bot_command"}],
        }
    }


def tap(number: int, data: str) -> dict[str, Any]:
    said = message(number, "⚽ Chilonzor\nWednesday, 25 November, 20:00–21:30")["message"]
    who = said.pop("from")
    bot = {"id": 42, "is_bot": True, "first_name": "Fotbot", "username": "FotbotTest"}
    return {
        "callback_query": {
            "id": str(4_000_000_000_000 + number),
            "from": who,
            "message": {**said, "from": bot},
            "chat_instance": "-3784329874",
            "data": data,
        }
    }


OPERATIONS: dict[str, Callable[[int], dict[str, Any]]] = {
    "start": lambda number: message(number, "/start"),
    "list": lambda number: message(number, "/sessions"),
    "register": lambda number: tap(number, f"sj:{1 + number % 5}"),
}


def request(operation: str) -> Callable[[int], bytes]:
    """Makes the HTTP request of the n-th update; its id is used once."""
    base = int(time.time() * 1000)

    def made(number: int) -> bytes:
        update = {"update_id": base + number, **OPERATIONS[operation](number)}
        body = json.dumps(update, ensure_ascii=False).encode()
        return (
            b"POST /telegram/webhook HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"X-Telegram-Bot-Api-Secret-Token: " + SECRET.encode() + b"\r\n"
            b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body
        )

    return made


def cpu_seconds(pid: int) -> float:
    """What the process has used so far, all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@asynccontextmanager
async def gateway(profile: str | None) -> AsyncIterator[tuple[int, int, int]]:
    """The process and its ports, once it answers."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        supervisor = await stack.enter_async_context(Supervisor(folder / "logs"))
        valkey = await stack.enter_async_context(
            ValkeyCluster(folder / "valkey", supervisor, ports=free_valkey_ports(3))
        )
        await make_known(valkey.url)
        addresses = {
            f"{name.upper()}_ADDR": await stack.enter_async_context(
                serving(register, [full_name(name)])
            )
            for name, register in registers().items()
        }
        port = free_port()
        environ = {
            **{name: value for name, value in os.environ.items() if name.startswith("OTEL_")},
            "PATH": os.environ["PATH"],
            "WEBHOOK_SECRET": SECRET,
            "REDIS_URL": valkey.url,
            "TEAMS_ADDR": "ipv4:127.0.0.1:1",
            "RATE_LIMIT_MAX": "10000",
            "HTTP_PORT": str(port),
            "OPS_PORT": str(free_port()),
            "LISTEN_HOST": "127.0.0.1",
            "DRAIN_SECONDS": "0",
            **addresses,
        }
        run = ["-c", PROFILED, profile] if profile else ["-m", "services.gateway"]
        log = stack.enter_context((folder / "gateway.log").open("wb"))
        process = await asyncio.create_subprocess_exec(
            sys.executable, *run, env=environ, stdout=log, stderr=log
        )
        try:
            await _answering(port)
            yield process.pid, port, int(environ["OPS_PORT"])
        finally:
            process.terminate()
            await process.wait()
            told = deque((folder / "gateway.log").open(), 3)
            print(f"its log has {(folder / 'gateway.log').stat().st_size} bytes", *told, sep="\n  ")


async def make_known(redis_url: str) -> None:
    """Everybody is in the cluster, as users keeps who was here before."""
    async with Cache.over(cluster(seeds(redis_url)), "users", seconds=10.0) as cache:
        for person in range(FIRST_PERSON, FIRST_PERSON + PEOPLE):
            value = cache_values.packed(1, ensured(person).SerializeToString())
            await cache.send("SET", person_key(person), value)


async def _answering(port: int) -> None:
    driver = Driver(port, request("start"))
    for _ in range(900):
        try:
            await driver.run(1, 1)
            if not driver.wrong:
                return
        except OSError:
            pass
        driver.wrong = 0
        await asyncio.sleep(0.1)
    raise TimeoutError("the gateway does not answer")


async def measured(arguments: argparse.Namespace) -> None:
    """Prints a line for each operation."""
    async with gateway(arguments.profile) as (pid, port, ops_port):
        for operation in arguments.operations or OPERATIONS:
            driver = Driver(port, request(operation))
            await driver.run(arguments.warm, arguments.in_flight)
            for _ in range(arguments.repeat):
                carried = await _carried(ops_port)
                cpu, began = cpu_seconds(pid), time.perf_counter()
                await driver.run(arguments.updates, arguments.in_flight)
                spent = (cpu_seconds(pid) - cpu) / arguments.updates
                rate = arguments.updates / (time.perf_counter() - began)
                print(
                    f"{operation:9} {spent * 1e6:7.1f} us/update {rate:8.0f}/s"
                    f" wrong {driver.wrong} {_together(carried, await _carried(ops_port))}",
                    flush=True,
                )


async def _carried(ops_port: int) -> dict[str, tuple[float, float]]:
    """By batch method: how many items and batches so far."""
    url = f"http://127.0.0.1:{ops_port}/metrics"
    text = (await asyncio.to_thread(urlopen, url)).read().decode()
    found: dict[str, dict[str, float]] = {}
    for what, method, value in COUNTED.findall(text):
        found.setdefault(method, {})[what] = float(value)
    return {method: (one["sum"], one["count"]) for method, one in found.items()}


def _together(before: dict[str, tuple[float, float]], after: dict[str, tuple[float, float]]) -> str:
    """How many calls left together on average, by batch method."""
    sizes = []
    for method, (items, batches) in after.items():
        items_before, batches_before = before.get(method, (0.0, 0.0))
        if batches > batches_before:
            sizes.append(f"{method} {(items - items_before) / (batches - batches_before):.1f}")
    return ", ".join(sizes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("operations", nargs="*", choices=[*OPERATIONS, []])
    parser.add_argument("--updates", type=int, default=10_000)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--warm", type=int, default=4000)
    parser.add_argument("--profile")
    uvloop.run(measured(parser.parse_args()))


if __name__ == "__main__":
    main()
