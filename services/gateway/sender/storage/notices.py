"""The notices' table: claims skip what others hold, leases end by the database's clock."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    Interval,
    Select,
    Text,
    Update,
    and_,
    any_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    extract,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningUpdate

from services.chassis.db import ReadTransaction
from services.gateway.sender.kinds import Rank
from services.gateway.sender.notices import (
    OPEN,
    Claim,
    Depth,
    NewNotice,
    NoticeId,
    State,
    Tally,
)
from services.gateway.sender.storage.tables import notices

# A plan made while the table was small would read all of it for each candidate, and be kept.
BY_INDEX = text("SET LOCAL enable_seqscan = off")
# Written out: in a prepared statement's general plan a parameter proves no partial index usable.
_OPEN: list[ColumnElement[str]] = [literal_column(f"'{state}'") for state in OPEN]
_MOST = bindparam("most", type_=BigInteger)


def _due() -> Select[tuple[str, str]]:
    older = notices.alias("older")
    behind_another = (
        select(older.c.seq)
        .where(
            older.c.user_id == notices.c.user_id,
            older.c.rank == notices.c.rank,
            older.c.seq < notices.c.seq,
            older.c.state.in_(_OPEN),
            # Not written as `notices_open` has it, which would be read from its beginning.
            cast(older.c.rests, Integer) == 0,
        )
        # Without it this becomes a join, and with few open ones known of, each with each.
        .offset(0)
    )
    waits = and_(notices.c.state == State.PENDING, notices.c.next_attempt_at <= func.now())
    abandoned = and_(notices.c.state == State.SENDING, notices.c.claimed_until <= func.now())
    return (
        select(notices.c.notice_id, notices.c.state)
        .where(
            notices.c.rank == bindparam("of_rank"),
            notices.c.state.in_(_OPEN),
            ~notices.c.rests,
            or_(waits, abandoned),
            ~exists(behind_another),
        )
        .order_by(notices.c.seq)
        .limit(_MOST)
        .with_for_update(of=notices, skip_locked=True)
    )


def _claiming() -> ReturningUpdate[Any]:
    due = _due().cte("due")
    return (
        update(notices)
        .where(notices.c.notice_id == due.c.notice_id)
        .values(
            state=State.SENDING,
            attempts=notices.c.attempts + 1,
            claimed_until=func.now() + bindparam("lease", type_=Interval),
        )
        .returning(notices, due.c.state.label("state_before"))
    )


def _waking() -> ReturningUpdate[Any]:
    over = (
        select(notices.c.notice_id)
        .where(notices.c.rests, notices.c.next_attempt_at <= func.now())
        .order_by(notices.c.next_attempt_at)
        .limit(_MOST)
        .with_for_update(skip_locked=True)
        .cte("over")
    )
    return (
        update(notices)
        .where(notices.c.notice_id == over.c.notice_id)
        .values(rests=False)
        .returning(notices.c.notice_id)
    )


# Asked every second: built once.
_CLAIM = _claiming()
_WAKE = _waking()


class SqlNotices:
    """NoticeStore on Postgres, within one transaction."""

    def __init__(self, transaction: ReadTransaction) -> None:
        self._transaction = transaction

    async def add(self, new: Sequence[NewNotice]) -> int:
        """See NoticeStore."""
        columns: Mapping[str, Sequence[Any]] = {
            "notice_id": [notice.notice_id for notice in new],
            "user_id": [notice.user_id for notice in new],
            "kind": [notice.kind for notice in new],
            "payload": [notice.payload for notice in new],
            "traceparent": [notice.traceparent for notice in new],
            "rank": [notice.rank.value for notice in new],
            "group_id": [notice.group for notice in new],
        }
        arrays = [literal(values, ARRAY(notices.c[name].type)) for name, values in columns.items()]
        rows = func.unnest(*arrays).table_valued(*columns).render_derived("new")
        statement = insert(notices).from_select(list(columns), select(*rows.c))
        added = await self._transaction.execute(
            statement.on_conflict_do_nothing().returning(notices.c.notice_id)
        )
        return len(added.all())

    async def claim(self, limit: int, lease: timedelta, rank: Rank = Rank.USUAL) -> list[Claim]:
        """See NoticeStore."""
        await self._transaction.execute(BY_INDEX)
        wanted = {"most": limit, "lease": lease, "of_rank": rank.value}
        rows = (await self._transaction.execute(_CLAIM, wanted)).all()
        return [
            Claim(
                notice_id=NoticeId(row.notice_id),
                user_id=row.user_id,
                payload=row.payload,
                traceparent=row.traceparent,
                attempts=row.attempts,
                claimed_until=row.claimed_until,
                due_at=row.next_attempt_at if row.attempts == 1 else row.created_at,
                taken_over=row.state_before == State.SENDING,
            )
            for row in sorted(rows, key=lambda row: int(row.seq))
        ]

    async def end(self, notice_ids: Sequence[NoticeId], state: State, verdict: str) -> None:
        """See NoticeStore."""
        mine = and_(notices.c.notice_id == any_(_texts(notice_ids)), notices.c.state != State.SENT)
        await self._transaction.execute(_ended(mine, state, verdict))

    async def end_all_of(self, user_ids: Sequence[int], verdict: str) -> int:
        """See NoticeStore."""
        people = literal(list(user_ids), ARRAY(BigInteger))
        theirs = and_(notices.c.user_id == any_(people), notices.c.state.in_(_OPEN))
        statement = _ended(theirs, State.UNDELIVERABLE, verdict).returning(notices.c.notice_id)
        return len((await self._transaction.execute(statement)).all())

    async def postpone(self, claims: Sequence[Claim], delay: timedelta) -> None:
        """See NoticeStore."""
        again = _given_back(claims).values(next_attempt_at=func.now() + delay)
        await self._transaction.execute(again)

    async def rest(self, claims: Sequence[Claim], until: datetime) -> None:
        """See NoticeStore."""
        resting = _given_back(claims).values(
            next_attempt_at=until, rests=True, attempts=notices.c.attempts - 1
        )
        await self._transaction.execute(resting)

    async def wake(self, limit: int) -> int:
        """See NoticeStore."""
        return len((await self._transaction.execute(_WAKE, {"most": limit})).all())

    async def tally(self, group: str) -> Tally:
        """See NoticeStore."""
        counted = (
            select(
                func.count().filter(notices.c.state.in_(_OPEN)).label("waiting"),
                func.count().filter(notices.c.state == State.SENT).label("delivered"),
                func.count().filter(notices.c.state == State.UNDELIVERABLE).label("undelivered"),
            )
            .where(notices.c.group_id == group)
            .where(notices.c.group_id != "")
        )
        [row] = (await self._transaction.execute(counted)).all()
        return Tally(waiting=row.waiting, delivered=row.delivered, undelivered=row.undelivered)

    async def drop(self, group: str, verdict: str, limit: int) -> int:
        """See NoticeStore."""
        members = (
            select(notices.c.notice_id)
            .where(
                notices.c.group_id == group, notices.c.group_id != "", notices.c.state.in_(_OPEN)
            )
            .limit(limit)
            .with_for_update()
            .cte("members")
        )
        of_them = notices.c.notice_id == members.c.notice_id
        statement = _ended(of_them, State.UNDELIVERABLE, verdict).returning(notices.c.notice_id)
        return len((await self._transaction.execute(statement)).all())

    async def sweep(self, age: timedelta, limit: int) -> int:
        """See NoticeStore."""
        old = (
            select(notices.c.notice_id)
            .where(notices.c.settled_at < func.now() - age)
            .order_by(notices.c.settled_at)
            .limit(limit)
        )
        gone = delete(notices).where(notices.c.notice_id.in_(old))
        return (await self._transaction.execute(gone)).rowcount

    async def depth(self) -> Mapping[Rank, Depth]:
        """See NoticeStore."""
        # Nobody has tried it yet, or the first try is under way: due since its rest was over.
        is_new = or_(
            notices.c.attempts == 0,
            and_(notices.c.attempts == 1, notices.c.state == State.SENDING),
        )
        due_at = case((is_new, notices.c.next_attempt_at), else_=notices.c.created_at)
        age = extract("epoch", func.now() - func.min(due_at))
        statement = (
            select(notices.c.rank, func.count().label("waiting"), age.label("oldest"))
            .where(notices.c.state.in_(_OPEN), ~notices.c.rests)
            .group_by(notices.c.rank)
        )
        found = {
            Rank(row.rank): Depth(waiting=row.waiting, oldest_seconds=max(0.0, float(row.oldest)))
            for row in await self._transaction.execute(statement)
        }
        return {rank: found.get(rank, Depth()) for rank in Rank}


def _given_back(claims: Sequence[Claim]) -> Update:
    """Pending again, those that were not lost meanwhile."""
    ids = _texts([claim.notice_id for claim in claims])
    ends = literal([claim.claimed_until for claim in claims], ARRAY(DateTime(timezone=True)))
    pairs = func.unnest(ids, ends).table_valued("notice_id", "claimed_until")
    held = pairs.render_derived("held")
    return (
        update(notices)
        .where(
            notices.c.notice_id == held.c.notice_id,
            notices.c.state == State.SENDING,
            notices.c.claimed_until == held.c.claimed_until,
        )
        .values(state=State.PENDING, claimed_until=None)
    )


def _texts(values: Sequence[str]) -> ColumnElement[list[str]]:
    return literal(list(values), ARRAY(Text))


def _ended(which: ColumnElement[bool], state: State, verdict: str) -> Update:
    return (
        update(notices)
        .where(which)
        .values(
            state=state,
            claimed_until=None,
            settled_at=func.now(),
            verdict=verdict,
            rests=False,
            # That something was said is kept for a while, what was said is not.
            payload=b"",
        )
    )
