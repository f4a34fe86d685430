// People, sessions and entries in plain SQL: one pool, every statement prepared once a connection.

import pg from "pg";

import { PAGE, POOL } from "./sizes.js";

const FACTS = `s.id, s.start_at AS "startAt", s.end_at AS "endAt", s.status, s.type, s.stadium,
  s.price, s.capacity`;

const counted = (status) => `(SELECT count(*) FROM "SessionRegistration" e
      WHERE e.session_id = s.id AND e.status = '${status}')::int`;

// A session with who goes, the person's own entry, and its place or number.
const SEEN = `${FACTS}, ${counted("GOING")} AS taken, mine.status AS entry,
    CASE WHEN mine.id IS NOT NULL THEN
      (SELECT count(*) FROM "SessionRegistration" e
        WHERE e.session_id = s.id AND e.status = mine.status AND e.id <= mine.id)::int
    END AS place`;

const BY = `FROM "Session" s
  LEFT JOIN "SessionRegistration" mine ON mine.session_id = s.id AND mine.user_id = $1`;

const STATEMENTS = {
  person: `SELECT id, first_name AS "firstName" FROM "User" WHERE telegram_id = $1`,
  ensure: `INSERT INTO "User" (telegram_id, first_name, last_name) VALUES ($1, $2, $3)
    ON CONFLICT (telegram_id) DO UPDATE
      SET first_name = EXCLUDED.first_name, last_name = EXCLUDED.last_name, updated_at = now()
    RETURNING id, first_name AS "firstName"`,
  view: `SELECT ${SEEN}, ${counted("WAITING")} AS waiting ${BY} WHERE s.id = $2`,
  lock: `SELECT ${FACTS}, s.status = 'PLANNED' AND s.start_at > now() AS open
    FROM "Session" s WHERE s.id = $1 FOR UPDATE`,
  counts: `SELECT count(*) FILTER (WHERE status = 'GOING')::int AS taken,
      count(*) FILTER (WHERE status = 'WAITING')::int AS waiting
    FROM "SessionRegistration" WHERE session_id = $1`,
  insert: `INSERT INTO "SessionRegistration" (session_id, user_id, status) VALUES ($1, $2, $3)
    ON CONFLICT (session_id, user_id) DO NOTHING`,
  remove: `DELETE FROM "SessionRegistration" WHERE session_id = $1 AND user_id = $2
    RETURNING status`,
  promote: `UPDATE "SessionRegistration" SET status = 'GOING' WHERE id =
    (SELECT id FROM "SessionRegistration" WHERE session_id = $1 AND status = 'WAITING'
      ORDER BY id LIMIT 1)`,
};

// Numbers in the text instead of parameters: Postgres then plans a page once, not at each look.
const upcoming = (page) => `SELECT ${SEEN} ${BY}
  WHERE s.status = 'PLANNED' AND s.start_at > now()
  ORDER BY s.start_at, s.id LIMIT ${PAGE + 1} OFFSET ${page * PAGE}`;

const run = (connection, name, ...values) =>
  connection.query({ name, text: STATEMENTS[name], values });

function asView({ taken, waiting = 0, entry, place, ...session }) {
  return { session, taken, waiting, entry: entry && { status: entry, place } };
}

export class SqlStore {
  constructor(url) {
    this.pool = new pg.Pool({ connectionString: url, max: POOL });
  }

  async ensure({ id, first_name, last_name }) {
    const { rows } = await run(this.pool, "ensure", id, first_name, last_name ?? null);
    return rows[0];
  }

  async person(telegramId) {
    const { rows } = await run(this.pool, "person", telegramId);
    return rows[0] ?? null;
  }

  async upcoming(userId, page) {
    const text = upcoming(page);
    const { rows } = await this.pool.query({ name: `upcoming_${page}`, text, values: [userId] });
    return { views: rows.slice(0, PAGE).map(asView), more: rows.length > PAGE };
  }

  async view(userId, sessionId, connection = this.pool) {
    const { rows } = await run(connection, "view", userId, sessionId);
    return rows.length ? asView(rows[0]) : null;
  }

  // The row's lock is the queue: who holds it counts and takes a place or a number.
  join(userId, sessionId) {
    return this.#transaction(async (connection) => {
      const session = (await run(connection, "lock", sessionId)).rows[0];
      if (!session?.open) return null;
      let { taken, waiting } = (await run(connection, "counts", sessionId)).rows[0];
      const status = taken < session.capacity ? "GOING" : "WAITING";
      const inserted = await run(connection, "insert", sessionId, userId, status);
      if (!inserted.rowCount)
        return { view: await this.view(userId, sessionId, connection), already: true };
      const place = status === "GOING" ? ++taken : ++waiting;
      return { view: { session, taken, waiting, entry: { status, place } }, already: false };
    });
  }

  leave(userId, sessionId) {
    return this.#transaction(async (connection) => {
      const session = (await run(connection, "lock", sessionId)).rows[0];
      if (!session?.open) return null;
      const removed = (await run(connection, "remove", sessionId, userId)).rows[0];
      if (removed?.status === "GOING") await run(connection, "promote", sessionId);
      return { view: await this.view(userId, sessionId, connection), already: !removed };
    });
  }

  close() {
    return this.pool.end();
  }

  async #transaction(work) {
    const connection = await this.pool.connect();
    try {
      await connection.query("BEGIN");
      const result = await work(connection);
      await connection.query("COMMIT");
      return result;
    } catch (error) {
      await connection.query("ROLLBACK");
      throw error;
    } finally {
      connection.release();
    }
  }
}
