"""Between the notices' table and the dispatcher: due notices become letters, verdicts rows.

A verdict that cannot be written down (the database is away) is kept here and written before the
next claim, so that the notice is not sent twice while this process lives.
"""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from fotbot.sender.v1.notice_pb2 import Notice

from services.chassis import logs
from services.chassis.db import Database, WriteTransaction
from services.chassis.errors import RemoteRefusal, Unanswered, Unavailable
from services.gateway.sender import metrics, timing
from services.gateway.sender.kinds import KINDS, Rank
from services.gateway.sender.notices import Claim, NoticeStore, State
from services.gateway.sender.people import People, Recipient
from services.gateway.sender.rendering import rendered
from services.gateway.sender.verdicts import (
    Moved,
    Rejected,
    Sent,
    Throttled,
    Unclear,
    Unreachable,
    Verdict,
)

LEASE = timedelta(seconds=20)
LEAGUE_ZONE = "Asia/Tashkent"
# A morning's many are woken by and by.
WOKEN = 500
# Notices are claimed this long before the end of a pause, so that they are first after it.
HEAD_START = 2.0
# First and longest delay before a notice is tried again.
FIRST_DELAY, LONGEST_DELAY = 1.0, 60.0

log = logs.logger(__name__)
Write = Callable[[NoticeStore], Awaitable[object]]


def utc_now() -> datetime:
    """The usual clock."""
    return datetime.now(UTC)


class SchemaMissing(Unavailable):
    """The tables are not there yet."""

    reason = "SCHEMA_MISSING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A claimed notice, ready to be sent until `lease_ends`, a moment of time.monotonic()."""

    claim: Claim
    chat_id: int
    parameters: Mapping[str, Any]
    lease_ends: float
    rank: Rank
    group: str


class LetterBox:
    """This sender's hold on the notices; `zone` is for those that name none."""

    def __init__(
        self,
        database: Database,
        store: Callable[[WriteTransaction], NoticeStore],
        people: People,
        schema_is_current: Callable[[], Awaitable[bool]],
        lease: timedelta = LEASE,
        zone: str = LEAGUE_ZONE,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._store = store
        self._people = people
        self._schema_is_current = schema_is_current
        self._lease = lease
        self._zone = zone
        self._clock = clock
        self._unwritten: list[Write] = []

    async def collect(self, limit: int, rank: Rank = Rank.USUAL) -> list[Letter]:
        """Claim at most `limit` due notices of a rank. Raises Unavailable when the database is
        away."""
        if not await self._schema_is_current():
            raise SchemaMissing("the schema is not migrated, or cannot be seen")
        await self._catch_up()
        lease_ends = time.monotonic() + self._lease.total_seconds()
        async with self._database.write() as transaction:
            store = self._store(transaction)
            await store.wake(WOKEN)
            claims = await store.claim(limit, self._lease, rank)
        metrics.REPEATED.inc(sum(claim.taken_over for claim in claims))
        if not claims:
            return []
        notices = [(claim, Notice.FromString(claim.payload)) for claim in claims]
        try:
            people = await self._people.recipients([claim.user_id for claim in claims])
            names = await self._people.names(_nameless([notice for _, notice in notices]))
        except (RemoteRefusal, Unanswered) as error:
            log.warning("users cannot say where notices go", error=str(error))
            await self._write(_all_postponed(claims))
            return []
        letters = []
        for claim, notice in notices:
            person = await self._reader(claim, notice, people.get(claim.user_id))
            name = notice.facts.other_name or names.get(notice.facts.other_user_id, "")
            if person and (letter := await self._letter(claim, notice, person, name, lease_ends)):
                letters.append(letter)
        return letters

    async def settle(self, letter: Letter, verdict: Verdict) -> None:
        """Write down what Telegram said, or when to try again; never raises Unavailable."""
        claim = letter.claim
        match verdict:
            case Sent():
                await self._end(claim, State.SENT, "sent")
            case Unreachable(reason=reason):
                await self.mark_unreachable(letter.chat_id)
                await self._give_up(claim.user_id, reason)
            case Rejected(reason=reason):
                log.error("telegram refused a notice", notice_id=claim.notice_id, reason=reason)
                await self._end(claim, State.UNDELIVERABLE, reason)
            case Moved():
                await self._end(claim, State.UNDELIVERABLE, "not a person's chat")
            case Throttled(retry_after=seconds):
                await self._write(_postponed(claim, max(seconds - HEAD_START, 0.0)))
            case Unclear():
                metrics.REPEATED.inc()
                await self._write(_postponed(claim, backoff(claim.attempts)))

    async def give_back(self, letters: Iterable[Letter]) -> None:
        """Let other senders have them at once."""
        for letter in letters:
            await self._write(_postponed(letter.claim, 0.0))

    async def _reader(
        self, claim: Claim, notice: Notice, person: Recipient | None
    ) -> Recipient | None:
        """Who is to get it now; None when it has ended or waits for the morning."""
        now = self._clock()
        zone = timing.zone_of(notice, self._zone)
        kind = KINDS.get(notice.kind)
        if person is None:
            await self._end(claim, State.UNDELIVERABLE, "nobody of that id")
        elif not person.reachable:
            await self._give_up(claim.user_id, "known to be unreachable")
        elif timing.is_expired(notice, now):
            await self._end(claim, State.UNDELIVERABLE, "expired")
        elif kind and kind.topic in person.muted:
            await self._end(claim, State.UNDELIVERABLE, "muted")
        elif kind and (until := timing.rests_until(notice, now, self._lease, zone)):
            await self._rest(claim, notice, until)
        else:
            return person
        return None

    async def _letter(
        self, claim: Claim, notice: Notice, person: Recipient, name: str, lease_ends: float
    ) -> Letter | None:
        try:
            zone = timing.zone_of(notice, self._zone)
            parameters = rendered(notice, person.language, self._clock(), name=name, zone=zone)
            kind = KINDS[notice.kind]
        except Exception:
            # A bug of ours: the notice waits for the release that repairs it.
            log.exception("a notice cannot be rendered", notice_id=claim.notice_id)
            await self._write(_postponed(claim, LONGEST_DELAY))
            return None
        return Letter(
            claim=claim,
            chat_id=person.chat_id,
            parameters=parameters,
            lease_ends=lease_ends,
            rank=kind.rank,
            group=notice.group,
        )

    async def _rest(self, claim: Claim, notice: Notice, until: datetime) -> None:
        """Wait for the morning, unless it is of no use then."""
        if timing.is_expired(notice, until):
            await self._end(claim, State.UNDELIVERABLE, "expired")
        else:
            await self._write(lambda store: store.rest(claim, until))

    async def mark_unreachable(self, chat_id: int) -> None:
        """Tell users; if they cannot be told now, the next sending tells them."""
        try:
            await self._people.is_unreachable(chat_id)
        except (RemoteRefusal, Unanswered) as error:
            log.warning("users could not be told of an unreachable person", error=str(error))

    async def _end(self, claim: Claim, state: State, verdict: str) -> None:
        await self._write(lambda store: store.end(claim.notice_id, state, verdict))

    async def _give_up(self, user_id: int, verdict: str) -> None:
        await self._write(lambda store: store.end_all_of(user_id, verdict))

    async def _write(self, write: Write) -> None:
        try:
            async with self._database.write() as transaction:
                await write(self._store(transaction))
        except Unavailable as error:
            log.warning("a verdict waits for the database", error=str(error))
            self._unwritten.append(write)

    async def _catch_up(self) -> None:
        while self._unwritten:
            async with self._database.write() as transaction:
                await self._unwritten[0](self._store(transaction))
            del self._unwritten[0]


def backoff(attempts: int) -> float:
    """Seconds until the next attempt: 1, 2, 4, ..., 60."""
    return min(FIRST_DELAY * 2.0 ** min(attempts - 1, 10), LONGEST_DELAY)


def _nameless(notices: Iterable[Notice]) -> set[int]:
    """The people whom notices speak of without knowing their names."""
    facts = [notice.facts for notice in notices]
    return {told.other_user_id for told in facts if told.other_user_id and not told.other_name}


def _postponed(claim: Claim, seconds: float) -> Write:
    return lambda store: store.postpone(claim, timedelta(seconds=seconds))


def _all_postponed(claims: Iterable[Claim]) -> Write:
    async def write(store: NoticeStore) -> None:
        for claim in claims:
            await store.postpone(claim, timedelta(seconds=backoff(claim.attempts)))

    return write
