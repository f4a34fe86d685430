"""The statements about entries, payments and coupons, built once."""

from collections.abc import Iterable
from enum import Enum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from services.sessions.domain.money import SETTLED
from services.sessions.domain.values import EntryStatus
from services.sessions.storage import rows
from services.sessions.storage.statements import SAVE_SESSION
from services.sessions.storage.tables import (
    coupons,
    entries,
    entry_players,
    payment_events,
    payments,
    venues,
)


def _is_one_of(column: ColumnElement[Any], statuses: Iterable[Enum]) -> ColumnElement[bool]:
    """The statuses are part of the text: only so a plan that is kept can use partial indexes."""
    return column.in_([literal_column(f"'{status.value}'", Text) for status in statuses])


_ACTIVE = [status for status in EntryStatus if status.is_active]
_HOLDING = [status for status in EntryStatus if status.holds]
_WAITING = [EntryStatus.WAITLISTED]

ACTIVE = _is_one_of(entries.c.status, _ACTIVE)
# As `Entry.is_told` says it.
TOLD = or_(
    _is_one_of(entries.c.status, [EntryStatus.REJECTED]),
    and_(
        _is_one_of(entries.c.status, [EntryStatus.CANCELLED]),
        _is_one_of(payments.c.status, SETTLED),
    ),
)
WAITS = _is_one_of(entries.c.status, _WAITING)
_IDS = ARRAY(BigInteger)

# Whoever else played for an entry of the release before has no row of his own here.
PLAYERS = case(
    (
        entries.c.team_id.is_not(None),
        select(func.array_agg(entry_players.c.user_id))
        .where(entry_players.c.entry_id == entries.c.id)
        .scalar_subquery(),
    )
)


def entry_columns() -> tuple[ColumnElement[Any], ...]:
    """What `rows.entry` reads, besides a position."""
    own = (entries.c.id, entries.c.user_id, entries.c.team_id, entries.c.status, entries.c.turn)
    more = (entries.c.session_id, entries.c.places, entries.c.price, entries.c.reason)
    money = (payments.c.amount, payments.c.coupons, payments.c.status, payments.c.receipt)
    return (
        *(column.label(f"entry_{column.name}") for column in (*own, *more)),
        PLAYERS.label("entry_players"),
        *(column.label(f"payment_{column.name}") for column in money),
    )


def _position() -> ColumnElement[Any]:
    """The first of its places by arrival, or the place in the queue; 0 once it has ended."""
    others = entries.alias()
    before = others.c.session_id == entries.c.session_id, others.c.turn < entries.c.turn
    taken = select(func.coalesce(func.sum(others.c.places), 0)).where(
        *before, _is_one_of(others.c.status, _HOLDING)
    )
    ahead = select(func.count()).where(*before, _is_one_of(others.c.status, _WAITING))
    return case(
        (WAITS, ahead.scalar_subquery() + 1),
        (ACTIVE, taken.scalar_subquery() + 1),
        else_=0,
    ).label("entry_position")


POSITION = _position()


def own_entry(session_id: ColumnElement[Any], user_id: ColumnElement[Any]) -> ColumnElement[Any]:
    """The id of the active entry that a person plays in or made, or null.

    Who registered himself plays; a captain may not. Looked for among teams alone, his entry is
    found at once whatever the planner knows: a hot session has thousands of entries, few of teams.
    """
    mine = entries.alias()
    plays = select(entry_players.c.entry_id).where(
        entry_players.c.session_id == session_id,
        entry_players.c.user_id == user_id,
        entry_players.c.active,
    )
    made = select(mine.c.id).where(
        mine.c.session_id == session_id,
        mine.c.user_id == user_id,
        mine.c.team_id.is_not(None),
        _is_one_of(mine.c.status, _ACTIVE),
    )
    return func.coalesce(plays.scalar_subquery(), made.scalar_subquery())


def _around() -> Select[Any]:
    """A venue with, beside it, the active entry that a person made or plays in, or nulls."""
    own = own_entry(bindparam("session_id"), bindparam("user_id"))
    with_payment = entries.outerjoin(payments, payments.c.entry_id == entries.c.id)
    return (
        select(*rows.VENUE_COLUMNS, *entry_columns(), POSITION)
        .select_from(venues.outerjoin(with_payment, entries.c.id == own))
        .where(venues.c.id == bindparam("venue_id"))
    )


def _entries() -> Select[Any]:
    return select(*entry_columns()).select_from(
        entries.outerjoin(payments, payments.c.entry_id == entries.c.id)
    )


AROUND = _around()
ENTRY = _entries().add_columns(POSITION).where(entries.c.id == bindparam("entry_id"))
OF_SESSION = (
    _entries()
    .where(entries.c.session_id == bindparam("session_id"), ACTIVE)
    .order_by(WAITS, entries.c.turn)
)
FIRST_WAITING = (
    _entries()
    .where(entries.c.session_id == bindparam("session_id"), WAITS)
    .order_by(entries.c.turn)
    .limit(bindparam("count"))
)
SESSION_OF = select(entries.c.session_id).where(entries.c.id == bindparam("entry_id"))

_ENTERED = (
    insert(entries)
    .values(
        session_id=bindparam("entry_session"),
        user_id=bindparam("entry_user"),
        status=bindparam("entry_status"),
        turn=bindparam("entry_turn"),
        kind=bindparam("entry_kind"),
        team_id=bindparam("entry_team"),
        places=bindparam("entry_places"),
        price=bindparam("entry_price"),
    )
    .returning(entries.c.id)
    .cte("entered")
)
_PLAYING = (
    insert(entry_players)
    .from_select(
        ["entry_id", "session_id", "user_id"],
        select(
            _ENTERED.c.id,
            bindparam("entry_session", type_=BigInteger),
            func.unnest(bindparam("players", type_=_IDS)),
        ),
    )
    .cte("playing")
)
_OWED = bindparam("owed", type_=BigInteger)
_OWING = (
    insert(payments)
    .from_select(
        ["entry_id", "amount", "status"],
        select(_ENTERED.c.id, _OWED, bindparam("due", "due", type_=payments.c.status.type)).where(
            _OWED > 0
        ),
    )
    .cte("owing")
)
_NOTED = (
    insert(payment_events)
    .from_select(
        ["entry_id", "actor_id", "action", "amount", "coupons"],
        select(
            _ENTERED.c.id,
            bindparam("entry_user", type_=BigInteger),
            bindparam("due", "due", type_=payments.c.status.type),
            _OWED,
            bindparam("none", 0, type_=payments.c.coupons.type),
        ).where(_OWED > 0),
    )
    .cte("noted")
)
# All in one: each round trip under the lock is waited for by everybody behind it.
ENTER = SAVE_SESSION.add_cte(_ENTERED, _PLAYING, _OWING, _NOTED).returning(
    select(_ENTERED.c.id).scalar_subquery().label("entry_id")
)
KEEP = (
    update(entries)
    .where(entries.c.id == bindparam("of_entry"))
    .values(
        status=bindparam("new_status"),
        turn=bindparam("new_turn"),
        reason=bindparam("new_reason"),
        decided_by=func.coalesce(bindparam("new_decider", type_=BigInteger), entries.c.decided_by),
        changed_at=func.clock_timestamp(),
    )
)
FREE_PLAYERS = (
    update(entry_players)
    .where(entry_players.c.entry_id == func.any(bindparam("ended", type_=_IDS)))
    .values(active=False)
)
MARK = (
    upsert(entry_players)
    .values(
        entry_id=bindparam("entry_id"),
        user_id=bindparam("user_id"),
        session_id=bindparam("session_id"),
        attended=bindparam("attended"),
    )
    .on_conflict_do_update(
        index_elements=["entry_id", "user_id"], set_={"attended": bindparam("attended")}
    )
)

_CHANGED = ("amount", "coupons", "status", "receipt")
PAY = upsert(payments).values({name: bindparam(name) for name in ("entry_id", *_CHANGED)})
PAY = PAY.on_conflict_do_update(
    index_elements=["entry_id"],
    set_={
        **{name: PAY.excluded[name] for name in _CHANGED},
        "changed_at": func.clock_timestamp(),
    },
)
NOTE_STEPS = insert(payment_events)

USABLE = or_(
    and_(
        coupons.c.status == "available",
        coupons.c.user_id == func.any(bindparam("people", type_=_IDS)),
    ),
    coupons.c.entry_id == bindparam("entry_id"),
)
# Locked in one order for everybody, so that two who share coupons wait and do not deadlock.
COUPONS = (
    select(coupons.c.id, coupons.c.user_id, coupons.c.entry_id)
    .where(USABLE)
    .order_by(coupons.c.issued_at, coupons.c.id)
    .with_for_update()
)
TAKE_COUPONS = (
    update(coupons)
    .where(coupons.c.id == func.any(bindparam("taken", type_=_IDS)))
    .values(status="used", entry_id=bindparam("for_entry"), used_at=func.clock_timestamp())
)
FREE_COUPONS = (
    update(coupons)
    .where(
        coupons.c.entry_id == func.any(bindparam("of_entries", type_=_IDS)),
        coupons.c.status == "used",
    )
    .values(status="available", entry_id=None, used_at=None)
)
