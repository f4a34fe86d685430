-- The tables of the alternatives, after the guide and the bot it is about: its names, its indexes.
-- As there (relationMode "prisma"), no foreign keys.
-- Better than there: one entry for a person and session, by constraint, and whole numbers as ids.
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;

CREATE TYPE "SessionStatus" AS ENUM ('PLANNED', 'STARTED', 'FINISHED');
CREATE TYPE "MatchType" AS ENUM ('FIVE_V_FIVE', 'SIX_V_SIX');
CREATE TYPE "RegistrationStatus" AS ENUM ('GOING', 'WAITING');

CREATE TABLE "User" (
    id serial PRIMARY KEY,
    telegram_id bigint NOT NULL UNIQUE,
    first_name text NOT NULL,
    last_name text,
    phone text,
    language text NOT NULL DEFAULT 'en',
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX idx_users_phone ON "User" (phone);
CREATE INDEX idx_users_active ON "User" (is_active);

CREATE TABLE "Session" (
    id serial PRIMARY KEY,
    start_at timestamptz(3) NOT NULL,
    end_at timestamptz(3) NOT NULL,
    status "SessionStatus" NOT NULL DEFAULT 'PLANNED',
    type "MatchType" NOT NULL DEFAULT 'FIVE_V_FIVE',
    stadium text NOT NULL,
    price integer NOT NULL,
    capacity integer NOT NULL
);
CREATE INDEX idx_sessions_start_at ON "Session" (start_at);
CREATE INDEX idx_sessions_status ON "Session" (status);
CREATE INDEX idx_sessions_start_status ON "Session" (start_at, status);

CREATE TABLE "SessionRegistration" (
    id serial PRIMARY KEY,
    session_id integer NOT NULL,
    user_id integer NOT NULL,
    status "RegistrationStatus" NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    UNIQUE (session_id, user_id)
);
CREATE INDEX idx_session_reg_user_id ON "SessionRegistration" (user_id);
-- Begins with the guide's (session_id), and counts and numbers without reading the table.
CREATE INDEX idx_session_reg_places ON "SessionRegistration" (session_id, status, id);

-- What the judge reads.
CREATE VIEW bench_sessions AS
    SELECT id::bigint AS session_id, capacity FROM "Session";

CREATE VIEW bench_entries AS
    SELECT entry.session_id::bigint AS session_id,
           person.telegram_id,
           lower(entry.status::text) AS state,
           CASE WHEN entry.status = 'WAITING' THEN
               row_number() OVER (PARTITION BY session_id, status ORDER BY entry.id)::integer
           END AS place
      FROM "SessionRegistration" AS entry JOIN "User" AS person ON person.id = entry.user_id;
