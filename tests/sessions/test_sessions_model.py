"""Whatever people and organisers do, in any order, a session is what a plain model says.

The same machine runs on the memory fake and on Postgres, so that the fake cannot drift.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, Protocol, TypeVar

from fotbot.sender.v1.notice_pb2 import Notice as NoticeMessage
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from services.chassis.cache import Cache
from services.chassis.db import Database
from services.chassis.jobs import Jobs
from services.chassis.setting_groups import CacheSettings, StoreSettings
from services.chassis.settings import load
from services.local.stores import postgres_schemas
from services.sessions.domain import places, planning
from services.sessions.domain.boards import Board
from services.sessions.domain.notices import NoticeKind
from services.sessions.domain.ports import Store
from services.sessions.domain.refusals import CapacityBelowTaken, SessionCancelled
from services.sessions.domain.values import (
    Changes,
    Format,
    Person,
    Plan,
    Role,
    Session,
    SessionId,
    UserId,
)
from services.sessions.storage.boards import SqlBoards
from services.sessions.storage.cached_boards import CachedBoards
from services.sessions.storage.outbox import Outbox
from services.sessions.storage.store import SqlStore
from tests.fakes.memory_sessions import MemorySessions

PEOPLE = st.integers(1, 7).map(UserId)
CAPACITIES = st.integers(2, 6)
ORGANISER = Person(id=UserId(901), role=Role.ORGANISER, registered=True)

Told = tuple[str, str, int]
Answer = TypeVar("Answer")


class World(Protocol):
    """A store with everything around it, one call at a time."""

    def write(self, work: Callable[[Store], Awaitable[Answer]]) -> Answer: ...
    def board(self, session_id: SessionId) -> Board: ...
    def told(self, session_id: SessionId) -> list[Told]: ...


@dataclass(slots=True)
class Model:
    """A session as anybody would play it with pen and paper."""

    capacity: int
    confirmed: list[UserId] = field(default_factory=list)
    waiting: list[UserId] = field(default_factory=list)
    cancelled: bool = False
    version: int = 1
    told: list[tuple[str, int, int]] = field(default_factory=list)

    def everybody(self) -> list[UserId]:
        return self.confirmed + self.waiting

    def register(self, user: UserId) -> None:
        self.version += 1
        (self.confirmed if len(self.confirmed) < self.capacity else self.waiting).append(user)

    def leave(self, user: UserId) -> None:
        self.version += 1
        (self.confirmed if user in self.confirmed else self.waiting).remove(user)
        self.fill()

    def fill(self) -> None:
        while not self.cancelled and self.waiting and len(self.confirmed) < self.capacity:
            first = self.waiting.pop(0)
            self.confirmed.append(first)
            self.tell(NoticeKind.PROMOTED, [first])

    def tell(self, kind: NoticeKind, people: list[UserId]) -> None:
        self.told += [(kind.value, self.version, user) for user in people]


class Evenings(RuleBasedStateMachine):
    """Presses buttons; the test says in which world."""

    world_of: Callable[[], World]

    @initialize(capacity=CAPACITIES)
    def begin(self, capacity: int) -> None:
        self.model = Model(capacity)
        self.world = type(self).world_of()
        self.session = self.world.write(lambda store: open_session(store, capacity))

    @rule(user=PEOPLE)
    def register(self, user: UserId) -> None:
        person = Person(id=user, role=Role.PLAYER, registered=True)
        try:
            outcome = self.write(lambda store: places.register(store, person, self.session.id))
        except SessionCancelled:
            assert self.model.cancelled
            return
        assert not self.model.cancelled
        assert outcome.already is (user in self.model.everybody())
        if not outcome.already:
            self.model.register(user)
        self.same_entry(outcome, user)

    @rule(user=PEOPLE)
    def leave(self, user: UserId) -> None:
        outcome = self.write(lambda store: places.leave(store, user, self.session.id))
        assert outcome.already is (user not in self.model.everybody())
        assert outcome.view.entry is None
        if not outcome.already:
            self.model.leave(user)

    @rule(capacity=CAPACITIES)
    def resize(self, capacity: int) -> None:
        try:
            self.edit(Changes(capacity=capacity))
        except SessionCancelled:
            assert self.model.cancelled
        except CapacityBelowTaken:
            assert capacity < len(self.model.confirmed)
        else:
            assert capacity >= len(self.model.confirmed)
            if capacity != self.model.capacity:
                self.model.version += 1
                self.model.capacity = capacity
                self.model.fill()

    @precondition(lambda self: not self.model.cancelled)
    @rule(minutes=st.integers(1, 59), capacity=CAPACITIES)
    def move(self, minutes: int, capacity: int) -> None:
        session = self.board().session
        later = timedelta(minutes=minutes)
        capacity = max(capacity, len(self.model.confirmed))
        self.edit(
            Changes(
                starts_at=session.starts_at + later,
                ends_at=session.ends_at + later,
                capacity=capacity,
            )
        )
        self.model.version += 1
        self.model.capacity = capacity
        self.model.fill()
        self.model.tell(NoticeKind.SESSION_MOVED, self.model.everybody())

    @rule(really=st.integers(0, 9).map(lambda number: number == 0))
    def cancel(self, really: bool) -> None:
        if not really:
            return
        self.write(lambda store: planning.cancel_session(store, ORGANISER, self.session.id))
        if not self.model.cancelled:
            self.model.cancelled = True
            self.model.version += 1
            self.model.tell(NoticeKind.SESSION_CANCELLED, self.model.everybody())

    @invariant()
    def is_what_the_model_says(self) -> None:
        board = self.board()
        session = board.session
        assert list(board.confirmed) == self.model.confirmed
        assert list(board.waiting) == self.model.waiting
        assert (session.taken, session.waitlisted) == (len(board.confirmed), len(board.waiting))
        assert session.taken <= session.capacity == self.model.capacity
        assert session.version == self.model.version

    def teardown(self) -> None:
        """Each notice was enqueued exactly once, under an id of its own."""
        told = self.world.told(self.session.id)
        assert sorted((kind, user) for _, kind, user in told) == sorted(
            (kind, user) for kind, _, user in self.model.told
        )
        assert {id_ for id_, _, _ in told} == {
            f"sessions:{self.session.id}:{version}:{kind}:{user}"
            for kind, version, user in self.model.told
        }
        assert len({id_ for id_, _, _ in told}) == len(told)

    def same_entry(self, outcome: places.Outcome, user: UserId) -> None:
        seen, now = outcome.view.entry, self.board().seen_by(user).entry
        assert seen and now
        assert (seen.status, seen.position) == (now.status, now.position)

    def edit(self, changes: Changes) -> Session:
        return self.write(
            lambda store: planning.edit_session(store, ORGANISER, self.session.id, changes)
        )

    def write(self, work: Callable[[Store], Awaitable[Answer]]) -> Answer:
        return self.world.write(work)

    def board(self) -> Board:
        return self.world.board(self.session.id)


async def open_session(store: Store, capacity: int) -> Session:
    """Tomorrow, at a venue of its own."""
    venue = await planning.create_venue(store, ORGANISER, f"Arena {uuid.uuid4()}", "Asia/Tashkent")
    starts_at = (await store.now()).replace(microsecond=0) + timedelta(days=1)
    plan = Plan(
        venue_id=venue.id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        format=Format.FIVE_A_SIDE,
        price=0,
        capacity=capacity,
    )
    return await planning.create_session(store, ORGANISER, plan)


class MemoryWorld:
    """Over the fake."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._memory = MemorySessions()

    def write(self, work: Callable[[Store], Awaitable[Answer]]) -> Answer:
        async def run() -> Answer:
            async with self._memory.write() as store:
                return await work(store)

        return self._runner.run(run())

    def board(self, session_id: SessionId) -> Board:
        board = self._runner.run(self._memory.of_session(session_id))
        assert board
        return board

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
        self._cached = CachedBoards(self._boards, cached, ttl=1.0)

    def write(self, work: Callable[[Store], Awaitable[Answer]]) -> Answer:
        async def run() -> Answer:
            async with self._database.write() as transaction:
                outbox = Outbox(transaction, Jobs(), self._cached)
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

    def close(self) -> None:
        for opened in reversed(self._opened):
            self._runner.run(opened.__aexit__(None, None, None))

    def _open(self, manager: AbstractAsyncContextManager[Answer]) -> Answer:
        self._opened.append(manager)
        return self._runner.run(manager.__aenter__())


def test_in_memory_a_session_is_what_the_model_says() -> None:
    with asyncio.Runner() as runner:

        class InMemory(Evenings):
            world_of = partial(MemoryWorld, runner)

        run_state_machine_as_test(InMemory, settings=_settings(examples=40))


def test_in_postgres_a_session_is_what_the_model_says(stored: postgres_schemas.Database) -> None:
    with asyncio.Runner() as runner:
        opened = PostgresWorld(runner, stored.url("sessions"))

        class InPostgres(Evenings):
            # As a lambda it would be taken for a method.
            world_of = partial(lambda: opened)

        try:
            run_state_machine_as_test(InPostgres, settings=_settings(examples=8))
        finally:
            opened.close()


def _settings(examples: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
