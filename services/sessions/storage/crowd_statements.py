"""The statements of a group of newcomers: each serves all of them, whatever their number."""

from sqlalchemy import BigInteger, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.sessions.storage import rows
from services.sessions.storage.entry_statements import POSITION, entry_columns
from services.sessions.storage.tables import entries, payments

_IDS = ARRAY(BigInteger)

# As `statements.LOCK_SESSIONS` does it. Each row begins with `rows.SESSION_COLUMNS`.
LOCK_THEIRS = """
SELECT id, starts_at, ends_at, format, price, capacity, taken, waitlisted, status, organiser_id,
  version, turns, squad_size, needs_approval, man_of_session_id, registration_opens_at, venue_id
FROM sessions WHERE id = ANY($1::text::bigint[]) ORDER BY id FOR NO KEY UPDATE"""
VENUE_ID = len(rows.SESSION_COLUMNS)
# Each newcomer, with the id of the entry he is in if he is in one (as `own_entry` finds it). A
# statement of its own after the lock: what was committed while it was waited for is seen. The id
# that he may need is drawn under the lock too, so that ids go by arrival.
AROUND_NEWCOMERS = """
SELECT asked.session_id, asked.user_id, coalesce(
    (SELECT entry_id FROM entry_players AS playing
      WHERE playing.session_id = asked.session_id AND playing.user_id = asked.user_id
        AND playing.active),
    (SELECT mine.id FROM entries AS mine
      WHERE mine.session_id = asked.session_id AND mine.user_id = asked.user_id
        AND mine.team_id IS NOT NULL AND mine.status IN ('pending', 'confirmed', 'waitlisted'))),
  nextval('entries_id_seq'), clock_timestamp(), venues.id, venues.name, venues.time_zone
FROM unnest($1::text::bigint[], $2::text::bigint[], $3::text::bigint[])
    AS asked(session_id, user_id, venue_id)
  JOIN venues ON venues.id = asked.venue_id"""
# Few newcomers are in already; joined above, every one of them would be looked for.
THEIR_ENTRIES = (
    select(*entry_columns(), POSITION)
    .select_from(entries.outerjoin(payments, payments.c.entry_id == entries.c.id))
    .where(entries.c.id == func.any(bindparam("entry_ids", type_=_IDS)))
)

# All in one: each round trip under the locks is waited for by everybody behind them.
ENTER_ALL = """
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
)
UPDATE sessions
SET taken = counts.taken, waitlisted = counts.waitlisted, turns = counts.turns,
  version = counts.version
FROM unnest($15::text::bigint[], $16::text::smallint[], $17::text::integer[],
  $18::text::bigint[], $19::text::bigint[]) AS counts(id, taken, waitlisted, turns, version)
WHERE sessions.id = counts.id
"""
