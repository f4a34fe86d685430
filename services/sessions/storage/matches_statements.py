"""The statements of an evening in play."""

from typing import Any

from sqlalchemy import Select, and_, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.sessions.storage import rows
from services.sessions.storage.matches_tables import goals, line_up_players, line_ups, matches
from services.sessions.storage.tables import coupons, entries, entry_players, sessions, venues

SESSION = (
    select(*rows.SESSION_COLUMNS, *rows.VENUE_COLUMNS, func.clock_timestamp().label("now"))
    .join_from(sessions, venues)
    .where(sessions.c.id == bindparam("session_id"))
)

BEGIN = (
    update(sessions)
    .where(sessions.c.id == bindparam("of_session"))
    .values(started_at=func.clock_timestamp())
)
END = (
    update(sessions)
    .where(sessions.c.id == bindparam("of_session"))
    .values(finished_at=func.clock_timestamp())
)

KEEP_LINE_UP = insert(line_ups)
KEEP_PLAYER = insert(line_up_players)

SESSION_OF_MATCH = select(matches.c.session_id).where(matches.c.id == bindparam("match_id"))
ADD_MATCH = insert(matches).returning(matches.c.id)
SAVE_MATCH = (
    update(matches)
    .where(matches.c.id == bindparam("of_match"))
    .values(
        home_score=bindparam("new_home_score"),
        away_score=bindparam("new_away_score"),
        status=bindparam("new_status"),
    )
)
FINISH_MATCHES = (
    update(matches)
    .where(matches.c.session_id == bindparam("of_session"), matches.c.status == "playing")
    .values(status="finished")
)
ADD_GOAL = insert(goals).returning(goals.c.id, goals.c.at)
UNDO_GOAL = update(goals).where(goals.c.id == bindparam("of_goal")).values(undone=True)

# The coupon's row stays, withdrawn; the key is then free for another.
WITHDRAW_COUPON = (
    update(coupons)
    .where(coupons.c.session_id == bindparam("of_session"), coupons.c.status == "available")
    .values(status="withdrawn")
)
COUPON_IS_USED = (
    select(func.count())
    .select_from(coupons)
    .where(coupons.c.session_id == bindparam("of_session"), coupons.c.status == "used")
)
GIVE_COUPON = insert(coupons)

# Who is in, each entry's people together, in order of coming.
GATHERED = (
    select(
        entries.c.kind,
        entries.c.team_id,
        entries.c.status,
        func.array_agg(aggregate_order_by(entry_players.c.user_id, entry_players.c.user_id)).label(
            "player_ids"
        ),
    )
    .join_from(
        entries,
        entry_players,
        and_(entry_players.c.entry_id == entries.c.id, entry_players.c.active),
    )
    .where(entries.c.session_id == bindparam("session_id"))
    .group_by(entries.c.id)
    .order_by(entries.c.turn)
)


def _line_ups() -> Select[Any]:
    """The sides of a session with their players."""
    order = (line_up_players.c.position, line_up_players.c.user_id)
    listed = func.array_agg(aggregate_order_by(line_up_players.c.user_id, *order))
    # Of a side that was moved in, nobody may be known.
    players = func.coalesce(listed.filter(line_up_players.c.user_id.is_not(None)), [])
    return (
        select(line_ups, players.label("player_ids"))
        .outerjoin_from(line_ups, line_up_players)
        .where(line_ups.c.session_id == bindparam("session_id"))
        .group_by(line_ups.c.side_id)
        .order_by(line_ups.c.number)
    )


def _matches() -> Select[Any]:
    """The matches of a session with the goals that count: one statement, so that score and goals
    are of one moment."""
    there = goals.c.id.is_not(None)

    def told(column: Any) -> Any:
        listed = func.array_agg(aggregate_order_by(column, goals.c.id)).filter(there)
        return func.coalesce(listed, []).label(f"goal_{column.name}")

    counted = and_(goals.c.match_id == matches.c.id, goals.c.undone.is_(False))
    columns = (goals.c.id, goals.c.side_id, goals.c.scorer_id, goals.c.assist_id, goals.c.at)
    return (
        select(matches, *map(told, columns))
        .select_from(matches.outerjoin(goals, counted))
        .where(matches.c.session_id == bindparam("session_id"))
        .group_by(matches.c.id)
        .order_by(matches.c.number)
    )


LINE_UPS = _line_ups()
MATCHES = _matches()
