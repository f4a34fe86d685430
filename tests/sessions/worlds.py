"""The sessions' store in two worlds, in memory and in Postgres, one call at a time: what is proved
in one is proved in the other, so that the fake cannot drift."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from fotbot.sender.v1.notice_pb2 import Notice as NoticeMessage
from sqlalchemy import text

from services.chassis.cache import Cache
from services.chassis.db import Database
from services.chassis.jobs import Jobs
from services.chassis.setting_groups import CacheSettings, StoreSettings
from services.chassis.settings import load
from services.sessions.domain import planning
from services.sessions.domain.boards import Board
from services.sessions.domain.money import Payment
from services.sessions.domain.ports import Store
from services.sessions.domain.values import (
    Format,
    Person,
    Plan,
    Role,
    Session,
    SessionId,
    UserId,
)
from services.sessions.storage.boards import SqlBoards
from services.sessions.storage.cache_keys import CacheKeys
from services.sessions.storage.outbox import Outbox
from services.sessions.storage.store import SqlStore
from tests.fakes.memory_sessions import MemorySessions

ORGANISER = Person(id=UserId(901), role=Role.ORGANISER, registered=True)
ENTRIES = """SELECT entries.id, entries.status, amount, coupons, payments.status AS paid
    FROM entries LEFT JOIN payments ON payments.entry_id = entries.id WHERE session_id = :id"""
STEPS = """SELECT entry_id, action, amount, coupons FROM payment_events
    JOIN entries ON entries.id = entry_id WHERE session_id = :id ORDER BY payment_events.id"""

Told = tuple[str, str, int]
Sum = tuple[int, int, str]
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """A session's entries, ended ones too, with amount, coupons and status of their payments; the
    steps of these; and all coupons there are with the entries they are used for."""

    entries: dict[int, tuple[str, Sum | None]]
    steps: list[tuple[int, str, int, int]]
    coupons: dict[int, int | None]


class World(Protocol):
    """A store with everything around it, one call at a time."""

    def write(self, work: Callable[[Store], Awaitable[Answer]]) -> Answer: ...
    def board(self, session_id: SessionId) -> Board: ...
    def told(self, session_id: SessionId) -> list[Told]: ...
    def issue(self, user_id: UserId) -> int: ...
    def books(self, session_id: SessionId) -> Books: ...


async def open_session(store: Store, capacity: int, **fields: Any) -> Session:
    """Tomorrow, at a venue of its own."""
    venue = await planning.create_venue(store, ORGANISER, uuid.uuid4().hex[:16], "Asia/Tashkent")
    starts_at = (await store.now()).replace(microsecond=0) + timedelta(days=1)
    usual: dict[str, Any] = {"format": Format.FIVE_A_SIDE, "price": 0, "capacity": capacity}
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2)}
    plan = Plan(venue_id=venue.id, **times, **{**usual, **fields})
    return await planning.create_session(store, ORGANISER, plan)


class MemoryWorld:
    """Over the fake."""

    def __init__(self) -> None:
        self._memory = MemorySessions()

    def write(self, work: Callable[[Store], Awaitable[Answer]]) -> Answer:
        async def run() -> Answer:
            async with self._memory.write() as store:
                return await work(store)

        return _at_once(run())

    def board(self, session_id: SessionId) -> Board:
        board = _at_once(self._memory.of_session(session_id))
        assert board
        return board

    def issue(self, user_id: UserId) -> int:
        return self._memory.issue(user_id)

    def books(self, session_id: SessionId) -> Books:
        content = self._memory.content
        entries = [one for one in content.entries.values() if one.session_id == session_id]
        coupons = {id_: kept.coupon.entry_id for id_, kept in content.coupons.items()}
        return Books(
            entries={
                entry.id: (entry.status.value, _sum(entry.payment) if entry.payment else None)
                for entry in entries
            },
            steps=[
                (step.entry_id, step.action.value, step.payment.amount, step.payment.coupons)
                for step in content.steps
                if step.entry_id in {entry.id for entry in entries}
            ],
            coupons=coupons,
        )

    def told(self, session_id: SessionId) -> list[Told]:
        return [
            (notice.id, notice.kind.value, notice.user_id)
            for notice in self._memory.told
            if notice.session.id == session_id
        ]


class PostgresWorld:
    """Over the real store; its cache is down, which changes nothing."""

    def __init__(self, runner: asyncio.Runner, url: str) -> None:
        self._runner = runner
        self._opened: list[AbstractAsyncContextManager[Any]] = []
        store = load(StoreSettings, {"DATABASE_URL": url})
        cache = load(CacheSettings, {"REDIS_URL": "redis://127.0.0.1:1"})
        self._database = self._open(Database.open(store, "sessions"))
        self._boards = SqlBoards(self._database)
        cached = self._open(Cache.open(cache, "sessions"))
        self._keys = CacheKeys(cached)

    def write(self, work: Callable[[Store], Awaitable[Answer]]) -> Answer:
        async def run() -> Answer:
            async with self._database.write() as transaction:
                outbox = Outbox(transaction, Jobs(), self._keys)
                return await work(SqlStore(transaction, outbox))

        return self._runner.run(run())

    def board(self, session_id: SessionId) -> Board:
        board = self._runner.run(self._boards.of_session(session_id))
        assert board
        return board

    def told(self, session_id: SessionId) -> list[Told]:
        async def read() -> list[bytes]:
            async with self._database.read_primary() as transaction:
                found = await transaction.execute(text("SELECT payload FROM pgqueuer"))
                return [row.payload for row in found]

        notices = map(NoticeMessage.FromString, self._runner.run(read()))
        return [
            (notice.notice_id, notice.notice_id.split(":")[3], notice.user_id)
            for notice in notices
            if notice.session.session_id == session_id
        ]

    def issue(self, user_id: UserId) -> int:
        async def give() -> int:
            given = text("INSERT INTO coupons (user_id) VALUES (:user) RETURNING id")
            async with self._database.write() as transaction:
                found = await transaction.execute(given, {"user": user_id})
                return int(found.scalar_one())

        return self._runner.run(give())

    def withdraw(self) -> None:
        """Nobody has a coupon any more."""

        async def take() -> None:
            async with self._database.write() as transaction:
                gone = "UPDATE coupons SET status = 'withdrawn' WHERE status = 'available'"
                await transaction.execute(text(gone))

        self._runner.run(take())

    def books(self, session_id: SessionId) -> Books:
        return self._runner.run(self._books(session_id))

    async def _books(self, session_id: SessionId) -> Books:
        named = {"id": session_id}
        async with self._database.read_primary() as transaction:
            entries = await transaction.execute(text(ENTRIES), named)
            steps = await transaction.execute(text(STEPS), named)
            coupons = await transaction.execute(text("SELECT id, entry_id FROM coupons"))
            return Books(
                entries={
                    row.id: (row.status, tuple(row[2:]) if row.paid else None) for row in entries
                },
                steps=[tuple(row) for row in steps],
                coupons={row.id: row.entry_id for row in coupons},
            )

    def close(self) -> None:
        for opened in reversed(self._opened):
            self._runner.run(opened.__aexit__(None, None, None))

    def _open(self, manager: AbstractAsyncContextManager[Answer]) -> Answer:
        self._opened.append(manager)
        return self._runner.run(manager.__aenter__())


def _sum(payment: Payment) -> Sum:
    return payment.amount, payment.coupons, payment.status.value


def _at_once(work: Coroutine[Any, Any, Answer]) -> Answer:
    """In memory nothing is waited for, so that no loop is needed."""
    try:
        work.send(None)
    except StopIteration as done:
        answer: Answer = done.value
        return answer
    raise AssertionError("the memory store waits")
