"""What is asked of the old database: every row once, in an order that says who came first, with
what must be known beside it to judge it. Passwords are never read."""

COUNTS = {
    "users": 'SELECT count(*) FROM "User"',
    "teams": 'SELECT count(*) FROM "Team"',
    "members": 'SELECT count(*) FROM "TeamMember"',
    "sessions": 'SELECT count(*) FROM "Session"',
    "registrations": """
        SELECT (SELECT count(*) FROM "SessionRegistration") + (SELECT count(*) FROM "Registration")
    """,
    "payments": 'SELECT count(*) FROM "Payment"',
    "coupons": 'SELECT count(*) FROM "Coupon"',
    "matches": 'SELECT count(*) FROM "Match"',
    "match_statistics": 'SELECT count(*) FROM "MatchStat"',
    "session_tables": """
        SELECT count(*) FROM "SessionTeam" t JOIN "Session" s ON s."id" = t."sessionId"
        WHERE s."status"::text <> 'PLANNED'
            OR EXISTS (SELECT FROM "Match" m WHERE m."sessionId" = s."id")
    """,
    "careers": 'SELECT count(*) FROM "PlayerStat"',
}
MONEY_CONFIRMED = """
SELECT coalesce(sum("amount"), 0)::bigint FROM "Payment" WHERE "status"::text = 'CONFIRMED'
"""
COUPONS_AVAILABLE = """SELECT count(*) FROM "Coupon" WHERE "status"::text = 'AVAILABLE'"""

EXAMPLES = """
SELECT to_jsonb(s) FROM "Session" s
ORDER BY (s."status"::text = 'PLANNED') DESC, s."startAt" DESC LIMIT 3
"""
ORGANISER = """
SELECT "id" FROM "User" WHERE "telegramId" = ANY($1::text[])
ORDER BY array_position($1::text[], "telegramId") LIMIT 1
"""

USERS = """
SELECT to_jsonb(u) - 'passwordHash' - 'pendingInviteToken' FROM "User" u
ORDER BY u."createdAt", u."id"
"""

# Sides that the old bot drew were teams to it, with the first player as captain in name.
TEAMS = r"""
SELECT to_jsonb(t) || jsonb_build_object('is_drawn', d.is_drawn, 'rank',
    row_number() OVER (PARTITION BY d.is_drawn, t."captainId" ORDER BY t."createdAt", t."id"))
FROM "Team" t, LATERAL (SELECT t."name" ~* '^\s*(FOT NABOR|Singles)\y' AS is_drawn) AS d
ORDER BY t."createdAt", t."id"
"""
# Members of a team who lead no other: who may take it over.
DEPUTIES = r"""
SELECT to_jsonb(m) FROM "TeamMember" m
WHERE m."teamId" = $1 AND NOT EXISTS (SELECT FROM "Team" t WHERE t."captainId" = m."userId"
    AND t."name" !~* '^\s*(FOT NABOR|Singles)\y')
ORDER BY m."id"
"""
MEMBERS = r"""
SELECT to_jsonb(m) || jsonb_build_object('is_drawn', t."name" ~* '^\s*(FOT NABOR|Singles)\y')
FROM "TeamMember" m JOIN "Team" t ON t."id" = m."teamId"
ORDER BY m."teamId", (m."userId" = t."captainId") DESC, m."id"
"""

# `needed`: the places of all who are in; the old bot let more in than there were.
SESSIONS = """
SELECT to_jsonb(s) || jsonb_build_object('needed', coalesce(n.needed, 0), 'has_matches',
    EXISTS (SELECT FROM "Match" m WHERE m."sessionId" = s."id"))
FROM "Session" s LEFT JOIN (
    SELECT "sessionId", count(DISTINCT "userId") FILTER (WHERE "type"::text = 'INDIVIDUAL')
        + 7 * count(DISTINCT "teamId") FILTER (WHERE "type"::text = 'TEAM') AS needed
    FROM "SessionRegistration" WHERE "status"::text IN ('APPROVED', 'PENDING') GROUP BY 1
) AS n ON n."sessionId" = s."id"
ORDER BY s."startAt", s."id"
"""
LONELY_MATCHES = """
SELECT to_jsonb(m) || jsonb_build_object('needed', coalesce(n.needed, 0))
FROM "Match" m LEFT JOIN (
    SELECT "matchId", count(DISTINCT "userId") FILTER (WHERE "type"::text = 'INDIVIDUAL')
        + 7 * count(DISTINCT "teamId") FILTER (WHERE "type"::text = 'TEAM') AS needed
    FROM "Registration" WHERE "status"::text IN ('APPROVED', 'PENDING') GROUP BY 1
) AS n ON n."matchId" = m."id"
WHERE m."sessionId" IS NULL ORDER BY m."dateTime", m."id"
"""

# `rank`: of the entries of one person or team that are alive in a session, the one to keep is the
# first: approved before pending, paid before unpaid, early before late.
ENTRIES = """
SELECT to_jsonb(r) || jsonb_build_object('payment', to_jsonb(p), 'used', coalesce(c.used, 0),
    'session', jsonb_build_object('startAt', s."startAt", 'endAt', s."endAt", 'status', s."status",
        'has_matches', EXISTS (SELECT FROM "Match" m WHERE m."sessionId" = s."id")),
    'captainId', t."captainId", 'players', coalesce(k.players, '[]'),
    'rank', row_number() OVER (
        PARTITION BY r."sessionId", r."type", CASE WHEN r."type"::text = 'TEAM' THEN r."teamId"
            ELSE r."userId" END, r."status"::text IN ('APPROVED', 'PENDING')
        ORDER BY r."status"::text = 'APPROVED' DESC, coalesce(p."status"::text, '') = 'CONFIRMED'
            DESC, r."createdAt", r."id"))
FROM "SessionRegistration" r
JOIN "Session" s ON s."id" = r."sessionId"
LEFT JOIN "Team" t ON t."id" = r."teamId"
LEFT JOIN "Payment" p ON p."sessionRegistrationId" = r."id"
LEFT JOIN (SELECT "sessionRegistrationId", count(*) AS used FROM "Coupon"
    WHERE "status"::text = 'USED' GROUP BY 1) AS c ON c."sessionRegistrationId" = r."id"
LEFT JOIN LATERAL (
    SELECT jsonb_agg(m."userId" ORDER BY (m."userId" = t."captainId") DESC, m."id") AS players
    FROM "TeamMember" m WHERE r."type"::text = 'TEAM' AND m."teamId" = r."teamId"
        AND NOT EXISTS (SELECT FROM "SessionRegistration" x WHERE x."sessionId" = r."sessionId"
            AND x."userId" = m."userId" AND x."type"::text = 'INDIVIDUAL'
            AND x."status"::text IN ('APPROVED', 'PENDING'))
) AS k ON true
ORDER BY r."sessionId", r."createdAt", r."id"
"""
OF_LONELY_MATCHES = """
SELECT to_jsonb(r) || jsonb_build_object('payment', to_jsonb(p), 'used', 0,
    'sessionId', coalesce(m."sessionId", 'match:' || m."id"),
    'session', CASE WHEN s."id" IS NULL THEN jsonb_build_object('startAt', m."dateTime")
        ELSE jsonb_build_object('startAt', s."startAt", 'endAt', s."endAt", 'status', s."status",
            'has_matches', true) END,
    'captainId', t."captainId", 'players', coalesce(k.players, '[]'),
    'rank', row_number() OVER (
        PARTITION BY r."matchId", r."type", CASE WHEN r."type"::text = 'TEAM' THEN r."teamId"
            ELSE r."userId" END, r."status"::text IN ('APPROVED', 'PENDING')
        ORDER BY r."status"::text = 'APPROVED' DESC, coalesce(p."status"::text, '') = 'CONFIRMED'
            DESC, r."createdAt", r."id"))
FROM "Registration" r
JOIN "Match" m ON m."id" = r."matchId"
LEFT JOIN "Session" s ON s."id" = m."sessionId"
LEFT JOIN "Team" t ON t."id" = r."teamId"
LEFT JOIN "Payment" p ON p."registrationId" = r."id" AND p."sessionRegistrationId" IS NULL
LEFT JOIN LATERAL (
    SELECT jsonb_agg(b."userId" ORDER BY (b."userId" = t."captainId") DESC, b."id") AS players
    FROM "TeamMember" b WHERE r."type"::text = 'TEAM' AND b."teamId" = r."teamId"
        AND NOT EXISTS (SELECT FROM "Registration" x WHERE x."matchId" = r."matchId"
            AND x."userId" = b."userId" AND x."type"::text = 'INDIVIDUAL'
            AND x."status"::text IN ('APPROVED', 'PENDING'))
) AS k ON true
ORDER BY r."matchId", r."createdAt", r."id"
"""
LONELY_PAYMENTS = """
SELECT to_jsonb(p) FROM "Payment" p
LEFT JOIN "SessionRegistration" s ON s."id" = p."sessionRegistrationId"
LEFT JOIN "Registration" r ON r."id" = p."registrationId" AND p."sessionRegistrationId" IS NULL
WHERE s."id" IS NULL AND r."id" IS NULL ORDER BY p."id"
"""
COUPONS = 'SELECT to_jsonb(c) FROM "Coupon" c ORDER BY c."issuedAt", c."id"'

# By what the matches said: the old table kept points and goals alone.
SESSION_TABLES = """
SELECT to_jsonb(st) || jsonb_build_object('teamName', t."name",
    'players', coalesce(k.players, '[]'), 'won', coalesce(g.won, 0),
    'drawn', coalesce(g.drawn, 0), 'lost', coalesce(g.lost, 0),
    'place', rank() OVER (PARTITION BY st."sessionId"
        ORDER BY st."points" DESC, st."goalsFor" DESC),
    'session', jsonb_build_object('startAt', s."startAt", 'endAt', s."endAt", 'status', s."status",
        'has_matches', true))
FROM "SessionTeam" st
JOIN "Session" s ON s."id" = st."sessionId"
JOIN "Team" t ON t."id" = st."teamId"
LEFT JOIN (
    SELECT "sessionId", team, count(*) FILTER (WHERE result = won_when) AS won,
        count(*) FILTER (WHERE result = 'DRAW') AS drawn,
        count(*) FILTER (WHERE result NOT IN (won_when, 'DRAW')) AS lost
    FROM (SELECT "sessionId", "homeTeamId" AS team, "result"::text AS result, 'HOME' AS won_when
            FROM "Match" WHERE "result" IS NOT NULL
        UNION ALL SELECT "sessionId", "awayTeamId", "result"::text, 'AWAY'
            FROM "Match" WHERE "result" IS NOT NULL) AS played
    GROUP BY 1, 2
) AS g ON g."sessionId" = st."sessionId" AND g.team = st."teamId"
LEFT JOIN (SELECT "teamId", jsonb_agg("userId" ORDER BY "id") AS players FROM "TeamMember"
    GROUP BY 1) AS k ON k."teamId" = st."teamId"
WHERE s."status"::text <> 'PLANNED'
    OR EXISTS (SELECT FROM "Match" m WHERE m."sessionId" = s."id")
ORDER BY st."sessionId", st."points" DESC, st."id"
"""
CAREERS = """
SELECT to_jsonb(p) || jsonb_build_object('matches', coalesce(m.matches, 0), 'sessions',
    coalesce(s.sessions, 0), 'best', coalesce(b.best, 0))
FROM "PlayerStat" p
LEFT JOIN (SELECT "userId", count(*) AS matches FROM "MatchStat" GROUP BY 1) AS m
    ON m."userId" = p."userId"
LEFT JOIN (SELECT r."userId", count(DISTINCT r."sessionId") AS sessions
    FROM "SessionRegistration" r JOIN "Session" s ON s."id" = r."sessionId"
    WHERE r."status"::text = 'APPROVED' AND s."status"::text = 'FINISHED' GROUP BY 1) AS s
    ON s."userId" = p."userId"
LEFT JOIN (SELECT "manOfTheSessionUserId" AS "userId", count(*) AS best FROM "Session" GROUP BY 1)
    AS b ON b."userId" = p."userId"
ORDER BY p."userId"
"""
MATCHES = """
SELECT to_jsonb(m) || jsonb_build_object('number',
    row_number() OVER (PARTITION BY m."sessionId", CASE WHEN m."sessionId" IS NULL THEN m."id" END
        ORDER BY m."createdAt", m."id"),
    'homeName', h."name", 'awayName', a."name", 'figures', coalesce(f.figures, '[]'),
    'session', CASE WHEN s."id" IS NULL THEN jsonb_build_object('startAt', m."dateTime")
        ELSE jsonb_build_object('startAt', s."startAt", 'endAt', s."endAt", 'status', s."status",
            'has_matches', true) END)
FROM "Match" m
LEFT JOIN "Session" s ON s."id" = m."sessionId"
LEFT JOIN "Team" h ON h."id" = m."homeTeamId"
LEFT JOIN "Team" a ON a."id" = m."awayTeamId"
LEFT JOIN (SELECT "matchId", jsonb_agg(to_jsonb(x) ORDER BY x."userId") AS figures
    FROM "MatchStat" x GROUP BY 1) AS f ON f."matchId" = m."id"
ORDER BY m."sessionId", m."createdAt", m."id"
"""
