"""What follows a commit: notices as jobs of the same transaction, cached values made misses."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fotbot.sender.v1.notice_pb2 import Notice as NoticeMessage
from fotbot.sender.v1.notice_pb2 import NoticeFacts, NoticeSession
from fotbot.sender.v1.notice_pb2 import NoticeKind as WireKind

from services.chassis import telemetry
from services.chassis.consistency import Position
from services.chassis.db_transactions import Writing
from services.chassis.jobs import Jobs
from services.sessions.domain.notices import Notice
from services.sessions.domain.values import SessionId, UserId
from services.sessions.storage.cache_keys import CacheKeys

NOTICE = "notice"


class Packed(NamedTuple):
    """A notice ready to be enqueued, and the trace that it belongs to."""

    traceparent: str
    payload: bytes


class Outbox:
    """Of one transaction."""

    def __init__(self, transaction: Writing, jobs: Jobs, keys: CacheKeys) -> None:
        self._transaction = transaction
        self._jobs = jobs
        self._keys = keys
        self._old: set[str] = set()

    def changed(self, session_id: SessionId) -> None:
        """What is cached of who is in it is old once this transaction is committed."""
        self._forget_later(self._keys.card(session_id), self._keys.soonest())

    def played(self, session_id: SessionId) -> None:
        """So is what is cached of its evening."""
        self._forget_later(self._keys.evening(session_id))

    def counted(self, people: Iterable[UserId], seasons: Iterable[int]) -> None:
        """So are these people's figures, and the leaders of the seasons."""
        self._forget_later(*map(self._keys.person, people))
        for season in seasons:
            self._forget_later(*self._keys.all_leaders(season))

    async def enqueue(self, notices: Sequence[Notice]) -> None:
        """They are sent if, and only if, the transaction commits."""
        if notices:
            await self.enqueue_packed([packed(notice) for notice in notices])

    async def enqueue_packed(self, notices: Sequence[Packed]) -> None:
        """Each as a job of the trace in which it was packed."""
        of_trace: dict[str, list[bytes]] = {}
        for notice in notices:
            of_trace.setdefault(notice.traceparent, []).append(notice.payload)
        for traceparent, payloads in of_trace.items():
            with telemetry.inside(traceparent):
                await self._jobs.enqueue(self._transaction, NOTICE, payloads)

    def _forget_later(self, *keys: str) -> None:
        if not self._old:
            self._transaction.after_commit(self._forget)
        self._old.update(keys)

    async def _forget(self, position: Position) -> None:
        await self._keys.forget(self._old, position)


def packed(notice: Notice) -> Packed:
    """As of the trace under way."""
    message = _message(notice)
    return Packed(message.traceparent, message.SerializeToString())


def _message(notice: Notice) -> NoticeMessage:
    return NoticeMessage(
        notice_id=notice.id,
        user_id=notice.user_id,
        kind=WireKind.Value(f"NOTICE_KIND_{notice.kind.name}"),
        session=_session(notice),
        facts=_facts(notice),
        traceparent=telemetry.traceparent(),
    )


def _session(notice: Notice) -> NoticeSession:
    session, before = notice.session, notice.before
    return NoticeSession(
        session_id=session.id,
        venue_name=session.venue.name,
        time_zone=session.venue.time_zone,
        starts_at=int(session.starts_at.timestamp()),
        ends_at=int(session.ends_at.timestamp()),
        position=notice.position,
        old_venue_name=before.venue.name if before else "",
        old_starts_at=int(before.starts_at.timestamp()) if before else 0,
    )


def _facts(notice: Notice) -> NoticeFacts:
    return NoticeFacts(
        entry_id=notice.entry_id or 0,
        team_id=notice.team_id,
        other_user_id=notice.other_user_id or 0,
        reason=notice.reason,
        amount=notice.amount,
        needs_decision=notice.session.needs_approval,
    )
