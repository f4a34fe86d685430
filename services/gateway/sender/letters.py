"""Between the notices' table and the dispatcher: due notices become letters, verdicts changes.

How changes are written down is in book.py.
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
from services.chassis.metrics import observe
from services.gateway.sender import metrics, timing
from services.gateway.sender.book import Book
from services.gateway.sender.changes import AnyChange, Ended, GivenUp, Postponed, Rested
from services.gateway.sender.documents import Document, document_of
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
    document: Document | None = None
    """Sent with it: then the text is its caption."""


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
        self._book = Book(database, store)

    async def collect(self, limits: Mapping[Rank, int]) -> list[Letter]:
        """Claim due notices, of each rank at most so many. Raises Unavailable when the database
        is away."""
        if not await self._schema_is_current():
            raise SchemaMissing("the schema is not migrated, or cannot be seen")
        await self._book.catch_up()
        lease_ends = time.monotonic() + self._lease.total_seconds()
        claims = await self._claimed(limits)
        metrics.REPEATED.inc(sum(claim.taken_over for claim in claims))
        if not claims:
            return []
        notices = [(claim, Notice.FromString(claim.payload)) for claim in claims]
        try:
            people = await self._people.recipients([claim.user_id for claim in claims])
            names = await self._people.names(_nameless([notice for _, notice in notices]))
        except (RemoteRefusal, Unanswered) as error:
            log.warning("users cannot say where notices go", error=str(error))
            await self._book.note(
                [Postponed(claim=each, seconds=backoff(each.attempts)) for each in claims]
            )
            return []
        made = [
            self._made(claim, notice, people.get(claim.user_id), names, lease_ends)
            for claim, notice in notices
        ]
        await self._book.note([change for change in made if not isinstance(change, Letter)])
        return [letter for letter in made if isinstance(letter, Letter)]

    async def settle(self, letter: Letter, verdict: Verdict) -> None:
        """Write down what Telegram said, or when to try again; never raises Unavailable."""
        claim = letter.claim
        match verdict:
            case Sent():
                change: AnyChange = _ended(claim, State.SENT, "sent")
            case Unreachable(reason=reason):
                await self.mark_unreachable(letter.chat_id)
                change = GivenUp(user_id=claim.user_id, verdict=reason)
            case Rejected(reason=reason):
                log.error("telegram refused a notice", notice_id=claim.notice_id, reason=reason)
                change = _ended(claim, State.UNDELIVERABLE, reason)
            case Moved():
                change = _ended(claim, State.UNDELIVERABLE, "not a person's chat")
            case Throttled(retry_after=seconds):
                change = Postponed(claim=claim, seconds=max(seconds - HEAD_START, 0.0))
            case Unclear():
                metrics.REPEATED.inc()
                change = Postponed(claim=claim, seconds=backoff(claim.attempts))
        await self._book.note([change])
        if not isinstance(change, Postponed):
            _observe_age(letter, self._clock())

    async def give_back(self, letters: Iterable[Letter]) -> None:
        """Let other senders have them at once."""
        await self._book.note([Postponed(claim=each.claim, seconds=0.0) for each in letters])

    async def mark_unreachable(self, chat_id: int) -> None:
        """Tell users; if they cannot be told now, the next sending tells them."""
        try:
            await self._people.is_unreachable(chat_id)
        except (RemoteRefusal, Unanswered) as error:
            log.warning("users could not be told of an unreachable person", error=str(error))

    async def _claimed(self, limits: Mapping[Rank, int]) -> list[Claim]:
        async with self._database.write() as transaction:
            store = self._store(transaction)
            await store.wake(WOKEN)
            claimed = [await store.claim(most, self._lease, rank) for rank, most in limits.items()]
        return [claim for of_rank in claimed for claim in of_rank]

    def _made(
        self,
        claim: Claim,
        notice: Notice,
        person: Recipient | None,
        names: Mapping[int, str],
        lease_ends: float,
    ) -> Letter | AnyChange:
        """The letter, or what becomes of the notice instead."""
        if person is None:
            return _ended(claim, State.UNDELIVERABLE, "nobody of that id")
        if not person.reachable:
            return GivenUp(user_id=claim.user_id, verdict="known to be unreachable")
        try:
            return self._held_up(claim, notice, person) or Letter(
                claim=claim,
                chat_id=person.chat_id,
                parameters=self._rendered(notice, person, names),
                lease_ends=lease_ends,
                rank=KINDS[notice.kind].rank,
                group=notice.group,
                document=document_of(notice),
            )
        except Exception:
            # A bug of ours: the notice waits for the release that repairs it.
            log.exception("a notice cannot be rendered", notice_id=claim.notice_id)
            return Postponed(claim=claim, seconds=LONGEST_DELAY)

    def _held_up(self, claim: Claim, notice: Notice, person: Recipient) -> AnyChange | None:
        """What becomes of a notice that is not to be sent now."""
        now = self._clock()
        kind = KINDS.get(notice.kind)
        if timing.is_expired(notice, now):
            return _ended(claim, State.UNDELIVERABLE, "expired")
        if kind and kind.topic in person.muted:
            return _ended(claim, State.UNDELIVERABLE, "muted")
        zone = timing.zone_of(notice, self._zone)
        if not kind or not (until := timing.rests_until(notice, now, self._lease, zone)):
            return None
        if timing.is_expired(notice, until):
            return _ended(claim, State.UNDELIVERABLE, "expired")
        return Rested(claim=claim, until=until)

    def _rendered(
        self, notice: Notice, person: Recipient, names: Mapping[int, str]
    ) -> Mapping[str, Any]:
        name = notice.facts.other_name or names.get(notice.facts.other_user_id, "")
        zone = timing.zone_of(notice, self._zone)
        return rendered(notice, person.language, self._clock(), name=name, zone=zone)


def backoff(attempts: int) -> float:
    """Seconds until the next attempt: 1, 2, 4, ..., 60."""
    return min(FIRST_DELAY * 2.0 ** min(attempts - 1, 10), LONGEST_DELAY)


def _observe_age(letter: Letter, now: datetime) -> None:
    seconds = max(0.0, (now - letter.claim.due_at).total_seconds())
    observe(metrics.NOTICE_AGE_SECONDS, seconds, letter.rank.name.lower())


def _nameless(notices: Iterable[Notice]) -> set[int]:
    """The people whom notices speak of without knowing their names."""
    facts = [notice.facts for notice in notices]
    return {told.other_user_id for told in facts if told.other_user_id and not told.other_name}


def _ended(claim: Claim, state: State, verdict: str) -> Ended:
    return Ended(notice_id=claim.notice_id, state=state, verdict=verdict.replace("\0", ""))
