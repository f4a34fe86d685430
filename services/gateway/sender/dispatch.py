"""Who is sent next: answers to taps at once, notices, screens, then broadcasts, within the limits.

One loop decides, up to IN_FLIGHT calls are under way, never two in one chat (turns.py). What the
limits are is in limits.py, what a verdict means for a notice in letters.py, how a call is counted
and traced in calls.py.
"""

import asyncio
from collections.abc import Coroutine, Sized
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

from msgspec.structs import replace
from opentelemetry.trace import SpanKind

from services.chassis import logs, telemetry
from services.chassis.errors import Unavailable
from services.gateway.sender.calls import Calls, Telegram
from services.gateway.sender.kinds import Rank
from services.gateway.sender.letter_queue import LetterQueue
from services.gateway.sender.letters import HEAD_START, Letter, LetterBox, backoff
from services.gateway.sender.limits import Limits, Scope
from services.gateway.sender.screens import ANSWER, Screen, ScreenQueue
from services.gateway.sender.turns import Chats, Place
from services.gateway.sender.verdicts import (
    Moved,
    Rejected,
    Throttled,
    Unclear,
    Unreachable,
)

IN_FLIGHT = 64
# Claimed ahead of each rank: what a second or so takes, never fewer or more than these. More is
# fetched when fewer than half are left.
LEAST_AHEAD, MOST_AHEAD = 30, 250
# How often the table is asked when nobody has called; also how long the database is left alone.
POLL_SECONDS = 1.0

log = logs.logger(__name__)


class Queue(Protocol):
    """What waits for its turn."""

    def next(self) -> Place | None:
        """The oldest whose chat is free; it stays until `pop`."""

    def chat_of(self, place: Place) -> int:
        """Where it goes."""

    def pop(self, place: Place) -> Letter | Screen | None:
        """Take it out; nothing if it is not there any more."""


class Dispatcher:
    """Empties the letter box and the screen queue into Telegram."""

    def __init__(self, telegram: Telegram, limits: Limits, box: LetterBox) -> None:
        self._calls = Calls(telegram, limits)
        self._limits = limits
        self._box = box
        self._chats = Chats()
        self._screens = ScreenQueue(self._chats, lambda: limits.quiet_until)
        self._letters = {rank: LetterQueue(self._chats) for rank in Rank}
        usual, bulk = self._letters[Rank.USUAL], self._letters[Rank.BULK]
        self._queues: tuple[Queue, ...] = (usual, self._screens, bulk)
        self._waiting: tuple[Sized, ...] = (self._screens, usual, bulk)
        self._ahead = min(max(limits.rate or MOST_AHEAD, LEAST_AHEAD), MOST_AHEAD)
        self._under_way: set[asyncio.Task[None]] = set()
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
        for queue in self._letters.values():
            queue.forget(group)

    @property
    def under_way(self) -> int:
        """Calls to Telegram that have no verdict yet."""
        return len(self._under_way)

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
            group.create_task(self._sending())
        while self._under_way:
            await asyncio.wait(self._under_way)
        left = [letter for queue in self._letters.values() for letter in queue.take_all()]
        await self._box.give_back(left)

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
        late = [letter for queue in self._letters.values() for letter in queue.take_late()]
        await self._box.give_back(late)
        if await self._limits.quiet_for() > HEAD_START:
            return
        wanted = {
            rank: self._ahead - len(queue)
            for rank, queue in self._letters.items()
            if len(queue) <= self._ahead // 2
        }
        for letter in await self._box.collect(wanted) if wanted else ():
            self._letters[letter.rank].put([letter])
        self._work.set()

    async def _sending(self) -> None:
        while not self._stopping.is_set():
            self._work.clear()
            self._urgent.clear()
            if answer := self._screens.answer():
                self._start(self._send_screen(answer))
            elif (turn := self._next()) is None:
                await _until(self._work, self._patience())
            else:
                await self._begin(*turn)

    async def _begin(self, queue: Queue, place: Place) -> None:
        """Start one, or learn that its chat or the whole bot has to wait."""
        chat_id = queue.chat_of(place)
        wait = await self._limits.take(chat_id)
        if wait is None:
            self._begin_taken(queue.pop(place), chat_id)
        elif wait.scope is Scope.CHAT:
            self._chats.close(chat_id, wait.seconds)
        else:
            # What may not be sent now need not be looked at either.
            await _until(self._urgent, wait.seconds)

    def _begin_taken(self, job: Letter | Screen | None, chat_id: int) -> None:
        if job is None:  # given back or forgotten meanwhile
            return
        self._chats.occupy(chat_id)
        if isinstance(job, Letter):
            self._start(self._send_letter(job), chat_id)
        else:
            self._start(self._send_screen(job), chat_id)

    def _next(self) -> tuple[Queue, Place] | None:
        """The oldest notice whose chat is free, else such a screen, else such a broadcast."""
        if len(self._under_way) >= IN_FLIGHT:
            return None
        self._chats.open_those_due()
        for queue in self._queues:
            if (place := queue.next()) is not None:
                return queue, place
        return None

    def _patience(self) -> float:
        """Seconds until another look, unless something happens before."""
        return max(0.0, min(self._chats.next_opening(), self._screens.next_due(), POLL_SECONDS))

    def _start(self, sending: Coroutine[Any, Any, None], chat_id: int | None = None) -> None:
        call = asyncio.get_running_loop().create_task(_unharmed(sending))
        self._under_way.add(call)
        call.add_done_callback(partial(self._ended, chat_id))

    def _ended(self, chat_id: int | None, call: "asyncio.Task[None]") -> None:
        self._under_way.discard(call)
        if chat_id is not None:
            self._chats.free(chat_id)
        if any(self._waiting):
            self._work.set()

    async def _send_letter(self, letter: Letter) -> None:
        links = telemetry.link(letter.claim.traceparent)
        with telemetry.span("send notice", kind=SpanKind.CLIENT, links=links):
            parameters = {**letter.parameters, "chat_id": letter.chat_id}
            method = "sendDocument" if letter.document else "sendMessage"
            verdict = await self._calls.make(method, parameters, letter.document)
            await self._box.settle(letter, verdict)
        if len(self._letters[letter.rank]) <= self._ahead // 2:
            self._due.set()

    async def _send_screen(self, screen: Screen) -> None:
        if not screen.traceparent:
            await self._show(screen)
            return
        with telemetry.span("send screen", kind=SpanKind.CLIENT, caller=screen.traceparent):
            await self._show(screen)

    async def _show(self, screen: Screen) -> None:
        match await self._calls.make(screen.method, screen.addressed()):
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


async def _unharmed(sending: Coroutine[Any, Any, None]) -> None:
    """A bug in one sending must not end the others."""
    try:
        await sending
    except Exception:
        log.exception("a sending failed")


async def _until(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, at most so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
