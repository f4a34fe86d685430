-- name: venues, by %(venues)s
INSERT INTO sessions.venues (name, time_zone)
SELECT 'Arena ' || n, 'Asia/Tashkent' FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n;

-- name: evenings, by %(sessions)s
INSERT INTO sessions.sessions (id, venue_id, starts_at, ends_at, format, price, capacity, taken,
    waitlisted, status, organiser_id, turns, started_at, finished_at, man_of_session_id)
SELECT %(base)s + n, n %% %(venues)s + 1, now() - (n + 1) * interval '3 hours',
    now() - (n + 1) * interval '3 hours' + interval '90 minutes', 'five_a_side', n %% 2 * 30000,
    %(capacity)s, %(taken)s, %(waiting)s,
    (ARRAY['finished', 'finished', 'finished', 'finished', 'finished', 'finished', 'cancelled',
        'planned', 'planned', 'planned'])[n %% 10 + 1],
    n %% %(organisers)s * (%(people)s / %(organisers)s) + 8, %(each)s, now(), now(), n + 1
FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n;

-- name: entries, by %(sessions)s * %(each)s
INSERT INTO sessions.entries (id, session_id, user_id, status, turn, price, created_at, changed_at)
SELECT %(entry_base)s + r, %(base)s + r / %(each)s,
    ((r / %(each)s) * 7919 + (r %% %(each)s) * 104729) %% %(people)s + 1,
    CASE WHEN r %% %(each)s < %(taken)s THEN 'confirmed'
         WHEN r %% %(each)s < %(taken)s + %(waiting)s THEN 'waitlisted' ELSE 'cancelled' END,
    r %% %(each)s + 1, r / %(each)s %% 2 * 30000, now(), now()
FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS r;

-- name: their players, by %(sessions)s * %(each)s
INSERT INTO sessions.entry_players (entry_id, user_id, session_id, active, attended)
SELECT id, user_id, session_id, status <> 'cancelled', status = 'confirmed'
FROM sessions.entries
WHERE id BETWEEN %(entry_base)s + %(from)s::bigint AND %(entry_base)s + %(to)s::bigint;

-- name: payments, by %(sessions)s * %(each)s
INSERT INTO sessions.payments (entry_id, amount, status)
SELECT id, price, CASE WHEN status = 'confirmed' THEN 'confirmed' ELSE 'refunded' END
FROM sessions.entries
WHERE id BETWEEN %(entry_base)s + %(from)s::bigint AND %(entry_base)s + %(to)s::bigint
    AND price > 0 AND status <> 'waitlisted';

-- name: their history, by %(sessions)s * %(each)s
INSERT INTO sessions.payment_events (entry_id, actor_id, action, amount, coupons)
SELECT entry_id, 1, 'due', amount, 0 FROM sessions.payments
WHERE entry_id BETWEEN %(entry_base)s + %(from)s::bigint AND %(entry_base)s + %(to)s::bigint;

-- name: sides, by %(sessions)s * 2
INSERT INTO sessions.line_ups (side_id, session_id, number)
SELECT n + 1, %(base)s + n / 2, n %% 2 + 1 FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n;

-- name: their line-ups, by %(sessions)s * 2
INSERT INTO sessions.line_up_players (side_id, user_id)
SELECT n + 1, ((n / 2) * 7919 + (n %% 2 * 7 + k) * 104729) %% %(people)s + 1
FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n, generate_series(0, 6) AS k;

-- name: sides that teams keep, by %(sessions)s * 2
INSERT INTO teams.sides (id, session_id, number, name) OVERRIDING SYSTEM VALUE
SELECT n + 1, %(base)s + n / 2, n %% 2 + 1, '' FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n;

-- name: their players at teams, by %(sessions)s * 2
INSERT INTO teams.side_players (side_id, user_id, session_id, place, shirt_number)
SELECT n + 1, ((n / 2) * 7919 + (n %% 2 * 7 + k) * 104729) %% %(people)s + 1, %(base)s + n / 2, k, k + 1
FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n, generate_series(0, 6) AS k;

-- name: matches, by %(sessions)s * 3
INSERT INTO sessions.matches (id, session_id, number, home_side_id, away_side_id, home_score, status)
SELECT %(match_base)s + n, %(base)s + n / 3, n %% 3 + 1, n / 3 * 2 + 1, n / 3 * 2 + 2, 2, 'finished'
FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n;

-- name: goals, by %(sessions)s * 6
INSERT INTO sessions.goals (match_id, side_id, scorer_id)
SELECT %(match_base)s + n / 2, n / 6 * 2 + 1, n / 6 + 1
FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n;

-- name: figures, by %(people)s
INSERT INTO sessions.figures (user_id, season, goals, assists, wins, matches, sessions)
SELECT n + 1, season, n %% 90, n %% 40, n %% 70, n %% 200, n %% 50
FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n,
    unnest(ARRAY[0, extract(year FROM now())::smallint]) AS season
ON CONFLICT DO NOTHING;

-- name: coupons, by %(sessions)s
INSERT INTO sessions.coupons (user_id, session_id, status)
SELECT n + 1, %(base)s + n, CASE WHEN n %% 3 = 0 THEN 'available' ELSE 'used' END
FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n;

-- name: audit of evenings, by %(sessions)s * 10
INSERT INTO sessions.audit (actor_id, action, session_id)
SELECT 1, 'session.edit', %(base)s + n / 10 FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n;

-- name: outcomes of writes, by %(sessions)s * 10
INSERT INTO sessions.requests (actor_id, request_id, method, fingerprint, outcome, created_at)
SELECT n, 'tg:1:' || n, 'fotbot.sessions.v1.RegisterRequest', '\x00', '\x00',
    now() - n * interval '170000 seconds' / (%(sessions)s * 10)
FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n;

-- name: jobs that are not due, by %(sessions)s / 4
INSERT INTO sessions.pgqueuer (priority, status, entrypoint, payload, execute_after)
SELECT 0, 'queued', 'notice', '\x00', now() + interval '6 hours'
FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n;

-- name: jobs that were done, by %(sessions)s * 10
INSERT INTO sessions.pgqueuer_log (created, job_id, status, priority, entrypoint, aggregated)
SELECT now(), n, 'successful', 0, 'notice', true
FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n;

-- name: broadcasts, by %(sessions)s / 5
INSERT INTO sessions.broadcasts (author_id, text, status, total)
SELECT 1, 'Play!', 'done', 100 FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n;

-- name: reminders, by %(sessions)s
INSERT INTO sessions.reminders (session_id, kind, starts_at)
SELECT %(base)s + n, 'day', now() - (n + 1) * interval '3 hours'
FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n;
