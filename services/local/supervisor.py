"""All processes of one machine: started with their readiness awaited, kept alive, stopped in
reverse order. What runs is layout.py's; how one process is kept alive is ward.py's."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from services.local.process import LOOPBACK, Process
from services.local.ward import ASK_EVERY, Backoff, Tell, Ward


class NotReady(Exception):
    """A process did not become ready in time; the message holds the end of its log."""


def _silent(_: str) -> None:
    """The default listener: tests read states, not words."""


class Supervisor:
    """Keeps the processes it was given alive until it is left."""

    def __init__(self, logs: Path, *, tell: Tell = _silent, backoff: Backoff | None = None) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self._logs = logs
        self._tell = tell
        self._backoff = backoff or Backoff()
        self._wards: dict[str, Ward] = {}
        self._groups: list[list[str]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop_all()

    async def start(self, *processes: Process, timeout: float = 60.0) -> None:
        """Starts these together and returns once all are ready. After `timeout` seconds NotReady
        is raised; they are kept trying all the same, until they are stopped."""
        for process in processes:
            if process.name in self._wards:
                raise ValueError(f"{process.name} is already supervised")
            self._wards[process.name] = Ward(process, self._logs, self._backoff, self._tell)
        self._groups.append([process.name for process in processes])
        waits = (self.ready(process.name, timeout=timeout) for process in processes)
        outcomes = await asyncio.gather(*waits, return_exceptions=True)
        if late := [str(outcome) for outcome in outcomes if isinstance(outcome, NotReady)]:
            raise NotReady("\n".join(late))

    async def ready(self, name: str, *, timeout: float = 60.0) -> None:
        """Returns once the process runs and says it is ready; NotReady after `timeout` seconds."""
        ward, began = self._wards[name], time.monotonic()
        while ward.pid is None or not await ward.process.ready():
            if time.monotonic() - began > timeout:
                raise NotReady(f"{name} was not ready within {timeout:.0f} s\n{_tail(ward.log)}")
            await asyncio.sleep(ASK_EVERY)
        self._tell(f"{name} is ready ({time.monotonic() - began:.1f} s)")

    async def died(self, name: str) -> None:
        """Returns at its next end that nobody ordered."""
        died = self._wards[name].died
        died.clear()
        await died.wait()

    async def stop(self, name: str, with_signal: signal.Signals | None = None) -> None:
        """Ends one process and forgets it. Unknown names are not an error."""
        ward = self._wards.pop(name, None)
        if ward is not None:
            await ward.stop(with_signal)

    async def stop_all(self) -> None:
        """Ends everything, the last started first; those started together end together."""
        while self._groups:
            names = [name for name in self._groups.pop() if name in self._wards]
            if names:
                self._tell(f"stopping {', '.join(names)}")
                await asyncio.gather(*map(self.stop, names))

    def pid(self, name: str) -> int | None:
        """Of the running child; None while it is dead or unknown."""
        ward = self._wards.get(name)
        return None if ward is None else ward.pid

    def deaths(self, name: str) -> int:
        """How often it ended without being told to."""
        return self._wards[name].deaths

    def log(self, name: str) -> Path:
        """The file that what it says goes to."""
        return self._wards[name].log

    def table(self) -> str:
        """What runs where, one line a process."""
        head = ("process", "pid", "where", "log")
        return _aligned([head, *(_row(ward) for ward in self._wards.values())])


def _row(ward: Ward) -> tuple[str, str, str, str]:
    where = "  ".join(f"{use} {LOOPBACK}:{port}" for use, port in ward.process.ports.items())
    return (ward.process.name, str(ward.pid or "-"), where, str(ward.log))


def _aligned(rows: Iterable[tuple[str, ...]]) -> str:
    lines = list(rows)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    cells = ((cell.ljust(w) for cell, w in zip(line, widths, strict=True)) for line in lines)
    return "\n".join("  ".join(line).rstrip() for line in cells)


def _tail(log: Path, lines: int = 12) -> str:
    if not log.exists():
        return "(it wrote no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
