"""People at the webhook as Telegram brings them: a person's updates one after the other, each again
until it is taken, by whichever gateway answers."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from services.gateway.features.edit_session.callbacks import EditField
from services.gateway.features.evening.callbacks import ConfirmStart
from services.gateway.features.sessions.callbacks import JoinSession, LeaveSession
from tests.faults.hearing import Heard, hear
from tests.faults.history import Action, Deed, History, Outcome
from tests.load.updates import fresh_ids, message, tap

HEADER = "X-Telegram-Bot-Api-Secret-Token"
ATTEMPT_SECONDS = 15.0
AGAIN_SECONDS = 0.3
PATIENCE_SECONDS = 100.0
"""Longer than the bot holds an update back."""

Json = Mapping[str, Any]


@dataclass(slots=True)
class Players:
    """Everybody who plays in one run, through the same doors."""

    http: aiohttp.ClientSession
    doors: Sequence[str]
    secret: str
    history: History = field(default_factory=History)
    began: float = field(default_factory=time.monotonic)
    patience: float = PATIENCE_SECONDS
    new_id: Callable[[], int] = field(default_factory=fresh_ids)

    async def join(self, person: int, session: int, repeats: int = 0) -> Action:
        """Taps for a place; Telegram brings it so many times more."""
        update = tap(JoinSession(session_id=session).pack(), person, self.new_id())
        return await self._repeated(update, person, Deed.JOIN, session, repeats)

    async def leave(self, person: int, session: int, repeats: int = 0) -> Action:
        """Taps it away."""
        update = tap(LeaveSession(session_id=session).pack(), person, self.new_id())
        return await self._repeated(update, person, Deed.LEAVE, session, repeats)

    async def replay(self, action: Action) -> Action:
        """The tap of a change comes once more, long after it was answered."""
        kinds = {Deed.JOIN: JoinSession, Deed.LEAVE: LeaveSession}
        data = kinds[action.deed](session_id=action.session).pack()
        update = tap(data, action.person, action.update_id)
        return await self.bring(update, action.person, action.deed, action.session)

    async def look(self, person: int, session: int) -> Action:
        """Opens the card by its link: the answer is the card."""
        update = message(f"/start s_{session}", person, self.new_id())
        return await self.bring(update, person, Deed.LOOK, session)

    async def browse(self, person: int, command: str) -> Action:
        """Reads a list."""
        return await self.bring(message(command, person, self.new_id()), person, Deed.BROWSE)

    async def enlarge(self, person: int, session: int, capacity: int) -> Action:
        """The organiser's two steps: the button, and the number he writes."""
        button = EditField(session_id=session, field="capacity").pack()
        await self.bring(tap(button, person, self.new_id()), person, Deed.BROWSE)
        update = message(str(capacity), person, self.new_id())
        update["message"].pop("entities")
        return await self.bring(update, person, Deed.ENLARGE, session)

    async def draw(self, person: int, session: int) -> Action:
        """The organiser has the sides of an evening drawn."""
        update = tap(ConfirmStart(session_id=session).pack(), person, self.new_id())
        return await self.bring(update, person, Deed.DRAW, session)

    async def bring(self, update: Json, person: int, deed: Deed, session: int = 0) -> Action:
        """One update until it is taken, noted in the history."""
        invoked, tries = self.now(), 0
        heard, answered = Heard(outcome=Outcome.UNKNOWN), False
        while not answered and self.now() - invoked < self.patience:
            status, told = await self._attempt(update, person + tries)
            tries += 1
            if status == 200:
                heard, answered = hear(deed, told), True
            else:
                await asyncio.sleep(float(told.get("again", AGAIN_SECONDS)))
        return self.history.note(
            Action(
                update_id=update["update_id"],
                person=person,
                deed=deed,
                session=session,
                invoked=invoked,
                ended=self.now(),
                outcome=heard.outcome,
                standing=heard.standing,
                took_effect=heard.took_effect,
                apologised=heard.apologised,
                answered=answered,
                said=heard.said,
                tries=tries,
            )
        )

    def now(self) -> float:
        """Seconds of the run."""
        return time.monotonic() - self.began

    async def _repeated(
        self, update: Json, person: int, deed: Deed, session: int, repeats: int
    ) -> Action:
        first = await self.bring(update, person, deed, session)
        if first.outcome is not Outcome.OK:
            # Who was told "press again" is not answered: his update may still be done.
            return first
        again = (self.bring(update, person, deed, session) for _ in range(repeats))
        await asyncio.gather(*again)
        return first

    async def _attempt(self, update: Json, turn: int) -> tuple[int, Json]:
        """The status, and the answer or when to come again; a gateway that is gone is 0."""
        door = self.doors[turn % len(self.doors)]
        timeout = aiohttp.ClientTimeout(total=ATTEMPT_SECONDS)
        headers = {HEADER: self.secret}
        try:
            async with self.http.post(door, json=update, headers=headers, timeout=timeout) as reply:
                body = await reply.read()
                if reply.status == 200:
                    return 200, json.loads(body) if body else {}
                return reply.status, {"again": reply.headers.get("Retry-After", AGAIN_SECONDS)}
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0, {}
