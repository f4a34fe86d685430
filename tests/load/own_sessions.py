"""The evenings that the crowd taps at: opened by an admin in the chat, step by step, and known by
the card that the bot shows him."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import aiohttp

from services.gateway.features.create_session.callbacks import ConfirmCreation
from services.gateway.texts import texts_for
from tests.load.townspeople import LANGUAGE
from tests.load.visitor import NotServed, Visitor

UPDATES_EACH = 12
"""That the admin sends for one session, at most."""

POLL_SECONDS = 0.1
_JOIN = re.compile(r"\bsj(?::|%3A)(\d+)")


class NoSession(NotServed):
    """The bot has not opened a session; the message says what to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be opened."""

    count: int
    capacity: int
    time_zone: str
    """The league's own, in which the admin writes times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """Where cards are seen."""

    http: aiohttp.ClientSession
    sink: str
    """URL of the Telegram that the sender talks to."""
    patience: float
    """Seconds."""

    async def of(self, telegram_id: int) -> None:
        """From here on those that he is shown."""
        async with self.http.get(f"{self.sink}/watch?{telegram_id}"):
            return

    async def new(self, known: Sequence[int]) -> int:
        """The session on a card that was not there before. Raises NoSession."""
        told: list[str] = []
        try:
            async with asyncio.timeout(self.patience):
                while True:
                    async with self.http.get(f"{self.sink}/watched") as response:
                        told = json.loads(await response.text())
                    ids = {int(found) for call in told for found in _JOIN.findall(call)}
                    if new := ids.difference(known):
                        return max(new)
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            last = told[-1][:300] if told else "nothing at all"
            raise NoSession(
                "no card of a new session came to the sink. Is ADMIN among the gateway's"
                " ADMIN_TG_IDS, is RATE_LIMIT_MAX high enough for him, and does the sender talk to"
                f" the sink? Last said to the admin there: {last}"
            ) from None


async def open_sessions(admin: Visitor, wanted: Wanted, cards: Cards) -> Sequence[int]:
    """Their ids. Raises NoSession."""
    await cards.of(admin.telegram_id)
    found: list[int] = []
    for number in range(wanted.count):
        now = datetime.now(ZoneInfo(wanted.time_zone))
        begins = now.replace(minute=0) + timedelta(days=2, hours=2 * number)
        await _open(admin, number, begins, wanted.capacity)
        found.append(await cards.new(found))
    return found


async def _open(admin: Visitor, number: int, begins: datetime, capacity: int) -> None:
    """Answers typed to every step, as create_session.screens.STEPS has them."""
    run = f"{datetime.now(UTC):%d %H:%M:%S.%f}"
    answers = (
        f"Load {run} {number}",
        f"{begins:%d.%m.%Y}",
        f"{begins:%H:%M}",
        "90",
        "5",
        "7",
        "0",
        str(capacity),
        texts_for(LANGUAGE).plain("create.approval.no"),
    )
    await admin.says("/create")
    for answer in answers:
        await admin.says(answer)
    await admin.presses(ConfirmCreation())
