-- People who have signed up, and evenings that are open: the city that the bench begins with.
-- Numbers are put in by fotbot.py.
INSERT INTO users.people
    (telegram_id, name, name_folded, phone, language, language_chosen, role, reachable)
SELECT %(first)s + n, 'Player ' || n, 'player ' || n, '+998' || (900000000 + n), 'en', true,
       'player', true
FROM generate_series(0, %(people)s - 1) AS n;

INSERT INTO sessions.venues (name, time_zone) VALUES ('Chilonzor Arena', 'Asia/Tashkent');

INSERT INTO sessions.sessions
    (venue_id, starts_at, ends_at, format, price, capacity, organiser_id)
SELECT (SELECT min(id) FROM sessions.venues), date_trunc('hour', now()) + (n + 4320) * interval '1 minute',
       date_trunc('hour', now()) + (n + 4410) * interval '1 minute', 'five_a_side', 0, %(capacity)s,
       (SELECT max(id) FROM users.people)
FROM generate_series(1, %(sessions)s) AS n;

ANALYZE users.people;
ANALYZE sessions.sessions;
