"""What players did: counted from an evening's line-ups and matches. Pure.

A season is the calendar year in the league's zone in which the session started.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from services.sessions.domain.evening import LineUp, Match, Told
from services.sessions.domain.values import UserId

CAREER = 0
"""The season under which a whole career is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One person's, in a session, a season or a career. `wins` are matches won, and a win is
    everybody's who plays in the winning side."""

    user_id: UserId
    goals: int = 0
    assists: int = 0
    wins: int = 0
    matches: int = 0
    sessions: int = 0
    times_man_of_session: int = 0

    @property
    def doubled_points(self) -> int:
        """3 for a win, 1 for a goal, 0.5 for an assist, doubled to be whole."""
        return 6 * self.wins + 2 * self.goals + self.assists


def of_session(line_ups: Sequence[LineUp], matches: Sequence[Match]) -> list[Figures]:
    """Of everybody who plays. Goals count as they fall, wins and matches once these are over."""
    goals = [goal for match in matches for goal in match.goals]
    scored = Counter(goal.scorer_id for goal in goals)
    assisted = Counter(goal.assist_id for goal in goals)
    over = [match for match in matches if match.is_finished]
    won = Counter(match.winner for match in over)
    played = Counter(side for match in over for side in match.sides)
    return [
        Figures(
            user_id=player,
            goals=scored[player],
            assists=assisted[player],
            wins=won[line_up.side_id],
            matches=played[line_up.side_id],
            sessions=1,
        )
        for line_up in line_ups
        for player in line_up.player_ids
    ]


def with_told(figures: Sequence[Figures], told: Told) -> list[Figures]:
    """Added to by what another bot told of the evening; it may tell of people in no side."""
    by_person = {one.user_id: one for one in figures}
    for one in told.figures:
        before = by_person.get(one.user_id, Figures(user_id=one.user_id))
        by_person[one.user_id] = replace(
            before,
            goals=before.goals + one.goals,
            assists=before.assists + one.assists,
            wins=before.wins + one.wins,
        )
    return list(by_person.values())


def scorers(figures: Iterable[Figures]) -> list[Figures]:
    """Those who scored or assisted, by goals, then assists."""
    named = [one for one in figures if one.goals or one.assists]
    return sorted(named, key=lambda one: (-one.goals, -one.assists, one.user_id))


def season_of(moment: datetime, time_zone: str) -> int:
    """The year on the league's calendar."""
    return moment.astimezone(ZoneInfo(time_zone)).year
