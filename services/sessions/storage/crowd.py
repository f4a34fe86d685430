"""The port `Crowd` over one write transaction: a few statements for however many newcomers.

What they find is read at once, under the locks; what they do is kept in memory, where those after
them find it, and written at once in the end.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from services.chassis.db import WriteTransaction
from services.chassis.driver_sql import fetch, numbers
from services.sessions.domain.entries import Entry, Locked
from services.sessions.domain.evolving import evolved
from services.sessions.domain.notices import Notice
from services.sessions.domain.values import EntryId, Session, SessionId, UserId
from services.sessions.storage import rows
from services.sessions.storage.crowd_statements import AROUND_NEWCOMERS, ENTER_ALL, THEIR_ENTRIES
from services.sessions.storage.outbox import Outbox, Packed, packed
from services.sessions.storage.statements import LOCK_SESSIONS

Newcomer = tuple[SessionId, UserId]


class SqlCrowd:
    """One transaction's newcomers; `outbox` keeps what is to follow the commit."""

    def __init__(self, transaction: WriteTransaction, outbox: Outbox) -> None:
        self._transaction = transaction
        self._outbox = outbox
        self._sessions: dict[SessionId, Session] = {}
        self._entries: dict[Newcomer, Entry] = {}
        self._now: datetime | None = None
        self._ids: Iterator[EntryId] = iter(())
        self._changed: set[SessionId] = set()
        self._entered: list[Entry] = []
        self._told: list[Packed] = []

    async def gather(self, newcomers: Sequence[Newcomer]) -> None:
        """Waits at most the lock's time-out for each session, then StoreBusy."""
        wanted = {"session_ids": list({session_id for session_id, _ in newcomers})}
        locked = await self._transaction.execute(LOCK_SESSIONS, wanted)
        found = {SessionId(row.id): row for row in locked}
        comers = [newcomer for newcomer in newcomers if newcomer[0] in found]
        if comers:
            await self._look_around(comers, found)

    @contextmanager
    def door(self) -> Iterator["SqlDoor"]:
        """What is done through it is kept unless it raises."""
        door = SqlDoor(self._sessions, self._entries, self._now, self._ids)
        yield door
        self._told += door.told
        for session, entry in door.entered:
            self._sessions[session.id] = session
            self._changed.add(session.id)
            self._entered.append(entry)
            self._entries.update(((session.id, person), entry) for person in entry.people)

    async def settle(self) -> None:
        """One statement, and one for the notices."""
        if self._entered:
            changed = [self._sessions[id_] for id_ in self._changed]
            await fetch(self._transaction, ENTER_ALL, *_entered(self._entered), *_counts(changed))
        for session_id in self._changed:
            self._outbox.changed(session_id)
        await self._outbox.enqueue_packed(self._told)

    async def _look_around(
        self, comers: Sequence[Newcomer], locked: Mapping[SessionId, Row[Any]]
    ) -> None:
        asked = {
            "sessions": [session_id for session_id, _ in comers],
            "users": [user_id for _, user_id in comers],
            "venues": [locked[session_id].venue_id for session_id, _ in comers],
        }
        around = (await self._transaction.execute(AROUND_NEWCOMERS, asked)).all()
        for row in around:
            session_id = SessionId(row.session_id)
            if session_id not in self._sessions:
                self._sessions[session_id] = rows.session(locked[session_id], rows.venue(row))
        self._now = around[0].now
        self._ids = iter(sorted(EntryId(row.new_id) for row in around))
        await self._look_up([row for row in around if row.own is not None])

    async def _look_up(self, known: Sequence[Row[Any]]) -> None:
        """Who is in already."""
        if not known:
            return
        wanted = {"entry_ids": [row.own for row in known]}
        found = await self._transaction.execute(THEIR_ENTRIES, wanted)
        entries = {row.entry_id: rows.entry(row, row.entry_position) for row in found}
        for row in known:
            self._entries[SessionId(row.session_id), UserId(row.user_id)] = entries[row.own]


class SqlDoor:
    """The port `Door` for one newcomer of a crowd."""

    def __init__(
        self,
        sessions: Mapping[SessionId, Session],
        entries: Mapping[Newcomer, Entry],
        now: datetime | None,
        ids: Iterator[EntryId],
    ) -> None:
        self._sessions = sessions
        self._entries = entries
        self._now = now
        self._ids = ids
        self.entered: list[tuple[Session, Entry]] = []
        self.told: list[Packed] = []

    async def lock_session(
        self, session_id: SessionId, person: UserId | None = None
    ) -> Locked | None:
        """As those before him left it; it is locked already."""
        session = self._sessions.get(session_id)
        if session is None or self._now is None:
            return None
        own = None if person is None else self._entries.get((session_id, person))
        return Locked(session=session, now=self._now, entry=own)

    async def enter(self, session: Session, entry: Entry) -> Entry:
        """Written with all the others'; a newcomer changes nothing of the session but counts."""
        entered = evolved(entry, id=next(self._ids))
        self.entered.append((session, entered))
        return entered

    async def tell(self, notices: Sequence[Notice]) -> None:
        """Jobs of the transaction, of the trace under way now."""
        self.told += [packed(notice) for notice in notices]


def _entered(entries: Sequence[Entry]) -> Iterator[str | list[str]]:
    """The columns of `ENTER_ALL` for entries, who plays, and what is owed."""
    yield numbers(entry.id for entry in entries)
    yield numbers(entry.session_id for entry in entries)
    yield numbers(entry.user_id for entry in entries)
    yield numbers(entry.team_id for entry in entries)
    yield [entry.status.value for entry in entries]
    yield numbers(entry.turn for entry in entries)
    yield numbers(entry.places for entry in entries)
    yield numbers(entry.price for entry in entries)
    yield numbers(entry.id for entry in entries for _ in entry.players)
    yield numbers(entry.session_id for entry in entries for _ in entry.players)
    yield numbers(player for entry in entries for player in entry.players)
    owing = [(entry, entry.payment) for entry in entries if entry.payment]
    yield numbers(entry.id for entry, _ in owing)
    yield numbers(entry.user_id for entry, _ in owing)
    yield numbers(payment.amount for _, payment in owing)


def _counts(sessions: Sequence[Session]) -> Iterator[str]:
    """The columns of `ENTER_ALL` for sessions."""
    yield numbers(session.id for session in sessions)
    yield numbers(session.taken for session in sessions)
    yield numbers(session.waitlisted for session in sessions)
    yield numbers(session.turns for session in sessions)
    yield numbers(session.version for session in sessions)
