"""The statements that take matches, tables and careers in, each for any number of rows."""

from sqlalchemy import text

SESSIONS = text("""
SELECT id, status FROM sessions WHERE id = ANY(CAST(:ids AS bigint[]))
    AND status IN ('started', 'finished') ORDER BY id FOR NO KEY UPDATE""")
SIDES = text("""
SELECT session_id, side_id, number, name, coalesce(team_id, 0) AS team_id FROM line_ups
WHERE session_id = ANY(CAST(:ids AS bigint[])) ORDER BY session_id, number""")
NUMBERS = text("""
SELECT session_id, array_agg(number) AS numbers FROM matches
WHERE session_id = ANY(CAST(:ids AS bigint[])) GROUP BY session_id""")
SIDE_IDS = text("SELECT -nextval('moved_sides') FROM generate_series(1, :count)")
ADD_SIDES = text("""
INSERT INTO line_ups (side_id, session_id, number, name, team_id)
SELECT r.* FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r(side_id bigint, session_id bigint, number smallint, name text, team_id bigint)""")
ADD_PLAYERS = text("""
INSERT INTO line_up_players (side_id, user_id, position)
SELECT r.* FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r(side_id bigint, user_id bigint, position smallint) ON CONFLICT DO NOTHING""")
ADD_MATCHES = text("""
INSERT INTO matches (id, session_id, number, home_side_id, away_side_id, home_score, away_score,
    status)
SELECT r.*, 'finished' FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(id bigint,
    session_id bigint, number smallint, home_side_id bigint, away_side_id bigint,
    home_score smallint, away_score smallint)""")
ADD_RESULTS = text("""
INSERT INTO told_results (match_id, result)
SELECT r.* FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(match_id bigint, result smallint)""")
ADD_FIGURES = text("""
INSERT INTO told_figures (match_id, user_id, goals, assists, won)
SELECT r.* FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(match_id bigint, user_id bigint,
    goals integer, assists integer, won boolean) ON CONFLICT DO NOTHING""")
ADD_ROWS = text("""
INSERT INTO told_rows (side_id, session_id, place, won, drawn, lost, goals_for, goals_against,
    points)
SELECT r.* FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(side_id bigint, session_id bigint,
    place integer, won integer, drawn integer, lost integer, goals_for integer,
    goals_against integer, points integer)""")
# Of evenings whose table nobody told, by who won: their scores may say nothing.
ADD_ROWS_OF_RESULTS = text("""
INSERT INTO told_rows (side_id, session_id, place, won, drawn, lost, goals_for, goals_against,
    points)
SELECT side_id, session_id, rank() OVER (PARTITION BY session_id ORDER BY points DESC,
        goals_for - goals_against DESC, goals_for DESC),
    won, drawn, lost, goals_for, goals_against, points
FROM (
    SELECT side_id, session_id, count(*) FILTER (WHERE balance > 0) AS won,
        count(*) FILTER (WHERE balance = 0) AS drawn, count(*) FILTER (WHERE balance < 0) AS lost,
        sum(goals) AS goals_for, sum(against) AS goals_against,
        3 * count(*) FILTER (WHERE balance > 0) + count(*) FILTER (WHERE balance = 0) AS points
    FROM matches m LEFT JOIN told_results t ON t.match_id = m.id,
        LATERAL (SELECT CASE WHEN m.home_score <> m.away_score THEN m.home_score - m.away_score
            WHEN t.result = 1 THEN 1 WHEN t.result = 2 THEN -1 ELSE 0 END AS home) AS b,
        LATERAL (VALUES (m.home_side_id, m.home_score, m.away_score, b.home),
            (m.away_side_id, m.away_score, m.home_score, -b.home))
            AS side(side_id, goals, against, balance)
    WHERE m.session_id = ANY(CAST(:ids AS bigint[]))
        AND EXISTS (SELECT FROM matches o JOIN told_results r ON r.match_id = o.id
            WHERE o.session_id = m.session_id AND r.result < 3 AND o.home_score = o.away_score)
        AND NOT EXISTS (SELECT FROM told_rows x WHERE x.session_id = m.session_id)
    GROUP BY side_id, session_id
) AS sides""")
ADD_CAREERS = text("""
INSERT INTO figures AS f (user_id, season, goals, assists, wins, matches, sessions, man_of_session)
SELECT r.user_id, 0, sum(r.goals), sum(r.assists), sum(r.wins), sum(r.matches), sum(r.sessions),
    sum(r.man_of_session)
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(user_id bigint, goals integer, assists integer,
    wins integer, matches integer, sessions integer, man_of_session integer)
GROUP BY r.user_id ORDER BY r.user_id
ON CONFLICT (user_id, season) DO UPDATE SET goals = f.goals + excluded.goals,
    assists = f.assists + excluded.assists, wins = f.wins + excluded.wins,
    matches = f.matches + excluded.matches, sessions = f.sessions + excluded.sessions,
    man_of_session = f.man_of_session + excluded.man_of_session""")
