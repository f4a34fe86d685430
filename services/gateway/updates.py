"""An update's life: acknowledged only when it is done.

Read, sifted, admitted, handled within its time budget, answered. A status other than 200 makes
Telegram bring the update again, so it is given only where that can help.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import structlog
from msgspec import Struct
from pydantic import ValidationError

from services.chassis import consistency
from services.chassis.cache import CacheDown
from services.chassis.consistency import Position
from services.chassis.deadline import budget
from services.chassis.errors import Unanswered
from services.chassis.tallies import Count
from services.gateway.admission import LocalLimiter, Verdict
from services.gateway.answers import Answer
from services.gateway.apologies import apology
from services.gateway.arrivals import Arrival, Bot, Outcome, Writing
from services.gateway.bot_identity import BotIdentity
from services.gateway.calls import Services
from services.gateway.clients import Pace
from services.gateway.delivery import Delivery
from services.gateway.dispatcher import Dispatcher
from services.gateway.held_back import Busy, HeldBack
from services.gateway.incoming import Incoming, Malformed, NotAnUpdate
from services.gateway.metrics import ADMISSIONS, BAD_INPUT
from services.gateway.middlewares.errors import Errors
from services.gateway.middlewares.identity import Identity
from services.gateway.nameless import nameless
from services.gateway.own_writes import OwnWrites
from services.gateway.person_memory import PersonMemory, Remembered
from services.gateway.quarantine import Quarantine
from services.gateway.quick_reading import read
from services.gateway.reachability import tell_reachability
from services.gateway.release_guard import ReleaseGuard
from services.gateway.rendering import Rendered, render, tap_answer
from services.gateway.shedding import Shedding
from services.gateway.shortcuts import Shortcuts
from services.gateway.sifting import Concern, concern
from services.gateway.tracing import Observed

RETRY_AFTER_SECONDS = 2

log = structlog.get_logger(__name__)


class Reply(Struct, frozen=True, kw_only=True):
    """The webhook's response."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = {}


JSON: Mapping[str, str] = {"content-type": "application/json"}
NOTHING_TO_SAY = Reply(status=200)
SENT_BACK = Reply(status=503, headers={"retry-after": str(RETRY_AFTER_SECONDS)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Updates:
    """Everything an update meets, put together in `__main__` and in tests."""

    bot_identity: BotIdentity
    guard: ReleaseGuard
    memory: PersonMemory
    limiter: LocalLimiter
    held_back: HeldBack
    own_writes: OwnWrites
    shortcuts: Shortcuts
    dispatcher: Dispatcher
    identity: Identity
    errors: Errors
    quarantine: Quarantine
    delivery: Delivery
    services: Services
    default_language: str
    pace: Pace
    shedding: Shedding
    clock: Callable[[], float] = time.time
    """Unix seconds."""

    async def handle(self, raw: bytes) -> Reply:
        """The response to one body that came with the right secret."""
        bot = self.bot_identity.bot
        if bot is None or self.guard.is_bad():
            return SENT_BACK
        try:
            incoming = read(raw)
        except Malformed as fault:
            BAD_INPUT.labels(str(fault)).inc()
            return Reply(status=400)
        except NotAnUpdate as fault:
            return self._no_update(bot, None, raw, fault)
        with Observed(incoming) as observed:
            try:
                what = concern(incoming, bot.username)
                if what is Concern.HANDLE:
                    with budget(self.pace.update), self.shedding:
                        observed.outcome, reply = await self._admitted(bot, incoming, raw)
                else:
                    observed.outcome, reply = await self._others(bot, incoming, what)
            except ValidationError as fault:
                observed.outcome = Outcome.NOT_AN_UPDATE
                shape = NotAnUpdate(f"{fault.error_count()} faults")
                reply = self._no_update(bot, incoming.update_id, raw, shape)
            except Exception as error:
                reply = self._broken(bot, incoming, raw, error)
            return reply

    def _no_update(self, bot: Bot, update_id: int | None, raw: bytes, fault: NotAnUpdate) -> Reply:
        """Sending it again would not help; a developer may look at it."""
        BAD_INPUT.labels("not an update").inc()
        log.error("what Telegram brought is no update", exc_info=fault)
        self.quarantine.put(bot.bot_id, update_id, raw, fault)
        return Reply(status=200)

    def _broken(self, bot: Bot, incoming: Incoming, raw: bytes, error: Exception) -> Reply:
        """A bug outside any handler. Sending the update again would only block its chat."""
        self.guard.note(incoming.person or 0, raised=True)
        texts = self.identity.texts(incoming)
        answer = self.errors.broken(bot, incoming, raw, texts, error)
        return _done(render(answer, incoming))

    async def _others(self, bot: Bot, incoming: Incoming, what: Concern) -> tuple[Outcome, Reply]:
        """Updates that no handler is for."""
        match what:
            case Concern.NAMELESS:
                answer = nameless(self.default_language, bot.username)
                return Outcome.IGNORED, _done(render(answer, incoming))
            case Concern.REACHABILITY:
                with budget(self.pace.update):
                    await tell_reachability(self.services.users, incoming)
                return Outcome.DONE, Reply(status=200)
            case _:
                return Outcome.IGNORED, Reply(status=200)

    async def _admitted(self, bot: Bot, incoming: Incoming, raw: bytes) -> tuple[Outcome, Reply]:
        person = incoming.person or 0
        if self.shedding.turns_away(incoming):
            return self._shed(incoming)
        remembered: Remembered | None = None
        try:
            remembered = await self.memory.arrive(bot.bot_id, person, incoming.update_id)
        except CacheDown as error:
            log.warning("the cluster is away", error=str(error))
        failed_at = self.held_back.failed_at(incoming.update_id)
        if failed_at is None and remembered:
            failed_at = remembered.failed_at
        if failed_at is None:
            verdict = self._verdict(person, remembered)
            if verdict is not Verdict.PASS:
                return Outcome.LIMITED, await self._limited(incoming, verdict)
            if self.shedding.is_full():
                return self._shed(incoming)
        arrival = self._arrival(bot, person, incoming, raw, remembered, failed_at)
        try:
            return await self._handled(arrival, failed_at)
        finally:
            arrival.writing.end()

    def _shed(self, incoming: Incoming) -> tuple[Outcome, Reply]:
        """Nothing was begun and nobody asked; it costs next to nothing."""
        busy = apology(self.identity.texts(incoming), "busy", incoming)
        return Outcome.BUSY, _done(render(busy, incoming))

    def _verdict(self, person: int, remembered: Remembered | None) -> Verdict:
        verdict = self.limiter.judge(person, remembered.verdict if remembered else None)
        _admissions(verdict, "cluster" if remembered else "process").inc()
        return verdict

    async def _limited(self, incoming: Incoming, verdict: Verdict) -> Reply:
        """One notice in a window; besides it, taps stop turning and nothing is said."""
        if verdict is Verdict.NOTICE and (incoming.private or incoming.query_id):
            texts = await self.identity.texts_told(incoming)
            return _done(render(apology(texts, "limit.too_many", incoming), incoming))
        silent = tap_answer(Answer(), incoming) if incoming.query_id else b""
        return _done(Rendered(body=silent))

    def _arrival(
        self,
        bot: Bot,
        person: int,
        incoming: Incoming,
        raw: bytes,
        remembered: Remembered | None,
        failed_at: float | None,
    ) -> Arrival:
        return Arrival(
            incoming=incoming,
            person=person,
            raw=raw,
            bot=bot,
            at=datetime.fromtimestamp(self.clock(), UTC),
            remembered=remembered,
            shortcut=self.shortcuts.find(incoming.text, bot.username),
            writing=Writing(
                held_back=self.held_back,
                update_id=incoming.update_id,
                known=failed_at is not None,
            ),
        )

    async def _handled(self, arrival: Arrival, failed_at: float | None) -> tuple[Outcome, Reply]:
        before = self.own_writes.known(arrival.person, arrival.remembered)
        with consistency.positions(before) as positions:
            try:
                rendered = await self._answered(arrival, failed_at)
            finally:
                if arrival.writing.begun or positions.by_service != before:
                    await self._remember(arrival, before, positions.by_service)
        if rendered is None:
            return arrival.outcome, SENT_BACK
        if rendered.screen:
            await self.delivery.show(rendered.screen)
        return arrival.outcome, _done(rendered)

    async def _remember(
        self, arrival: Arrival, before: Mapping[str, Position], after: Mapping[str, Position]
    ) -> None:
        """What the person's next update, on whichever gateway, has to know."""
        wrote = arrival.writing.begun
        await self.own_writes.keep(arrival.bot.bot_id, arrival.person, before, after, wrote=wrote)

    async def _answered(self, arrival: Arrival, failed_at: float | None) -> Rendered | None:
        """The answer, or None when the update is to come again."""
        try:
            rendered = await self.dispatcher.answer(arrival)
        except Unanswered as error:
            log.warning("a write had no answer", error=str(error))
            return await self._unanswered(arrival, failed_at)
        except Busy:
            if failed_at is not None:
                return await self._unanswered(arrival, failed_at)
            arrival.outcome = Outcome.BUSY
            texts = self.identity.texts(arrival.incoming)
            return render(apology(texts, "busy", arrival.incoming), arrival.incoming)
        self.guard.note(arrival.person, raised=arrival.raised)
        if failed_at is not None:
            await self.held_back.release(arrival.bot.bot_id, arrival.incoming.update_id)
        return rendered

    async def _unanswered(self, arrival: Arrival, failed_at: float | None) -> Rendered | None:
        bot_id, update_id = arrival.bot.bot_id, arrival.incoming.update_id
        since = self.clock() if failed_at is None else failed_at
        if await self.held_back.hold(bot_id, update_id, since):
            arrival.outcome = Outcome.SENT_BACK
            try:
                await self.memory.note_failure(bot_id, arrival.person, update_id, since)
            except CacheDown:
                log.warning("only this process knows that the update is held back")
            return None
        arrival.outcome = Outcome.UNCONFIRMED
        texts = self.identity.texts(arrival.incoming)
        return render(apology(texts, "unconfirmed", arrival.incoming), arrival.incoming)


def _done(rendered: Rendered) -> Reply:
    if not rendered.body:
        return NOTHING_TO_SAY
    return Reply(status=200, body=rendered.body, headers=JSON)


@cache
def _admissions(verdict: Verdict, by: str) -> Count:
    return ADMISSIONS.labels(verdict.name.lower(), by)
