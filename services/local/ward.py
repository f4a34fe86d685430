"""One process kept alive: started, watched, started again with a growing pause, stopped."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

from services.local.process import Process

Tell = Callable[[str], None]

ASK_EVERY = 0.05
"""Seconds between two readiness questions."""

LOG_LIMIT = 5_000_000
"""Bytes. A longer log is put aside as .log.1 before the next start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Seconds between a death and the next start."""

    first: float = 0.2
    last: float = 5.0
    forgotten_after: float = 30.0
    """Who lived this long starts again with the first pause."""


class Ward:
    """Keeps one process running until it is told to stop."""

    def __init__(self, process: Process, logs: Path, backoff: Backoff, tell: Tell) -> None:
        self.process = process
        self.log = logs / f"{process.name}.log"
        self.child: asyncio.subprocess.Process | None = None
        self.deaths = 0
        self.died = asyncio.Event()
        """Set at each death, for whoever cleared it."""
        self._given_up_telling = False
        self._backoff = backoff
        self._tell = tell
        self._halt = asyncio.Event()
        self._stop_signal = process.stop_signal
        self._keeper = asyncio.create_task(self._keep(), name=f"ward {process.name}")

    @property
    def pid(self) -> int | None:
        """Of the running child; None while there is none."""
        return None if self.child is None or self.child.returncode is not None else self.child.pid

    async def stop(self, with_signal: signal.Signals | None = None) -> None:
        """Ends the process: the signal, `patience` seconds, SIGKILL. Twice is not an error."""
        self._stop_signal = with_signal or self.process.stop_signal
        self._halt.set()
        await self._keeper

    async def _keep(self) -> None:
        pause = self._backoff.first
        while not self._halt.is_set():
            began = time.monotonic()
            words = await self._live()
            if self._halt.is_set():
                return
            self.deaths += 1
            self.died.set()
            if time.monotonic() - began > self._backoff.forgotten_after:
                pause = self._backoff.first
            self._lament(words, pause)
            await self._rest(pause)
            pause = min(pause * 2, self._backoff.last)

    def _lament(self, words: str, pause: float) -> None:
        """Who dies on and on is told until the pauses stop growing."""
        if pause < self._backoff.last:
            self._tell(f"{self.process.name}: {words}; again in {pause:.1f} s, see {self.log}")
        elif not self._given_up_telling:
            self._tell(f"{self.process.name}: {words}; from now on every {pause:.0f} s")
        self._given_up_telling = pause >= self._backoff.last

    async def _live(self) -> str:
        """One life, from start to death or halt. Returns how it ended, in words."""
        try:
            if self.process.before is not None:
                await self.process.before()
            self.child = await spawn(self.process, self.log)
        except Exception as fault:  # Whatever hinders a start may be gone at the next.
            return f"did not start ({type(fault).__name__}: {fault})"
        await self._death_or_halt(self.child)
        return _ending(self.child.returncode)

    async def _death_or_halt(self, child: asyncio.subprocess.Process) -> None:
        death = asyncio.create_task(child.wait())
        halt = asyncio.create_task(self._halt.wait())
        news = asyncio.create_task(self._tell_when_back())
        try:
            await asyncio.wait({death, halt}, return_when=asyncio.FIRST_COMPLETED)
            if not death.done():
                await self._end(child)
            await death
        finally:
            halt.cancel()
            news.cancel()

    async def _tell_when_back(self) -> None:
        """The first start is awaited by whoever ordered it; the later ones are told here."""
        began = time.monotonic()
        if self.deaths:
            await until_ready(self.process)
            self._tell(f"{self.process.name} is back ({time.monotonic() - began:.1f} s)")

    async def _end(self, child: asyncio.subprocess.Process) -> None:
        _send(child, self._stop_signal)
        try:
            await asyncio.wait_for(child.wait(), self.process.patience)
        except TimeoutError:
            _send(child, signal.SIGKILL)

    async def _rest(self, pause: float) -> None:
        try:
            await asyncio.wait_for(self._halt.wait(), pause)
        except TimeoutError:
            return


async def until_ready(process: Process) -> None:
    """Returns when the process says it is ready."""
    while True:
        if await process.ready():
            return
        await asyncio.sleep(ASK_EVERY)


async def spawn(process: Process, log: Path) -> asyncio.subprocess.Process:
    """Starts the command in a session of its own, its words appended to `log`."""
    with _opened(log) as output:
        return await asyncio.create_subprocess_exec(
            *tied_to_parent(process.orphan_signal),
            *process.command,
            env=dict(process.env),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _opened(log: Path) -> BinaryIO:
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    return log.open("ab")


def tied_to_parent(with_signal: signal.Signals) -> tuple[str, ...]:
    """A command prefix that lets the kernel end the child when this process is killed.

    setpriv does it after the fork, in the child: Python code between fork and exec
    (`preexec_fn`) is not safe beside gRPC's threads. The kernel looks at the thread that started
    the child, so that has to be one that stays. Empty where there is no such kernel call.
    """
    setpriv = _setpriv()
    return (setpriv, f"--pdeathsig={with_signal.name.removeprefix('SIG')}", "--") if setpriv else ()


@cache
def _setpriv() -> str | None:
    return shutil.which("setpriv") if sys.platform == "linux" else None


def _send(child: asyncio.subprocess.Process, what: signal.Signals) -> None:
    try:
        child.send_signal(what)
    except ProcessLookupError:
        return


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        return f"ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
