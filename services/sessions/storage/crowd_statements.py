"""The statements of a group of newcomers: each serves all of them, whatever their number."""

from sqlalchemy import func, literal_column, select
from sqlalchemy.dialects import postgresql

from services.chassis.once_together import keeping
from services.sessions.storage import rows
from services.sessions.storage.entry_statements import POSITION, entry_columns
from services.sessions.storage.tables import entries, payments

# As `statements.LOCK_SESSIONS` does it, and no more: what is to be known is read afterwards. It has
# no arguments; the ids are numbers.
LOCK_THEIRS = """SELECT FROM sessions WHERE id = ANY('%s'::bigint[])
  ORDER BY id FOR NO KEY UPDATE"""
# Each newcomer's session as `rows.SESSION_COLUMNS` has it, its venue, himself, and the id of the
# entry he is in if he is in one (as `own_entry` finds it). A statement of its own after the lock:
# what was committed while it was waited for is seen. The id that he may need is drawn under the
# lock too, so that ids go by arrival. Locked again, since a session may have come in between; its
# id twice, since of a join alone the planner thinks it might as well read all sessions.
AROUND_NEWCOMERS = f"""
SELECT {", ".join(f"sessions.{column.name}" for column in rows.SESSION_COLUMNS)},
  venues.id, venues.name, venues.time_zone, asked.user_id, coalesce(
    (SELECT entry_id FROM entry_players AS playing
      WHERE playing.session_id = asked.session_id AND playing.user_id = asked.user_id
        AND playing.active),
    (SELECT mine.id FROM entries AS mine
      WHERE mine.session_id = asked.session_id AND mine.user_id = asked.user_id
        AND mine.team_id IS NOT NULL AND mine.status IN ('pending', 'confirmed', 'waitlisted'))),
  nextval('entries_id_seq'), clock_timestamp()
FROM unnest($1::text::bigint[], $2::text::bigint[]) AS asked(session_id, user_id)
  JOIN sessions ON sessions.id = asked.session_id AND sessions.id = ANY($1::text::bigint[])
  JOIN venues ON venues.id = sessions.venue_id
FOR NO KEY UPDATE OF sessions"""  # noqa: S608
OF_SESSION = len(rows.SESSION_COLUMNS)
# Few newcomers are in already; joined above, every one of them would be looked for.
_THEIR_ENTRIES = (
    select(*entry_columns(), POSITION)
    .select_from(entries.outerjoin(payments, payments.c.entry_id == entries.c.id))
    .where(entries.c.id == func.any(literal_column("$1::text::bigint[]")))
)
THEIR_ENTRIES = str(
    _THEIR_ENTRIES.compile(
        dialect=postgresql.dialect(),  # type: ignore[no-untyped-call]
        compile_kwargs={"literal_binds": True},
    )
)

# All in one: each round trip under the locks is waited for by everybody behind them.
ENTER_ALL = f"""
WITH entered AS (
  INSERT INTO entries (id, session_id, user_id, team_id, kind, status, turn, places, price)
  SELECT id, session_id, user_id, team_id,
    CASE WHEN team_id IS NULL THEN 'individual' ELSE 'team' END, status, turn, places, price
  FROM unnest($1::text::bigint[], $2::text::bigint[], $3::text::bigint[], $4::text::bigint[],
    $5::text::text[], $6::text::bigint[], $7::text::smallint[], $8::text::bigint[])
    AS made(id, session_id, user_id, team_id, status, turn, places, price)
), playing AS (
  INSERT INTO entry_players (entry_id, session_id, user_id)
  SELECT * FROM unnest($9::text::bigint[], $10::text::bigint[], $11::text::bigint[])
), owed AS (
  SELECT * FROM unnest($12::text::bigint[], $13::text::bigint[], $14::text::bigint[])
    AS owed(entry_id, actor_id, amount)
), owing AS (
  INSERT INTO payments (entry_id, amount, status) SELECT entry_id, amount, 'due' FROM owed
), noted AS (
  INSERT INTO payment_events (entry_id, actor_id, action, amount, coupons)
  SELECT entry_id, actor_id, 'due', amount, 0 FROM owed
), counted AS (
  UPDATE sessions
  SET taken = counts.taken, waitlisted = counts.waitlisted, turns = counts.turns,
    version = counts.version
  FROM unnest($15::text::bigint[], $16::text::smallint[], $17::text::integer[],
    $18::text::bigint[], $19::text::bigint[]) AS counts(id, taken, waitlisted, turns, version)
  WHERE sessions.id = counts.id
), kept AS ({keeping(20)})
SELECT count(*) FROM kept
"""  # noqa: S608
