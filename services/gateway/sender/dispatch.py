"""Who is sent next: answers to taps at once, notices, screens, then broadcasts, within the limits.

One loop decides, up to IN_FLIGHT calls are under way, never two in one chat. What the limits are
is in limits.py, what a verdict means for a notice in letters.py.
"""

import asyncio
import time
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol

from opentelemetry.trace import SpanKind, get_current_span

from services.chassis import logs
from services.chassis.errors import Unavailable
from services.chassis.metrics import observe
from services.chassis.telemetry import link, tracer
from services.gateway.sender import metrics
from services.gateway.sender.kinds import Rank
from services.gateway.sender.letters import HEAD_START, Letter, LetterBox, backoff
from services.gateway.sender.limits import Limits, Scope
from services.gateway.sender.screens import ANSWER, Key, Screen, ScreenQueue
from services.gateway.sender.verdicts import (
    Moved,
    Rejected,
    Throttled,
    Unclear,
    Unreachable,
    Verdict,
)

IN_FLIGHT = 64
# Claimed ahead of each rank; more is fetched when fewer than half are left.
AHEAD = 30
# How often the table is asked when nobody has called; also how long the database is left alone.
POLL_SECONDS = 1.0
# A letter that would not have its verdict within its lease is left to the next claim.
MARGIN_SECONDS = 11.0

log = logs.logger(__name__)


class Telegram(Protocol):
    """The Bot API as the dispatcher needs it."""

    async def call(self, method: str, parameters: Mapping[str, Any]) -> Verdict:
        """Make one call; never raises."""


class Dispatcher:
    """Empties the letter box and the screen queue into Telegram."""

    def __init__(
        self, telegram: Telegram, limits: Limits, box: LetterBox, screens: ScreenQueue
    ) -> None:
        self._telegram = telegram
        self._limits = limits
        self._box = box
        self._screens = screens
        self._letters: list[Letter] = []
        self._closed_until: dict[int, float] = {}
        self._busy: set[int] = set()
        self._calls: set[asyncio.Task[None]] = set()
        self._work = asyncio.Event()
        self._urgent = asyncio.Event()
        self._due = asyncio.Event()
        self._stopping = asyncio.Event()

    def show(self, screen: Screen) -> bool:
        """Queue a screen; False when there is no room."""
        accepted = self._screens.put(screen)
        self._work.set()
        if screen.method == ANSWER:
            self._urgent.set()
        return accepted

    def notices_came(self) -> None:
        """There may be something due in the table."""
        self._due.set()

    def forget(self, group: str) -> None:
        """Notices of this group are not to be sent any more; those under way are."""
        self._letters = [letter for letter in self._letters if letter.group != group]

    @property
    def under_way(self) -> int:
        """Calls to Telegram that have no verdict yet."""
        return len(self._calls)

    def stop(self) -> None:
        """Begin nothing more; `run` returns once what is under way has its verdict."""
        self._stopping.set()
        self._urgent.set()
        self._work.set()
        self._due.set()

    async def run(self) -> None:
        """Send until `stop`; then give back the notices that were claimed and not sent."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._collecting())
            group.create_task(self._sending(group))
        await self._box.give_back(self._letters)
        self._letters = []

    async def _collecting(self) -> None:
        """Keeps some letters ahead, so that notices are never behind screens."""
        while not self._stopping.is_set():
            self._due.clear()
            try:
                await self._collect()
            except Unavailable as error:
                log.warning("notices wait for the database", error=str(error))
                await _until(self._stopping, POLL_SECONDS)
            except Exception:
                log.exception("notices could not be collected")
                await _until(self._stopping, POLL_SECONDS)
            await _until(self._due, POLL_SECONDS)

    async def _collect(self) -> None:
        late = [letter for letter in self._letters if not _in_time(letter)]
        self._letters = [letter for letter in self._letters if _in_time(letter)]
        await self._box.give_back(late)
        is_quiet = self._limits.quiet_until - time.monotonic() > HEAD_START
        if is_quiet:
            return
        for rank in Rank:
            held = self._held(rank)
            if held <= AHEAD // 2:
                collected = await self._box.collect(AHEAD - held, rank)
                self._letters = [*self._letters, *collected]
                self._work.set()

    def _held(self, rank: Rank) -> int:
        return sum(letter.rank is rank for letter in self._letters)

    async def _sending(self, group: asyncio.TaskGroup) -> None:
        while not self._stopping.is_set():
            self._work.clear()
            self._urgent.clear()
            if answer := self._screens.answer():
                self._start(group, answer.chat_id, self._send_screen(answer))
            elif (job := self._next()) is None:
                await _until(self._work, self._patience())
            else:
                await self._begin(group, job)

    async def _begin(self, group: asyncio.TaskGroup, job: Letter | Key) -> None:
        """Start one job, or learn that its chat or the whole bot has to wait."""
        chat_id = job.chat_id if isinstance(job, Letter) else self._screens.chat_of(job)
        wait = await self._limits.take(chat_id)
        if wait is None:
            if sending := self._taken(job):
                self._start(group, chat_id, sending)
        elif wait.scope is Scope.CHAT:
            self._closed_until[chat_id] = time.monotonic() + wait.seconds
        else:
            # What may not be sent now need not be looked at either.
            await _until(self._urgent, wait.seconds)

    def _taken(self, job: Letter | Key) -> Coroutine[Any, Any, None] | None:
        """Take it out of its queue; nothing if the letter was given back meanwhile."""
        if not isinstance(job, Letter):
            return self._send_screen(self._screens.pop(job))
        if job not in self._letters:
            return None
        self._letters.remove(job)
        return self._send_letter(job)

    def _next(self) -> Letter | Key | None:
        """The oldest notice whose chat is free, else such a screen, else such a broadcast."""
        if len(self._calls) >= IN_FLIGHT:
            return None
        now = time.monotonic()
        self._closed_until = {chat: at for chat, at in self._closed_until.items() if at > now}
        return (
            self._next_letter(Rank.USUAL)
            or self._screens.next(self._is_free)
            or self._next_letter(Rank.BULK)
        )

    def _next_letter(self, rank: Rank) -> Letter | None:
        for letter in self._letters:
            if letter.rank is rank and self._is_free(letter.chat_id) and _in_time(letter):
                return letter
        return None

    def _is_free(self, chat_id: int) -> bool:
        return chat_id not in self._busy and chat_id not in self._closed_until

    def _patience(self) -> float:
        """Seconds until another look: soon while something waits for its chat."""
        return 0.05 if self._letters or len(self._screens) else POLL_SECONDS

    def _start(
        self, group: asyncio.TaskGroup, chat_id: int, sending: Coroutine[Any, Any, None]
    ) -> None:
        self._busy.add(chat_id)
        call = group.create_task(self._unharmed(sending))
        self._calls.add(call)

        def done(call: asyncio.Task[None]) -> None:
            self._calls.discard(call)
            self._busy.discard(chat_id)
            self._work.set()

        call.add_done_callback(done)

    @staticmethod
    async def _unharmed(sending: Coroutine[Any, Any, None]) -> None:
        """A bug in one sending must not end the others."""
        try:
            await sending
        except Exception:
            log.exception("a sending failed")

    async def _send_letter(self, letter: Letter) -> None:
        links = link(letter.claim.traceparent)
        with tracer().start_as_current_span("send notice", links=links, kind=SpanKind.CLIENT):
            parameters = {**letter.parameters, "chat_id": letter.chat_id}
            verdict = await self._call("sendMessage", parameters)
            await self._box.settle(letter, verdict)
        if self._held(letter.rank) <= AHEAD // 2:
            self._due.set()

    async def _send_screen(self, screen: Screen) -> None:
        links = link(screen.traceparent)
        with tracer().start_as_current_span("send screen", links=links, kind=SpanKind.CLIENT):
            verdict = await self._call(screen.method, screen.addressed())
            match verdict:
                case Throttled():
                    self._screens.put_back(screen, delay=0.0)
                case Unclear():
                    self._screens.put_back(screen, delay=backoff(screen.attempts + 1))
                case Moved(chat_id=chat_id):
                    self._screens.put(replace(screen, chat_id=chat_id))
                case Unreachable() if screen.chat_id > 0:
                    await self._box.mark_unreachable(screen.chat_id)
                case Unreachable(reason=reason) | Rejected(reason=reason):
                    log.info("a screen was refused", method=screen.method, reason=reason)

    async def _call(self, method: str, parameters: Mapping[str, Any]) -> Verdict:
        began = time.monotonic()
        verdict = await self._telegram.call(method, parameters)
        observe(metrics.SEND_SECONDS, time.monotonic() - began, method)
        name = type(verdict).__name__.lower()
        metrics.SENDS.labels(method, name).inc()
        span = get_current_span()
        span.set_attributes({"fotbot.telegram.method": method, "fotbot.telegram.verdict": name})
        if isinstance(verdict, Throttled):
            log.warning("telegram asks for silence", seconds=verdict.retry_after)
            metrics.THROTTLED.inc()
            await self._limits.pause(verdict.retry_after)
        return verdict


def _in_time(letter: Letter) -> bool:
    return letter.lease_ends - time.monotonic() > MARGIN_SECONDS


async def _until(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, at most so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
