"""The port `Crowd` over one write transaction: a few statements for however many newcomers.

What they find is read at once, under the locks; what they do is kept in memory, where those after
them find it, and written at once in the end.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime
from types import SimpleNamespace

from msgspec.structs import replace

from services.chassis.db import Database
from services.chassis.db_transactions import Writing
from services.chassis.driver_sql import fetch, numbers, texts
from services.chassis.once_together import Kept, keep
from services.sessions.domain.entries import Entry, Locked
from services.sessions.domain.notices import Notice
from services.sessions.domain.values import EntryId, Session, SessionId, UserId, Venue
from services.sessions.storage import rows
from services.sessions.storage.crowd_statements import (
    AROUND_NEWCOMERS,
    ENTER_ALL,
    LOCK_THEIRS,
    OF_SESSION,
    THEIR_ENTRIES,
)
from services.sessions.storage.outbox import Outbox, Packed, packed

Newcomer = tuple[SessionId, UserId]
OnBehalf = Callable[[], AbstractContextManager[None]]


def begun(
    database: Database, session_ids: Iterable[SessionId]
) -> AbstractAsyncContextManager[Writing]:
    """A transaction with these sessions locked, in one order for everybody. Waits at most the
    lock's time-out for each, then StoreBusy."""
    return database.write_plainly(LOCK_THEIRS % numbers(set(session_ids)))


class SqlCrowd:
    """One transaction's newcomers; `outbox` keeps what is to follow the commit."""

    def __init__(self, transaction: Writing, outbox: Outbox) -> None:
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
        """One statement, and one for those who are in already."""
        around = await fetch(
            self._transaction,
            AROUND_NEWCOMERS,
            numbers([session_id for session_id, _ in newcomers]),
            numbers([user_id for _, user_id in newcomers]),
        )
        ids: list[EntryId] = []
        known: dict[Newcomer, EntryId] = {}
        for row in around:
            session_id = SessionId(row[0])
            venue_id, venue_name, time_zone, user_id, own, new_id, self._now = row[OF_SESSION:]
            if session_id not in self._sessions:
                venue = Venue(id=venue_id, name=venue_name, time_zone=time_zone)
                self._sessions[session_id] = rows.session(row, venue)
            if own is not None:
                known[session_id, user_id] = own
            ids.append(new_id)
        self._ids = iter(sorted(ids))
        await self._look_up(known)

    def door(self, on_behalf: OnBehalf) -> "SqlDoor":
        """What is done through it is kept unless it raises."""
        return SqlDoor(self, on_behalf)

    def find(self, session_id: SessionId, person: UserId | None) -> Locked | None:
        """As those before him left it; it is locked already."""
        session = self._sessions.get(session_id)
        if session is None or self._now is None:
            return None
        own = None if person is None else self._entries.get((session_id, person))
        return Locked(session=session, now=self._now, entry=own)

    def next_id(self) -> EntryId:
        """Of a new entry."""
        return next(self._ids)

    def keep(self, entered: Sequence[tuple[Session, Entry]], told: Sequence[Packed]) -> None:
        """What was done through a door."""
        self._told += told
        for session, entry in entered:
            self._sessions[session.id] = session
            self._changed.add(session.id)
            self._entered.append(entry)
            for person in entry.people:
                self._entries[session.id, person] = entry

    async def settle(self, outcomes: Kept) -> int:
        """One statement, and one for the notices."""
        if self._entered:
            changed = [self._sessions[id_] for id_ in self._changed]
            columns = *_entered(self._entered), *_counts(changed), *outcomes
            kept = int((await fetch(self._transaction, ENTER_ALL, *columns))[0][0])
        else:
            kept = await keep(self._transaction, outcomes)
        for session_id in self._changed:
            self._outbox.changed(session_id)
        await self._outbox.enqueue_packed(self._told)
        return kept

    async def _look_up(self, known: Mapping[Newcomer, EntryId]) -> None:
        """Who is in already."""
        if not known:
            return
        found = await fetch(self._transaction, THEIR_ENTRIES, numbers(known.values()))
        own_rows = [SimpleNamespace(**row) for row in found]
        entries = {row.entry_id: rows.entry(row, row.entry_position) for row in own_rows}
        self._entries.update((newcomer, entries[own]) for newcomer, own in known.items())


class SqlDoor:
    """The port `Door` for one newcomer of a crowd, and the block around what he does."""

    __slots__ = ("_crowd", "_entered", "_on_behalf", "_told")

    def __init__(self, crowd: SqlCrowd, on_behalf: OnBehalf) -> None:
        self._crowd = crowd
        self._on_behalf = on_behalf
        self._entered: list[tuple[Session, Entry]] = []
        self._told: list[Packed] = []

    def __enter__(self) -> "SqlDoor":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._crowd.keep(self._entered, self._told)

    async def lock_session(
        self, session_id: SessionId, person: UserId | None = None
    ) -> Locked | None:
        """It was locked when the crowd gathered."""
        return self._crowd.find(session_id, person)

    async def enter(self, session: Session, entry: Entry) -> Entry:
        """Written with all the others'; a newcomer changes nothing of the session but counts."""
        entered = replace(entry, id=self._crowd.next_id())
        self._entered.append((session, entered))
        return entered

    async def tell(self, notices: Sequence[Notice]) -> None:
        """Jobs of the transaction, of the newcomer's trace; mostly there is nothing to tell."""
        if notices:
            with self._on_behalf():
                self._told += [packed(notice) for notice in notices]


def _entered(entries: Sequence[Entry]) -> Iterator[str]:
    """The columns of `ENTER_ALL` for entries, who plays, and what is owed."""
    yield numbers([entry.id for entry in entries])
    yield numbers([entry.session_id for entry in entries])
    yield numbers([entry.user_id for entry in entries])
    yield numbers([entry.team_id for entry in entries])
    yield texts([entry.status.value for entry in entries])
    yield numbers([entry.turn for entry in entries])
    yield numbers([entry.places for entry in entries])
    yield numbers([entry.price for entry in entries])
    yield numbers([entry.id for entry in entries for _ in entry.players])
    yield numbers([entry.session_id for entry in entries for _ in entry.players])
    yield numbers([player for entry in entries for player in entry.players])
    owing = [(entry, entry.payment) for entry in entries if entry.payment]
    yield numbers([entry.id for entry, _ in owing])
    yield numbers([entry.user_id for entry, _ in owing])
    yield numbers([payment.amount for _, payment in owing])


def _counts(sessions: Sequence[Session]) -> Iterator[str]:
    """The columns of `ENTER_ALL` for sessions."""
    yield numbers(session.id for session in sessions)
    yield numbers(session.taken for session in sessions)
    yield numbers(session.waitlisted for session in sessions)
    yield numbers(session.turns for session in sessions)
    yield numbers(session.version for session in sessions)
