-- name: people, by %(people)s
INSERT INTO users.people (telegram_id, name, name_folded, phone, language, language_chosen, role,
    reachable, age, position)
SELECT 1000000 + n, 'Player ' || n, 'player ' || n, '+998' || (900000000 + n), 'en', true,
    CASE WHEN n %% (%(people)s / %(organisers)s) = 7 THEN 'organiser' ELSE 'player' END, n %% 20 > 0,
    20, 'forward'
FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n
WHERE n >= (SELECT count(*) FROM users.people);

-- name: audit of roles, by %(people)s / 50
INSERT INTO users.audit (actor_id, action, subject_id)
SELECT 1, 'role.appoint', n FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n;

-- name: outcomes of writes to people, by %(people)s / 10
INSERT INTO users.requests (actor_id, request_id, method, fingerprint, outcome, created_at)
SELECT n, 'tg:1:' || n, 'fotbot.users.v1.SetNameRequest', '\x00', '\x00',
    now() - n * interval '170000 seconds' / (%(people)s / 10)
FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n;

-- name: teams, by %(people)s / 20
INSERT INTO teams.teams (id, name, captain_id, created_at) OVERRIDING SYSTEM VALUE
SELECT n + 1, 'Team ' || n, n + 1, now() FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n;

-- name: members, by %(people)s / 20
INSERT INTO teams.members (team_id, user_id, joined_at)
SELECT n + 1, (n + k * %(people)s / 20) %% %(people)s + 1, now()
FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n, generate_series(0, 6) AS k;

-- name: notices, by %(people)s / 2
INSERT INTO sender.notices (notice_id, user_id, kind, payload, state, settled_at, verdict)
SELECT 'past:' || n, n + 1, 'promoted', '\x00', 'sent', now(), 'ok'
FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n;

-- name: notices that wait, by %(people)s / 20
INSERT INTO sender.notices (notice_id, user_id, kind, payload, rests, next_attempt_at)
SELECT 'open:' || n, n %% 1000 + 1, 'promoted', '\x00', n %% 2 = 0, now() + interval '6 hours'
FROM generate_series(%(from)s::bigint, %(to)s::bigint) AS n;
