"""One measured run, and many of them in turns: CPU per update in a closed loop of 64, latency in an
open one, the end state judged after the last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from tests.bench.cpu import cpu_seconds, pss_mib, spent
from tests.bench.systems import System
from tests.load.driving import DriverProcess, Job, Told
from tests.load.judge import Verdict, judge

IN_FLIGHT = 64
WARM_UPDATES, WARM_ROUNDS = 2_000, 3
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a closed loop has cost."""

    told: Told
    cpu: Mapping[str, float]
    """Microseconds per update by process."""
    memory: Mapping[str, float]
    """MiB by process, after the run."""
    calls: Mapping[str, int]
    """At Telegram's."""

    @property
    def total(self) -> float:
        """Microseconds per update, everything together."""
        return sum(self.cpu.values())


@dataclass(slots=True)
class Tried:
    """A system with what the runs so far have done to it."""

    system: System
    driver: DriverProcess
    first: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """By operation: the crowd's next number."""
    taken: list[tuple[int, int]] = field(default_factory=list)
    unanswered: list[int] = field(default_factory=list)
    lost: int = 0
    refused: int = 0

    async def bring(
        self,
        operation: str,
        *,
        seconds: float,
        connections: int = IN_FLIGHT,
        rate: float = 0.0,
        count: int = 10**12,
    ) -> Told:
        """A run whose outcome is remembered for the judge."""
        scale = self.system.scale
        job = Job(
            door=self.system.door,
            operation=operation,
            people=scale.people,
            sessions=range(1, scale.sessions + 1),
            first=self.first[operation],
            words=self.system.words,
            connections=connections,
            seconds=seconds,
            rate=rate,
            count=count,
        )
        told = await self.driver.run(job)
        self.first[operation] += told.sent
        self.lost += told.lost
        self.refused += told.refused
        self.unanswered += told.unanswered
        if operation == "register":
            self.taken += told.taken
        return told

    async def warm_up(self, operation: str, *, seconds: float) -> None:
        """So long, and until what is compiled on the way had its chance to be."""
        done = 0
        for _ in range(WARM_ROUNDS):
            done += (await self.bring(operation, seconds=seconds)).done
            if done >= WARM_UPDATES:
                return

    async def measured(
        self, operation: str, *, seconds: float, connections: int = IN_FLIGHT
    ) -> Run:
        """A closed loop with its CPU, up to the last call to Telegram that came of it."""
        telegram = self.system.telegram
        await telegram.quiet()
        pids = self.system.pids()
        calls, before = await telegram.counts(), cpu_seconds(pids)
        told = await self.bring(operation, seconds=seconds, connections=connections)
        await telegram.quiet()
        used = spent(before, cpu_seconds(pids))
        after = await telegram.counts()
        return Run(
            told=told,
            cpu={name: 1e6 * cpu / max(1, told.done) for name, cpu in used.items()},
            memory=pss_mib(pids),
            calls={name: count - calls.get(name, 0) for name, count in after.items()},
        )

    async def verdict(self) -> Verdict:
        """After everything."""
        await self.system.telegram.quiet()
        return judge(
            await self.system.places(),
            await self.system.capacities(),
            self.taken,
            unanswered=self.unanswered,
            answered=await self.system.telegram.answered(),
        )


@dataclass(slots=True)
class Runs:
    """All runs of one comparison, by system and operation, in turns."""

    made: dict[tuple[str, str], list[Run]] = field(default_factory=lambda: defaultdict(list))
    latency: dict[tuple[str, str], Told] = field(default_factory=dict)

    async def in_turns(
        self,
        tried: Sequence[Tried],
        operation: str,
        say: Say,
        *,
        pairs: int,
        seconds: float,
        warm: float,
    ) -> None:
        """`pairs` runs of each system, one after the other, begun by another each time."""
        for system in tried:
            await system.warm_up(operation, seconds=warm)
        for pair in range(pairs):
            turn = pair % len(tried)
            for system in (*tried[turn:], *tried[:turn]):
                run = await system.measured(operation, seconds=seconds)
                self.made[system.system.name, operation].append(run)
                say(f"  {operation} {pair + 1}/{pairs} {line(system.system.name, run)}")
        for system in tried:
            rate = self.rate(system.system.name, operation) / 2
            told = await system.bring(operation, seconds=seconds, rate=rate)
            self.latency[system.system.name, operation] = told
            say(f"  {operation} at {rate:.0f}/s {system.system.name}: {delays(told)}")

    def rate(self, system: str, operation: str) -> float:
        """Updates a second in the closed loop, the median."""
        return median(run.told.rate for run in self.made[system, operation])

    def cost(self, system: str, operation: str) -> float:
        """Microseconds per update, the median."""
        return median(run.total for run in self.made[system, operation])

    def by_process(self, system: str, operation: str) -> dict[str, float]:
        """The same, process by process."""
        runs = self.made[system, operation]
        return {name: median(run.cpu.get(name, 0.0) for run in runs) for name in runs[0].cpu}

    def ratios(self, peer: str, operation: str, ours: str = "fotbot") -> list[float]:
        """How many times our cost the peer's was, pair by pair."""
        pairs = zip(self.made[peer, operation], self.made[ours, operation], strict=True)
        return [peer_run.total / our_run.total for peer_run, our_run in pairs]

    def memory(self, system: str) -> dict[str, float]:
        """The most that any run has seen, by process."""
        most: dict[str, float] = {}
        for (name, _), runs in self.made.items():
            for run in runs if name == system else ():
                most |= {key: max(mib, most.get(key, 0.0)) for key, mib in run.memory.items()}
        return most


def line(name: str, run: Run) -> str:
    """A run in a terminal's line."""
    told = run.told
    faults = f" AGAIN {told.again} REFUSED {told.refused} LOST {told.lost}"
    return (
        f"{name:20} {told.rate:6.0f}/s {run.total:7.0f} us/update  {delays(told)}"
        f"{faults if told.again or told.refused or told.lost else ''}"
    )


def delays(told: Told) -> str:
    """Latency in short."""
    p50, p99, p999 = (1000 * told.latency.quantile(share) for share in (0.5, 0.99, 0.999))
    return f"p50 {p50:.1f} p99 {p99:.1f} p99.9 {p999:.1f} ms"
