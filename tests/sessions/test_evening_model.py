"""Random evenings against a plain model: the score is the goals that count, figures add up."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from fotbot.sessions.v1.match_pb2 import MATCH_STATUS_FINISHED, LineUp, Match
from fotbot.sessions.v1.matches_service_pb2 import Evening as Playing

from tests.sessions.evening import Evening
from tests.sessions.evening_pitch import (
    add,
    begun,
    finish,
    finish_match,
    look,
    player,
    reopen_match,
    score,
    undo,
)

STEPS = 60


@dataclass(slots=True)
class Played:
    """A match as the model knows it; goals as (side, scorer, assist)."""

    match: Match
    goals: list[tuple[int, int, int]] = field(default_factory=list)
    over: bool = False

    def score(self) -> tuple[int, int]:
        home = sum(goal[0] == self.match.home_side_id for goal in self.goals)
        return home, len(self.goals) - home


async def test_whatever_is_done_scores_are_goals_and_figures_their_sum(evening: Evening) -> None:
    chance = random.Random(20261124)
    for _ in range(3):
        playing = await begun(evening, 15)
        played: list[Played] = []
        for _ in range(STEPS):
            await _one_step(evening, playing, played, chance)
        await _told_alike(evening, playing, played)
        await finish(evening, playing.session.id)
        await _counted_alike(evening, playing, played)


async def _one_step(
    evening: Evening, playing: Playing, played: list[Played], chance: random.Random
) -> None:
    act = chance.choice(["add", *["goal"] * 6, "undo", "finish", "reopen"])
    if act == "add" or not played:
        home, away = chance.sample(range(len(playing.line_ups)), 2)
        played.append(Played(match=await add(evening, playing, home, away)))
        return
    one = chance.choice(played)
    if act == "finish":
        await finish_match(evening, one.match.id)
        one.over = True
    elif act == "reopen":
        await reopen_match(evening, one.match.id)
        one.over = False
    elif one.over:
        return
    elif act == "undo":
        await undo(evening, one.match.id)
        del one.goals[-1:]
    else:
        one.goals.append(await _goal(evening, playing, one, chance))


async def _goal(
    evening: Evening, playing: Playing, one: Played, chance: random.Random
) -> tuple[int, int, int]:
    side_id = chance.choice([one.match.home_side_id, one.match.away_side_id])
    side: LineUp = next(found for found in playing.line_ups if found.side_id == side_id)
    scorer, assist = chance.sample(range(len(side.player_ids)), 2)
    if chance.random() < 0.2:
        await score(evening, one.match.id, side, None)
        return side_id, 0, 0
    passed = side.player_ids[assist] if chance.random() < 0.5 else 0
    await score(evening, one.match.id, side, scorer, assist_id=passed)
    return side_id, side.player_ids[scorer], passed


async def _told_alike(evening: Evening, playing: Playing, played: list[Played]) -> None:
    now = (await look(evening, playing.session.id)).evening
    assert len(now.matches) == len(played)
    for match, one in zip(now.matches, played, strict=True):
        assert (match.home_score, match.away_score) == one.score()
        told = [(goal.side_id, goal.scorer_id, goal.assist_id) for goal in match.goals]
        assert told == one.goals
        assert (match.status == MATCH_STATUS_FINISHED) is one.over
    rows = {row.side_id: row for row in now.table}
    assert sum(row.played for row in rows.values()) == 2 * sum(one.over for one in played)


async def _counted_alike(evening: Evening, playing: Playing, played: list[Played]) -> None:
    goals = Counter(goal[1] for one in played for goal in one.goals)
    assists = Counter(goal[2] for one in played for goal in one.goals)
    wins: Counter[int] = Counter()
    for one in played:
        home, away = one.score()
        if home != away:
            wins[one.match.home_side_id if home > away else one.match.away_side_id] += 1
    for side in playing.line_ups:
        for user_id in side.player_ids:
            career = (await player(evening, user_id)).career
            assert (career.goals, career.assists) == (goals[user_id], assists[user_id])
            assert career.wins == wins[side.side_id]
