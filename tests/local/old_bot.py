"""A synthetic database of the original bot at any scale: its schema as Prisma's migrations build
it, and rows of every shape it is known to hold, the broken ones included. The same scale gives
the same rows, all times around a given one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.local.stores.sql import Connection

SCHEMA = """
CREATE TYPE "MatchType" AS ENUM ('FIVE_V_FIVE', 'SIX_V_SIX');
CREATE TYPE "MatchResult" AS ENUM ('HOME', 'AWAY', 'DRAW');
CREATE TYPE "SessionStatus" AS ENUM ('PLANNED', 'STARTED', 'FINISHED');
CREATE TYPE "RegistrationType" AS ENUM ('INDIVIDUAL', 'TEAM');
CREATE TYPE "RegistrationStatus" AS ENUM ('PENDING', 'APPROVED', 'REJECTED', 'CANCELLED');
CREATE TYPE "PaymentStatus" AS ENUM ('PENDING', 'CONFIRMED', 'FAILED', 'REFUNDED');
CREATE TYPE "CouponStatus" AS ENUM ('AVAILABLE', 'USED');
CREATE TABLE "User" (
  "id" TEXT PRIMARY KEY, "telegramId" TEXT NOT NULL UNIQUE, "phone" TEXT,
  "firstName" TEXT NOT NULL, "lastName" TEXT, "language" TEXT NOT NULL DEFAULT 'uz',
  "age" INTEGER, "position" TEXT, "isCaptain" BOOLEAN NOT NULL DEFAULT false,
  "username" TEXT UNIQUE, "passwordHash" TEXT, "isActive" BOOLEAN NOT NULL DEFAULT false,
  "pendingInviteToken" TEXT, "preferredNumber" INTEGER,
  "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, "updatedAt" TIMESTAMP(3) NOT NULL
);
CREATE TABLE "Team" (
  "id" TEXT PRIMARY KEY, "name" TEXT NOT NULL,
  "captainId" TEXT NOT NULL REFERENCES "User" ON DELETE RESTRICT,
  "description" TEXT, "inviteToken" TEXT UNIQUE, "inviteExpiresAt" TIMESTAMP(3),
  "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, "updatedAt" TIMESTAMP(3) NOT NULL
);
CREATE TABLE "TeamMember" (
  "id" TEXT PRIMARY KEY, "teamId" TEXT NOT NULL REFERENCES "Team" ON DELETE CASCADE,
  "userId" TEXT NOT NULL REFERENCES "User" ON DELETE CASCADE,
  "role" TEXT, "number" INTEGER, UNIQUE ("teamId", "userId")
);
CREATE TABLE "Session" (
  "id" TEXT PRIMARY KEY, "startAt" TIMESTAMP(3) NOT NULL, "endAt" TIMESTAMP(3),
  "status" "SessionStatus" NOT NULL DEFAULT 'PLANNED', "type" "MatchType" NOT NULL,
  "maxTeams" INTEGER NOT NULL DEFAULT 4, "stadium" TEXT, "place" TEXT, "winnerTeamId" TEXT,
  "manOfTheSessionUserId" TEXT REFERENCES "User" ON DELETE SET NULL,
  "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, "updatedAt" TIMESTAMP(3) NOT NULL
);
CREATE TABLE "SessionTeam" (
  "id" TEXT PRIMARY KEY, "sessionId" TEXT NOT NULL REFERENCES "Session" ON DELETE CASCADE,
  "teamId" TEXT NOT NULL REFERENCES "Team" ON DELETE CASCADE,
  "points" INTEGER NOT NULL DEFAULT 0, "goalsFor" INTEGER NOT NULL DEFAULT 0,
  "goalsAgainst" INTEGER NOT NULL DEFAULT 0, UNIQUE ("sessionId", "teamId")
);
CREATE TABLE "SessionRegistration" (
  "id" TEXT PRIMARY KEY, "sessionId" TEXT NOT NULL REFERENCES "Session" ON DELETE CASCADE,
  "userId" TEXT REFERENCES "User" ON DELETE SET NULL,
  "teamId" TEXT REFERENCES "Team" ON DELETE SET NULL,
  "type" "RegistrationType" NOT NULL, "status" "RegistrationStatus" NOT NULL DEFAULT 'PENDING',
  "groupIndex" INTEGER, "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "approvedAt" TIMESTAMP(3), "rejectionReason" TEXT
);
CREATE TABLE "Match" (
  "id" TEXT PRIMARY KEY, "dateTime" TIMESTAMP(3) NOT NULL, "location" TEXT NOT NULL,
  "description" TEXT, "pricePerUser" INTEGER NOT NULL DEFAULT 40000,
  "capacityPerTeam" INTEGER NOT NULL DEFAULT 7, "type" "MatchType" NOT NULL,
  "sessionId" TEXT REFERENCES "Session" ON DELETE SET NULL,
  "homeTeamId" TEXT REFERENCES "Team" ON DELETE SET NULL,
  "awayTeamId" TEXT REFERENCES "Team" ON DELETE SET NULL,
  "homeScore" INTEGER NOT NULL DEFAULT 0, "awayScore" INTEGER NOT NULL DEFAULT 0,
  "result" "MatchResult", "winnerTeamId" TEXT, "manOfTheMatchUserId" TEXT,
  "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, "updatedAt" TIMESTAMP(3) NOT NULL
);
CREATE TABLE "Registration" (
  "id" TEXT PRIMARY KEY, "matchId" TEXT NOT NULL REFERENCES "Match" ON DELETE CASCADE,
  "userId" TEXT REFERENCES "User" ON DELETE SET NULL,
  "teamId" TEXT REFERENCES "Team" ON DELETE SET NULL,
  "type" "RegistrationType" NOT NULL, "status" "RegistrationStatus" NOT NULL DEFAULT 'PENDING',
  "groupIndex" INTEGER, "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "approvedAt" TIMESTAMP(3)
);
CREATE TABLE "Payment" (
  "id" TEXT PRIMARY KEY, "registrationId" TEXT UNIQUE REFERENCES "Registration" ON DELETE SET NULL,
  "sessionRegistrationId" TEXT UNIQUE REFERENCES "SessionRegistration" ON DELETE SET NULL,
  "userId" TEXT REFERENCES "User" ON DELETE SET NULL,
  "teamId" TEXT REFERENCES "Team" ON DELETE SET NULL,
  "amount" INTEGER NOT NULL, "method" TEXT NOT NULL DEFAULT 'MANUAL',
  "status" "PaymentStatus" NOT NULL DEFAULT 'PENDING', "receiptFileId" TEXT,
  "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, "confirmedAt" TIMESTAMP(3)
);
CREATE TABLE "Coupon" (
  "id" TEXT PRIMARY KEY, "userId" TEXT NOT NULL REFERENCES "User" ON DELETE CASCADE,
  "status" "CouponStatus" NOT NULL DEFAULT 'AVAILABLE',
  "issuedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, "usedAt" TIMESTAMP(3),
  "sessionRegistrationId" TEXT REFERENCES "SessionRegistration" ON DELETE SET NULL
);
CREATE TABLE "MatchStat" (
  "id" TEXT PRIMARY KEY, "matchId" TEXT NOT NULL REFERENCES "Match" ON DELETE CASCADE,
  "userId" TEXT NOT NULL REFERENCES "User" ON DELETE CASCADE,
  "goals" INTEGER NOT NULL DEFAULT 0, "assists" INTEGER NOT NULL DEFAULT 0,
  "won" BOOLEAN NOT NULL DEFAULT false, UNIQUE ("matchId", "userId")
);
CREATE TABLE "PlayerStat" (
  "id" TEXT PRIMARY KEY, "userId" TEXT NOT NULL UNIQUE REFERENCES "User" ON DELETE CASCADE,
  "rating" DOUBLE PRECISION NOT NULL DEFAULT 0, "goals" INTEGER NOT NULL DEFAULT 0,
  "assists" INTEGER NOT NULL DEFAULT 0, "wins" INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX ON "SessionRegistration" ("sessionId");
CREATE INDEX ON "SessionRegistration" ("userId");
CREATE INDEX ON "SessionRegistration" ("status");
CREATE INDEX ON "TeamMember" ("teamId");
CREATE INDEX ON "TeamMember" ("userId");
CREATE INDEX ON "Match" ("sessionId");
CREATE INDEX ON "Coupon" ("userId");
"""

# Ids are 25 characters, as cuids are, and sort as they were made.
CUID = """
CREATE FUNCTION cuid(kind TEXT, number BIGINT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS
$$ SELECT 'c' || rpad(kind, 4, '0') || lpad(number::text, 20, '0') $$;
"""

# A placeholder account has words for a Telegram id; two may share a phone.
PEOPLE = """
INSERT INTO "User" ("id", "telegramId", "phone", "firstName", "lastName", "language", "age",
  "position", "isCaptain", "username", "passwordHash", "isActive", "preferredNumber",
  "createdAt", "updatedAt")
SELECT cuid('user', i), CASE WHEN i % 97 = 5 THEN 'placeholder-' || i ELSE (70000000 + i)::text END,
  CASE WHEN i % 13 = 0 THEN NULL WHEN i % 31 = 0 THEN 'yo''q'
    WHEN i % 50 = 2 THEN '+99890' || lpad((i - 1)::text, 7, '0')
    WHEN i % 7 = 3 THEN '90' || lpad(i::text, 7, '0')
    ELSE '+99890' || lpad(i::text, 7, '0') END,
  CASE WHEN i % 211 = 7 THEN '' WHEN i % 101 = 1 THEN U&'\\200B' || ' Aziz' ELSE 'O''yinchi' END,
  CASE WHEN i % 3 = 0 THEN NULL ELSE 'No' || i END,
  (ARRAY['uz', 'uz', 'ru', 'UZ', 'russian', '', '??'])[1 + i % 7],
  CASE WHEN i % 4 = 0 THEN NULL WHEN i % 89 = 1 THEN 999 ELSE 10 + i % 50 END,
  (ARRAY[NULL, 'GK', 'defender', 'yarim himoyachi', 'forward', '???'])[1 + i % 6],
  i % 100 = 0, CASE WHEN i % 3 = 1 THEN 'player' || i END,
  CASE WHEN i % 3 = 1 THEN '$2b$10$synthetic' END, i % 5 <> 0,
  CASE WHEN i % 2 = 0 THEN NULL WHEN i % 71 = 1 THEN 99 ELSE 1 + i % 25 END,
  $3::timestamp - make_interval(mins => (($1 - i) % 500000)::int), $3::timestamp
FROM generate_series(1, $1) AS i, (SELECT $2::bigint) AS unused
"""

# Every tenth of the real teams has a captain who leads the one before it too; some captains are
# missing from their rosters.
TEAMS = """
INSERT INTO "Team" ("id", "name", "captainId", "description", "createdAt", "updatedAt")
SELECT cuid('team', t), CASE WHEN t % 23 = 4 THEN '  ' ELSE 'Jamoa ' || t END,
  cuid('user', 1 + ((CASE WHEN t % 10 = 9 THEN t - 1 ELSE t END) * 13) % $1),
  CASE WHEN t % 2 = 0 THEN repeat('Juma kuni o''ynaymiz. ', 1 + t % 40) END,
  $3::timestamp - make_interval(hours => ($1 / 50 - t)::int), $3::timestamp
FROM generate_series(1, GREATEST($1 / 50, 4)) AS t, (SELECT $2::bigint) AS unused
"""

MEMBERS = """
INSERT INTO "TeamMember" ("id", "teamId", "userId", "role", "number")
SELECT cuid('memb', t * 100 + m), cuid('team', t),
  cuid('user', 1 + ((CASE WHEN t % 10 = 9 AND m = 0 THEN t - 1 ELSE t END) * 13 + m * 7) % $1),
  CASE WHEN m = 0 THEN 'captain' WHEN m % 3 = 0 THEN NULL ELSE 'player' END,
  CASE WHEN m % 4 = 3 THEN NULL WHEN m = 5 THEN 2 WHEN t % 29 = 0 THEN 77 ELSE m + 1 END
FROM generate_series(1, GREATEST($1 / 50, 4)) AS t,
  LATERAL generate_series(CASE WHEN t % 17 = 0 THEN 1 ELSE 0 END, 4 + (t % 6)::int) AS m,
  (SELECT $2::bigint, $3::timestamp) AS unused
ON CONFLICT DO NOTHING
"""

# Nine of ten are past: most finished, some never started, one in fifty never stopped.
SESSIONS = """
INSERT INTO "Session" ("id", "startAt", "endAt", "status", "type", "maxTeams", "stadium", "place",
  "manOfTheSessionUserId", "createdAt", "updatedAt")
SELECT cuid('sess', s), start, CASE WHEN s % 41 = 0 THEN NULL
    WHEN s % 43 = 0 THEN start - interval '22 hours' ELSE start + interval '2 hours' END,
  (CASE WHEN s > $2 * 9 / 10 OR s % 11 = 0 THEN 'PLANNED' WHEN s % 50 = 1 THEN 'STARTED'
    ELSE 'FINISHED' END)::"SessionStatus",
  (CASE WHEN s % 3 = 0 THEN 'SIX_V_SIX' ELSE 'FIVE_V_FIVE' END)::"MatchType",
  CASE WHEN s % 61 = 0 THEN 99 ELSE 4 END,
  CASE WHEN s % 37 = 0 THEN NULL ELSE 'Bunyodkor ' || s % 9 END,
  CASE WHEN s % 37 = 0 OR s % 2 = 0 THEN NULL ELSE s % 4 || '-maydon' END,
  CASE WHEN s % 3 = 0 THEN cuid('user', 1 + (s * 5) % $1) END,
  start - interval '6 days', start
FROM generate_series(1, $2) AS s, LATERAL (SELECT date_trunc('day', $3::timestamp)
  + make_interval(hours => 18 + (s % 5)::int, days => (s - $2 * 9 / 10)::int / 3) AS start) AS t
"""

# Drawn sides are teams too: of nominal captains, with a roster, for one evening.
NABOR = """
WITH made AS (
  INSERT INTO "Team" ("id", "name", "captainId", "createdAt", "updatedAt")
  SELECT cuid('nabo', s * 10 + k), CASE WHEN s % 20 = 3 THEN 'Singles ' ELSE 'FOT NABOR ' END || k,
    cuid('user', 1 + (s * 29 + k * 3) % $1), $3::timestamp, $3::timestamp
  FROM generate_series(1, $2 * 9 / 10) AS s, generate_series(1, 2) AS k WHERE s % 11 <> 0
)
INSERT INTO "TeamMember" ("id", "teamId", "userId", "role", "number")
SELECT cuid('nabm', (s * 10 + k) * 10 + m), cuid('nabo', s * 10 + k),
  cuid('user', 1 + (s * 29 + k * 3 + m) % $1), CASE WHEN m = 0 THEN 'captain' ELSE 'player' END,
  CASE WHEN m = 0 THEN NULL ELSE m END
FROM generate_series(1, $2 * 9 / 10) AS s, generate_series(1, 2) AS k, generate_series(0, 6) AS m
WHERE s % 11 <> 0 ON CONFLICT DO NOTHING
"""

TABLES = """
INSERT INTO "SessionTeam" ("id", "sessionId", "teamId", "points", "goalsFor", "goalsAgainst")
SELECT cuid('sete', s * 10 + k), cuid('sess', s),
  CASE WHEN k <= 2 THEN cuid('nabo', s * 10 + k)
    ELSE cuid('team', 1 + (s * 2 + k) % GREATEST($1 / 50, 4)) END,
  CASE k WHEN 1 THEN 6 WHEN 2 THEN 1 WHEN 3 THEN 1 ELSE 0 END, 0, 0
FROM generate_series(1, $2 * 9 / 10) AS s, generate_series(1, 4) AS k,
  (SELECT $3::timestamp) AS unused
WHERE s % 11 <> 0 ON CONFLICT DO NOTHING
"""

# Every twentieth tap registered twice, one in a hundred belongs to nobody any more.
ENTRIES = """
INSERT INTO "SessionRegistration" ("id", "sessionId", "userId", "teamId", "type", "status",
  "createdAt", "approvedAt", "rejectionReason")
SELECT cuid('sere', r), cuid('sess', s),
  CASE WHEN r % 101 = 0 THEN NULL ELSE cuid('user', 1 + (n * 31 + s * 7) % $1) END,
  CASE WHEN is_team AND r % 4 <> 1 THEN cuid('team', 1 + (n + s) % GREATEST($1 / 50, 4)) END,
  (CASE WHEN is_team THEN 'TEAM' ELSE 'INDIVIDUAL' END)::"RegistrationType",
  (CASE WHEN r % 9 = 4 THEN 'REJECTED' WHEN r % 25 = 6 THEN 'CANCELLED'
    WHEN r % 6 = 1 OR (s > $2 * 9 / 10 AND r % 2 = 0) THEN 'PENDING' ELSE 'APPROVED'
    END)::"RegistrationStatus",
  $3::timestamp - make_interval(mins => ((s % 5000) * 60 - n % 60)::int), NULL,
  CASE WHEN r % 9 = 4 THEN 'Joy yo''q' END
FROM generate_series(1, $4 * 9 / 10) AS r,
  LATERAL (SELECT 1 + r % $2 AS s, r / $2 - (CASE WHEN (r / $2) % 20 = 19 THEN 1 ELSE 0 END) AS n,
    r % 15 = 8 AS is_team) AS t
"""

MATCHES = """
INSERT INTO "Match" ("id", "dateTime", "location", "type", "sessionId", "homeTeamId", "awayTeamId",
  "result", "createdAt", "updatedAt")
SELECT cuid('matc', s * 10 + k), "startAt", coalesce("stadium", ''), "type", "id",
  cuid('nabo', s * 10 + 1),
  CASE WHEN k = 1 THEN cuid('nabo', s * 10 + 2)
    ELSE cuid('team', 1 + (s * 2 + k + 1) % GREATEST($1 / 50, 4)) END,
  CASE k WHEN 1 THEN 'HOME' WHEN 2 THEN 'DRAW' ELSE NULL END::"MatchResult",
  "startAt" + make_interval(mins => 20 * k), "startAt"
FROM generate_series(1, $2 * 9 / 10) AS s, generate_series(1, 3) AS k, "Session",
  (SELECT $3::timestamp) AS unused
WHERE s % 11 <> 0 AND "id" = cuid('sess', s)
"""

LEGACY = """
WITH made AS (
  INSERT INTO "Match" ("id", "dateTime", "location", "description", "pricePerUser", "type",
    "homeTeamId", "homeScore", "awayScore", "result", "createdAt", "updatedAt")
  SELECT cuid('lega', m), $3::timestamp - make_interval(days => (400 + m)::int), 'Eski maydon',
    'Do''stona', 30000, 'SIX_V_SIX',
    CASE WHEN m % 2 = 0 THEN cuid('team', 1 + m % GREATEST($1 / 50, 4)) END,
    CASE WHEN m % 3 = 0 THEN 2 ELSE 0 END, 0,
    CASE m % 3 WHEN 0 THEN 'HOME' WHEN 1 THEN 'AWAY' END::"MatchResult",
    $3::timestamp - make_interval(days => (410 + m)::int), $3::timestamp
  FROM generate_series(1, GREATEST($2 / 5, 2)) AS m
)
INSERT INTO "Registration" ("id", "matchId", "userId", "teamId", "type", "status", "createdAt")
SELECT cuid('regi', r), cuid('lega', 1 + r % GREATEST($2 / 5, 2)),
  CASE WHEN r % 53 = 0 THEN NULL ELSE cuid('user', 1 + (r * 3) % $1) END, NULL,
  'INDIVIDUAL', (CASE WHEN r % 7 = 0 THEN 'CANCELLED' WHEN r % 5 = 0 THEN 'PENDING'
    ELSE 'APPROVED' END)::"RegistrationStatus", $3::timestamp - interval '405 days'
FROM generate_series(1, $4 - $4 * 9 / 10) AS r
"""

PAYMENTS = """
INSERT INTO "Payment" ("id", "sessionRegistrationId", "userId", "teamId", "amount", "method",
  "status", "receiptFileId", "createdAt")
SELECT 'cpay1' || substr("id", 6), "id", "userId", "teamId",
  CASE WHEN n % 401 = 0 THEN -40000 WHEN n % 33 = 2 THEN 0
    WHEN "type" = 'TEAM' THEN 280000 ELSE 40000 END,
  (ARRAY['MANUAL', 'MANUAL', 'MANUAL', 'COUPON+MANUAL', 'PAYME', 'naqd', ''])[1 + n % 7],
  (CASE WHEN n % 77 = 0 THEN 'FAILED' WHEN n % 91 = 0 THEN 'REFUNDED'
    WHEN "status" = 'APPROVED' OR n % 87 = 1 THEN 'CONFIRMED' ELSE 'PENDING' END)::"PaymentStatus",
  CASE WHEN n % 3 > 0 THEN 'AgACAgIAAxkBAAI' || n END, "createdAt"
FROM (SELECT *, substr("id", 6)::bigint AS n FROM "SessionRegistration") AS r,
  (SELECT $1::bigint, $2::bigint, $3::timestamp) AS unused
WHERE n % 19 <> 0
"""

LEGACY_PAYMENTS = """
INSERT INTO "Payment" ("id", "registrationId", "userId", "amount", "method", "status", "createdAt")
SELECT 'cpay2' || substr("id", 6), "id", "userId", 30000, 'MANUAL',
  (CASE WHEN "status" = 'APPROVED' THEN 'CONFIRMED' ELSE 'PENDING' END)::"PaymentStatus",
  "createdAt"
FROM "Registration", (SELECT $1::bigint, $2::bigint, $3::timestamp) AS unused
UNION ALL
SELECT cuid('pay3', i), NULL, NULL, 40000, 'MANUAL', 'CONFIRMED', $3::timestamp
FROM generate_series(1, 5 + $2 / 100) AS i
"""

COUPONS = """
INSERT INTO "Coupon" ("id", "userId", "status", "issuedAt", "usedAt", "sessionRegistrationId")
SELECT cuid('coup', s), cuid('user', 1 + (s * 5) % $1),
  (CASE WHEN s % 2 = 0 THEN 'USED' ELSE 'AVAILABLE' END)::"CouponStatus",
  $3::timestamp - interval '40 days', CASE WHEN s % 2 = 0 THEN $3::timestamp END,
  CASE WHEN s % 4 = 0 THEN (SELECT "id" FROM "SessionRegistration" WHERE "id" = cuid('sere', s)) END
FROM generate_series(1, $2) AS s WHERE s % 3 <> 1
"""

STATS = """
INSERT INTO "MatchStat" ("id", "matchId", "userId", "goals", "assists", "won")
SELECT cuid('msta', s * 10 + m), cuid('matc', s * 10 + 1), cuid('user', 1 + (s * 29 + m * 3) % $1),
  m % 4, m % 3, false
FROM generate_series(1, $2 * 9 / 10) AS s, generate_series(1, 5) AS m,
  (SELECT $3::timestamp) AS unused
WHERE s % 11 <> 0 ON CONFLICT DO NOTHING
"""

CAREERS = """
INSERT INTO "PlayerStat" ("id", "userId", "rating", "goals", "assists", "wins")
SELECT 'c' || left(md5("userId"), 24), "userId", sum("goals") + 0.5 * sum("assists"), sum("goals"),
  sum("assists"), 0
FROM "MatchStat", (SELECT $1::bigint, $2::bigint, $3::timestamp) AS unused GROUP BY "userId"
"""

ROWS = (PEOPLE, TEAMS, MEMBERS, SESSIONS, NABOR, TABLES, MATCHES)
ROWS_OF_ENTRIES = (ENTRIES, LEGACY)
ROWS_AFTER = (PAYMENTS, LEGACY_PAYMENTS, COUPONS, STATS, CAREERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much there is; registrations count those of legacy matches, one in ten."""

    users: int = 400
    sessions: int = 40
    registrations: int = 1200


async def build(connection: Connection, scale: Scale, now: datetime | None = None) -> None:
    """The schema with its rows, in the connection's search path."""
    await connection.execute(SCHEMA)
    await connection.execute(CUID)
    at = (now or datetime.now(UTC)).replace(tzinfo=None, microsecond=0)
    numbers: tuple[Any, ...] = (scale.users, scale.sessions, at)
    for statement in ROWS:
        await connection.fetch(statement, *numbers)
    for statement in ROWS_OF_ENTRIES:
        await connection.fetch(statement, *numbers, scale.registrations)
    for statement in ROWS_AFTER:
        await connection.fetch(statement, *numbers)
    await connection.execute("ANALYZE")
