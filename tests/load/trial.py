"""A gateway put to the test from outside: people sign up, an admin opens sessions, everybody taps
at a rate, and what they were all told is judged."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp

from services.gateway.texts import texts_for
from tests.load.driver import Door, Load, Record
from tests.load.judge import Place, Verdict, judge, told_place
from tests.load.own_sessions import Cards, Wanted, open_sessions
from tests.load.townspeople import FIRST_PERSON, LANGUAGE, sign_everybody_up, sign_up
from tests.load.updates import Act, Crowd
from tests.load.visitor import Visitor, Webhook

QUIET_SECONDS = 1.0
QUIET_TRIES = 30
WAITING = texts_for(LANGUAGE).plain("join.waiting", place=0).partition("0")[2]
"""What a toast ends with for who waits."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What is tried."""

    url: str
    """Of the webhook."""
    secret: str = field(repr=False)
    sink: str
    """URL of the Telegram that the gateway's sender talks to."""
    admin: int
    rate: float
    people: int
    sessions: int = 1
    capacity: int = 28
    connections: int = 64
    time_zone: str = "Asia/Tashkent"
    card_seconds: float = 20.0
    """How long a new session's card is waited for."""

    @property
    def taps(self) -> int:
        """Everybody at every session once."""
        return self.people * self.sessions

    def door(self) -> Door:
        """Where the crowd knocks."""
        parts = urlsplit(self.url)
        tls = parts.scheme == "https"
        return Door(
            host=parts.hostname or "",
            port=parts.port or (443 if tls else 80),
            secret=self.secret,
            path=parts.path or "/",
            tls=tls,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it."""

    record: Record
    verdict: Verdict
    instead: Counter[str]
    """What taps were told that got no place, not even one in the queue."""

    @property
    def is_good(self) -> bool:
        """Every promise kept, and nothing turned away."""
        return self.verdict.is_clean and not self.record.lost and not self.record.refused

    def words(self) -> str:
        """For a terminal."""
        record = self.record
        return "\n".join(
            (
                f"{record.sent} taps, {record.rate:.0f}/s answered; {record.lost} without any "
                f"answer, {record.refused} refused, {record.again} brought again, "
                f"{record.cut_off} connections cut off",
                "from the moment a tap was due to its answer:",
                *(f"  {line}" for line in record.latency.lines()),
                *(f"{count} were told: {words}" for words, count in self.instead.most_common(5)),
                self.verdict.words(),
                "every promise was kept" if self.is_good else "NOT every promise was kept",
            )
        )


async def tried(aim: Aim, say: Say) -> Outcome:
    """All of it. Raises NotServed where the gateway does not play along."""
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        webhook = Webhook(url=aim.url, secret=aim.secret, http=http)
        admin = Visitor(telegram_id=aim.admin, webhook=webhook)
        await sign_up(admin, "Load Admin", f"+9989177{aim.admin % 10**5:05d}")
        say(f"signing {aim.people} people up")
        await sign_everybody_up(webhook, aim.people, _told_by_tenths(aim.people, say))
        say(f"opening {aim.sessions} sessions as {aim.admin}")
        opened = await open_sessions(
            admin,
            Wanted(count=aim.sessions, capacity=aim.capacity, time_zone=aim.time_zone),
            Cards(http=http, sink=aim.sink, patience=aim.card_seconds),
        )
        async with http.post(f"{aim.sink}/reset"):
            say(f"{aim.taps} taps at {aim.rate:g}/s for {aim.taps / aim.rate:.0f} s")
        record = await _crowd(aim, opened, say)
        answered = await _answered(http, aim.sink)
    verdict = _verdict(aim, opened, record, answered)
    return Outcome(record=record, verdict=verdict, instead=_instead(record))


async def _crowd(aim: Aim, opened: Sequence[int], say: Say) -> Record:
    crowd = Crowd(
        operation="register",
        people=aim.people,
        sessions=opened,
        first_person=FIRST_PERSON,
    )
    load = Load(aim.door(), crowd.acts(), connections=aim.connections, keep=True)
    telling = asyncio.create_task(_tell(load.record, aim.taps, say))
    try:
        # A hair longer, so that rounding leaves nobody out.
        return await load.at_rate(aim.rate, seconds=(aim.taps + 0.5) / aim.rate)
    finally:
        telling.cancel()


async def _tell(record: Record, taps: int, say: Say) -> None:
    while True:
        await asyncio.sleep(1)
        p99 = 1000 * record.latency.quantile(0.99)
        say(f"  {record.done}/{taps} answered, {record.again} brought again, p99 {p99:.0f} ms")


async def _answered(http: aiohttp.ClientSession, sink: str) -> Mapping[int, int]:
    """Which taps Telegram was asked to answer, once nothing more comes."""
    before: object = None
    for _ in range(QUIET_TRIES):
        async with http.get(f"{sink}/counts") as response:
            now = await response.text()
        if now == before:
            break
        before = now
        await asyncio.sleep(QUIET_SECONDS)
    async with http.get(f"{sink}/answered") as response:
        return dict(json.loads(await response.text()))


def _verdict(
    aim: Aim, opened: Sequence[int], record: Record, answered: Mapping[int, int]
) -> Verdict:
    """By what each was told: he is in, at which place, or waits, at which."""
    places = [place for act, body in record.bodies if (place := _told(act, body))]
    return judge(
        sorted(places, key=lambda place: (place.session, place.waiting, place.number)),
        dict.fromkeys(opened, aim.capacity),
        record.taken,
        unanswered=record.unanswered,
        answered=answered,
    )


def _told(act: Act, body: bytes) -> Place | None:
    toast = _toast(body)
    place = told_place(act.person, act.session, toast, waits=WAITING in toast)
    return place if place.number else None


def _instead(record: Record) -> Counter[str]:
    return Counter(_toast(body) for act, body in record.bodies if not _told(act, body))


def _toast(body: bytes) -> str:
    return str(json.loads(body or b"{}").get("text", ""))


def _told_by_tenths(people: int, say: Say) -> Callable[[int], None]:
    step = max(1, people // 10)

    def tell(done: int) -> None:
        if done % step == 0:
            say(f"  {done} of {people}")

    return tell
