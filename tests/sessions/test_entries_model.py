"""Whatever is pressed, in any order, places, money, coupons and the queue are as kept on paper.

10,000 random sequences against the store in memory, fewer against Postgres: two evenings whose
players share coupons, individuals and teams that overlap, everything that can be done to them.
A failure names its seed and the presses that led to it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from msgspec import structs

from services.chassis.errors import Refused
from services.local.stores import postgres_schemas
from services.sessions.domain import deciding, paying, places, planning, squads
from services.sessions.domain.entries import Squad
from services.sessions.domain.ports import Store
from services.sessions.domain.values import (
    Changes,
    EntryId,
    Person,
    Role,
    SessionId,
    Status,
    TeamId,
    UserId,
)
from tests.sessions.paper import Line, Paper, Wallets
from tests.sessions.worlds import ORGANISER, MemoryWorld, PostgresWorld, World, open_session

SQUAD = 4
INDIVIDUALS = range(1, 9)
# Captains with their players; the third does not play himself, the fourth shares players.
TEAMS = {
    TeamId(1): (11, [11, 12, 13, 14]),
    TeamId(2): (21, [21, 22, 23, 24]),
    TeamId(3): (31, [32, 33, 34, 35]),
    TeamId(4): (1, [1, 2, 12, 41]),
}
EVERYBODY = [*INDIVIDUALS, *sorted({user for _, team in TEAMS.values() for user in team}), 31]
EARLY, LATE = timedelta(hours=3), timedelta(hours=48)

Work = Callable[[Store], Awaitable[object]]
Press = tuple[str, Work, Callable[[], str]]


@dataclass(slots=True)
class Evening:
    """A session and its sheet of paper; `ids` tells which entry a line is."""

    id: SessionId
    paper: Paper
    ids: dict[int, Line]


class Sequence:
    """One random sequence in a world of its own, or in one that others have used."""

    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self._random = random.Random(seed)
        self._wallets = Wallets()
        self._pressed: list[str] = []
        self._evenings = [self._open() for _ in range(2)]
        for _ in range(10):
            self._give(self._random.choice(EVERYBODY))

    def run(self, presses: int) -> None:
        """Raises AssertionError, with all that was pressed."""
        try:
            for _ in range(presses):
                evening = self._random.choice(self._evenings)
                self._press(evening)
                self._same_board(evening)
            for evening in self._evenings:
                self._same_books(evening)
        except AssertionError as error:
            raise AssertionError("\n".join([*self._pressed, str(error)])) from error

    def _open(self) -> Evening:
        capacity, price = self._random.randint(2, 12), self._random.choice((0, 40_000, 40_000))
        approves = self._random.random() < 0.4
        session = self._world.write(
            lambda store: open_session(
                store, capacity, price=price, squad_size=SQUAD, needs_approval=approves
            )
        )
        paper = Paper(capacity, SQUAD, price, approves, self._wallets)
        return Evening(session.id, paper, {})

    def _press(self, evening: Evening) -> None:
        name, work, on_paper = self._chosen(evening)
        self._pressed.append(f"{evening.id}: {name}")
        expected = on_paper()
        try:
            self._world.write(work)
            answer = ""
        except Refused as refusal:
            answer = refusal.reason
        assert answer == expected, f"{name}: {answer} instead of {expected}"

    def _chosen(self, evening: Evening) -> Press:
        weighted = {
            self._register: 6,
            self._register_team: 3,
            self._leave: 3,
            self._decide: 5,
            self._pay: 5,
            self._plan: 1,
            self._issue: 1,
        }
        [kind] = self._random.choices(list(weighted), list(weighted.values()))
        return kind(evening)

    def _register(self, evening: Evening) -> Press:
        user = self._random.choice(EVERYBODY)
        return (
            f"register {user}",
            lambda store: places.register(store, _person(user), evening.id),
            lambda: evening.paper.register(user),
        )

    def _register_team(self, evening: Evening) -> Press:
        team_id, (captain, players) = self._random.choice(list(TEAMS.items()))
        squad = Squad(
            id=team_id, captain_id=UserId(captain), members=frozenset(map(UserId, players))
        )
        named = [UserId(player) for player in players]
        return (
            f"register team {team_id}",
            lambda store: squads.register_team(store, _person(captain), squad, evening.id, named),
            lambda: evening.paper.register_team(captain, team_id, players),
        )

    def _leave(self, evening: Evening) -> Press:
        user, early = self._somebody_in(evening), self._random.random() < 0.6
        return (
            f"leave {user} {'early' if early else 'late'}",
            lambda store: places.leave(store, UserId(user), evening.id, EARLY if early else LATE),
            lambda: evening.paper.leave(user, early),
        )

    def _decide(self, evening: Evening) -> Press:
        if not evening.ids:
            return self._register(evening)
        owed = [(id_, line) for id_, line in evening.ids.items() if line.paid == "refund_due"]
        likely = owed if owed and self._random.random() < 0.3 else list(evening.ids.items())
        id_, line = self._random.choice(likely)
        entry_id, came = EntryId(id_), self._random.random() < 0.5
        return self._random.choice(
            [
                (
                    f"approve {id_}",
                    lambda store: deciding.approve(store, ORGANISER, entry_id),
                    lambda: evening.paper.approve(line),
                ),
                (
                    f"reject {id_}",
                    lambda store: deciding.reject(store, ORGANISER, entry_id, "No boots"),
                    lambda: evening.paper.reject(line),
                ),
                (
                    f"settle {id_} {'returned' if came else 'never came'}",
                    lambda store: deciding.settle_refund(
                        store, ORGANISER, entry_id, not_received=not came
                    ),
                    lambda: evening.paper.settle(line, came),
                ),
            ]
        )

    def _pay(self, evening: Evening) -> Press:
        user = UserId(self._somebody_in(evening))
        count = self._random.choice((0, 1, 1, 2, SQUAD))
        if self._random.random() < 0.5:
            return (
                f"receipt of {user}",
                lambda store: paying.submit_receipt(store, user, evening.id, "photo"),
                lambda: evening.paper.show(user),
            )
        return (
            f"{count} coupons of {user}",
            lambda store: paying.use_coupons(store, user, evening.id, count),
            lambda: evening.paper.use_coupons(user, count),
        )

    def _plan(self, evening: Evening) -> Press:
        capacity, price = self._random.randint(2, 14), self._random.choice((0, 30_000, 50_000))
        kind = self._random.choices(["resize", "reprice", "cancel", "start"], [5, 2, 1, 1])[0]
        if kind == "resize":
            return (
                f"capacity {capacity}",
                _edit(evening.id, Changes(capacity=capacity)),
                lambda: evening.paper.resize(capacity),
            )
        if kind == "reprice":
            return (
                f"price {price}",
                _edit(evening.id, Changes(price=price)),
                lambda: evening.paper.reprice(price),
            )
        if kind == "cancel":
            return (
                "cancel",
                lambda store: planning.cancel_session(store, ORGANISER, evening.id),
                evening.paper.cancel,
            )
        return "start", lambda store: _start(store, evening), evening.paper.start

    def _issue(self, evening: Evening) -> Press:
        user = self._somebody_in(evening)
        self._give(user)
        return f"a coupon for {user}", _nothing, lambda: ""

    def _give(self, user: int) -> None:
        self._wallets.owner[self._world.issue(UserId(user))] = user

    def _somebody_in(self, evening: Evening) -> int:
        lines = evening.paper.held + evening.paper.queue
        people = [user for line in lines for user in line.people]
        owners = [line.owner for line in lines]
        [likely] = self._random.choices([owners, people, EVERYBODY], [7, 2, 1])
        return self._random.choice(likely or EVERYBODY)

    def _same_board(self, evening: Evening) -> None:
        board, paper = self._world.board(evening.id), evening.paper
        lines = paper.held + paper.queue
        entries = board.entries()
        for entry, line in zip(entries, lines, strict=True):
            known = evening.ids.setdefault(entry.id, line)
            assert known is line
            assert (entry.user_id, set(entry.players)) == (line.owner, set(line.players))
            assert (entry.status.value, entry.team_id) == (line.state, line.team)
            paid = entry.payment
            seen = (paid.amount, paid.coupons, paid.status.value) if paid else None
            assert seen == _sum(line)
            if paid:
                assert paid.amount == line.price * (len(line.players) - paid.coupons)
        session = board.session
        assert session.taken == paper.taken <= session.capacity == paper.capacity
        assert session.waitlisted == len(paper.queue)
        assert session.status.value == paper.status

    def _same_books(self, evening: Evening) -> None:
        books, told = self._world.books(evening.id), self._world.told(evening.id)
        by_id = evening.ids
        assert len(by_id) == len(evening.paper.lines) == len(books.entries)
        for id_, (status, paid) in books.entries.items():
            assert (status, paid) == (by_id[id_].state, _sum(by_id[id_]))
            steps = [step for step in books.steps if step[0] == id_]
            assert [action for _, action, _, _ in steps] == by_id[id_].steps
            if paid:
                assert steps[-1][2:] == paid[:2]
        lines = list(map(id, by_id.values()))
        for coupon in self._wallets.owner:
            used_for, line = books.coupons[coupon], self._wallets.used.get(coupon)
            if line is None:
                assert used_for is None
            elif id(line) in lines:
                assert by_id[used_for or 0] is line
        assert sorted((kind, user) for _, kind, user in told) == sorted(evening.paper.told)
        assert len({id_ for id_, _, _ in told}) == len(told)


def _person(user: int) -> Person:
    return Person(id=UserId(user), role=Role.PLAYER, registered=True)


def _sum(line: Line) -> tuple[int, int, str] | None:
    return (line.amount, len(line.coupons), line.paid) if line.paid else None


def _edit(session_id: SessionId, changes: Changes) -> Work:
    return lambda store: planning.edit_session(store, ORGANISER, session_id, changes)


async def _start(store: Store, evening: Evening) -> None:
    """As an organiser's start does, without sides."""
    locked = await places.locked_session(store, evening.id)
    if locked.session.status is not Status.PLANNED:
        raise _Closed(evening.paper.closed())
    session = await places.end_open_entries(store, locked.session, ORGANISER.id)
    await store.save_session(structs.replace(session, status=Status.STARTED).changed())


async def _nothing(_: Store) -> None:
    """What is not the product's is done already."""


class _Closed(Refused):
    """The evening's start is refused elsewhere; here it only must not happen twice."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason  # type: ignore[misc]


@pytest.mark.parametrize("part", range(4))
def test_10_000_sequences_in_memory_are_as_on_paper(part: int) -> None:
    for seed in range(part * 2_500, (part + 1) * 2_500):
        Sequence(MemoryWorld(), seed).run(presses=15)


def test_sequences_in_postgres_are_as_on_paper(stored: postgres_schemas.Database) -> None:
    with asyncio.Runner() as runner:
        world = PostgresWorld(runner, stored.url("sessions"))
        try:
            for seed in range(10_000, 10_025):
                # Those of the sequence before would be used first.
                world.withdraw()
                Sequence(world, seed).run(presses=25)
        finally:
            world.close()
