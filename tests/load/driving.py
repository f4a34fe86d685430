"""The driver as a process of its own: `python -m tests.load.driving` takes one job a line on its
input, as JSON, and answers each with a line; `DriverProcess` is the other end."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

import uvloop

from tests.load.driver import Door, Load, Record
from tests.load.histogram import Histogram
from tests.load.updates import FIRST_PERSON, FOTBOT, PLAIN, Crowd

WORDS = {"fotbot": FOTBOT, "plain": PLAIN}
LONGEST_LINE = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A run: a closed loop of `connections`, or, with a rate, an open one over them."""

    door: Door
    operation: str
    people: int
    sessions: Sequence[int] = (0,)
    first: int = 0
    """Number of the first update in the crowd's endless row."""
    words: str = "fotbot"
    first_person: int = FIRST_PERSON
    connections: int = 64
    rate: float = 0.0
    seconds: float = 1e6
    count: int = 10**12
    keep: bool = False

    async def run(self) -> Record:
        """In this process."""
        crowd = Crowd(
            operation=self.operation,
            people=self.people,
            sessions=self.sessions,
            first_person=self.first_person,
            words=WORDS[self.words],
        )
        acts = crowd.acts(self.first)
        load = Load(self.door, acts, connections=self.connections, keep=self.keep)
        if self.rate:
            return await load.at_rate(self.rate, seconds=self.seconds)
        return await load.closed(seconds=self.seconds, count=self.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A run's record from the other process."""

    sent: int
    done: int
    refused: int
    again: int
    cut_off: int
    seconds: float
    latency: Histogram
    statuses: Counter[int]
    methods: Counter[str]
    unanswered: list[int]
    taken: list[tuple[int, int]]
    sample: str
    bodies: list[tuple[int, int, str]]
    """(person, session, answer's body)."""

    @property
    def lost(self) -> int:
        """Updates without a final answer."""
        return self.sent - self.done - self.refused

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.done / self.seconds if self.seconds else 0.0


class DriverProcess:
    """Runs one job after the other, elsewhere."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self._child = child

    @classmethod
    @asynccontextmanager
    async def start(cls) -> AsyncIterator[DriverProcess]:
        """Its process ends with the block."""
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.load.driving"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LONGEST_LINE,
        )
        try:
            yield cls(child)
        finally:
            if child.returncode is None:
                child.kill()
            await child.wait()

    async def run(self, job: Job) -> Told:
        """Raises EOFError when the process is gone."""
        ours, theirs = self._child.stdin, self._child.stdout
        if ours is None or theirs is None:
            raise EOFError("the driver has no pipes")
        told = {**asdict(job), "sessions": list(job.sessions)}
        ours.write(json.dumps(told).encode() + b"\n")
        await ours.drain()
        line = await theirs.readline()
        if not line:
            raise EOFError("the driver has ended")
        return _heard(json.loads(line))


def _heard(told: dict[str, Any]) -> Told:
    return Told(
        **{
            **told,
            "latency": Histogram.from_json(told["latency"]),
            "statuses": Counter({int(key): count for key, count in told["statuses"].items()}),
            "methods": Counter(told["methods"]),
            "taken": [(person, session) for person, session in told["taken"]],
            "bodies": [(person, session, body) for person, session, body in told["bodies"]],
        }
    )


def _tell(record: Record) -> dict[str, Any]:
    return {
        "sent": record.sent,
        "done": record.done,
        "refused": record.refused,
        "again": record.again,
        "cut_off": record.cut_off,
        "seconds": record.seconds,
        "latency": record.latency.to_json(),
        "statuses": record.statuses,
        "methods": record.methods,
        "unanswered": record.unanswered,
        "taken": record.taken,
        "sample": record.sample.decode(errors="replace"),
        "bodies": [(act.person, act.session, body.decode()) for act, body in record.bodies],
    }


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        told = json.loads(line)
        record = await Job(**{**told, "door": Door(**told["door"])}).run()
        print(json.dumps(_tell(record)), flush=True)


if __name__ == "__main__":
    uvloop.run(_serve())
