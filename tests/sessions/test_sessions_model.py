"""Whatever people and organisers do, in any order, a session is what a plain model says.

The same machine runs on the memory fake and on Postgres, so that the fake cannot drift.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

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

from services.local.stores import postgres_schemas
from services.sessions.domain import places, planning
from services.sessions.domain.boards import Board
from services.sessions.domain.notices import NoticeKind
from services.sessions.domain.ports import Store
from services.sessions.domain.refusals import CapacityBelowTaken, SessionCancelled
from services.sessions.domain.values import (
    Changes,
    EntryStatus,
    Person,
    Role,
    Session,
    UserId,
)
from tests.sessions.worlds import ORGANISER, Answer, MemoryWorld, PostgresWorld, World, open_session

PEOPLE = st.integers(1, 7).map(UserId)
CAPACITIES = st.integers(2, 6)


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
        early = timedelta(hours=3)
        outcome = self.write(lambda store: places.leave(store, user, self.session.id, early))
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
            self.model.confirmed, self.model.waiting = [], []

    @invariant()
    def is_what_the_model_says(self) -> None:
        board = self.board()
        session = board.session
        entries = board.entries()
        placed = [entry.user_id for entry in entries if entry.status is EntryStatus.CONFIRMED]
        waiting = [entry.user_id for entry in entries if entry.status is EntryStatus.WAITLISTED]
        assert placed == self.model.confirmed
        assert waiting == self.model.waiting
        assert (session.taken, session.waitlisted) == (len(placed), len(waiting))
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


def test_in_memory_a_session_is_what_the_model_says() -> None:
    class InMemory(Evenings):
        world_of = MemoryWorld

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
