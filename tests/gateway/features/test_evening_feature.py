"""Following an evening and running it: what is shown, what is offered to whom, what is asked."""

from __future__ import annotations

from typing import Any

import pytest
from fotbot.sessions.v1 import matches_service_pb2 as wire
from fotbot.sessions.v1.match_pb2 import MATCH_STATUS_FINISHED, Goal
from fotbot.sessions.v1.session_pb2 import SESSION_STATUS_FINISHED, SESSION_STATUS_PLANNED
from fotbot.teams.v1 import side_pb2, sides_service_pb2

from services.chassis.errors import Kind, RemoteRefusal
from services.gateway.answers import Answer
from services.gateway.calls import Call, Role, UserId
from services.gateway.features.evening import handlers, running
from services.gateway.features.evening.callbacks import (
    AddMatch,
    AskAssist,
    AskFinishing,
    AskManOfSession,
    AskScorer,
    ConfirmStart,
    FinishEvening,
    FinishMatch,
    NameManOfSession,
    NewMatch,
    OpenEvening,
    OpenMatch,
    PickManOfSession,
    PickOpponent,
    RefreshEvening,
    ReopenMatch,
    ScoreGoal,
    ShowFigures,
    ShowSides,
    StartEvening,
    UndoGoal,
)
from services.gateway.rendering import faults
from services.gateway.texts import LANGUAGES
from tests.fakes.asking import Desk
from tests.fakes.evenings import evening
from tests.fakes.played_evenings import first_match, people, played, second_match

OF = {"session_id": 12}
AT = {"session_id": 12, "match": 1}


def asked(desk: Desk, now: wire.Evening | None = None, **person: Any) -> Call:
    """A player asks, unless `person` says otherwise."""
    reply = wire.GetEveningResponse(evening=now or played())
    desk.matches.answers.setdefault("GetEvening", reply)
    desk.users.answers.setdefault("ListPeople", people())
    return desk.call(**person)


def run(desk: Desk, now: wire.Evening | None = None, **person: Any) -> Call:
    """Its organiser asks."""
    return asked(desk, now, **{"role": Role.ORGANISER, "user_id": UserId(99), **person})


def text(answer: Answer) -> str:
    assert answer.screen
    assert faults(answer) == []
    return answer.screen.text


def labels(answer: Answer) -> list[str]:
    assert answer.screen
    return [button.text for row in answer.screen.buttons for button in row]


def datas(answer: Answer) -> list[Any]:
    assert answer.screen
    return [button.data for row in answer.screen.buttons for button in row]


def last(desk: Desk) -> Any:
    return desk.matches.requests[-1]


async def test_everybody_sees_table_matches_and_shared_places() -> None:
    answer = await handlers.evening(asked(Desk()), OpenEvening(**OF))
    lines = text(answer).splitlines()
    assert "1. <b>Lochinlar</b> · points: <b>3</b> · 1-0-0 · 2:1" in lines
    assert "2–3. <b>Side 1</b> · points: <b>0</b> · 0-0-1 · 1:2" in lines
    assert "2–3. <b>Side 3</b> · points: <b>0</b> · 0-0-0 · 0:0" in lines
    assert "▶️ 1. Side 1 <b>1:2</b> Lochinlar" in lines
    assert "2. Side 3 <b>0:0</b> Side 1" in lines


@pytest.mark.parametrize(
    ("language", "side"), [("en", "Side 3"), ("ru", "Команда 3"), ("uz", "3-jamoa")]
)
async def test_a_drawn_side_is_called_by_number_in_the_readers_language(
    language: str, side: str
) -> None:
    answer = await handlers.evening(asked(Desk(), language=language), OpenEvening(**OF))
    assert f"<b>{side}</b>" in text(answer)


async def test_players_read_and_only_who_runs_it_is_offered_more() -> None:
    offered = [
        labels(await handlers.evening(call, OpenEvening(**OF)))
        for call in (
            asked(Desk()),
            asked(Desk(), role=Role.ORGANISER),
            run(Desk()),
            asked(Desk(), role=Role.ADMIN),
        )
    ]
    assert ["➕ Add a match" in found for found in offered] == [False, False, True, True]
    assert all("📊 Scorers" in found and "👕 Sides" in found for found in offered)


async def test_a_finished_evening_offers_to_choose_the_man_of_the_session_and_names_him() -> None:
    over = played(status=SESSION_STATUS_FINISHED, man_of_session_id=21)
    answer = await handlers.evening(run(Desk(), over), OpenEvening(**OF))
    assert labels(answer)[0] == "🌟 Man of the session"
    assert "🌟 Man of the session: <b>Dilshod</b>" in text(answer)
    assert "➕ Add a match" not in labels(answer)


async def test_a_refreshed_evening_says_so() -> None:
    answer = await handlers.refreshed(asked(Desk()), RefreshEvening(**OF))
    assert answer.toast == "Up to date"


async def test_sides_show_the_numbers_that_teams_keeps_and_who_has_none() -> None:
    desk = Desk()
    sides = [
        side_pb2.Side(id=501, players=[side_pb2.SidePlayer(user_id=11, shirt_number=7)]),
        side_pb2.Side(id=502, players=[side_pb2.SidePlayer(user_id=22, shirt_number=10)]),
    ]
    desk.sides.answers["ListSides"] = sides_service_pb2.ListSidesResponse(sides=sides)
    answer = await handlers.sides(asked(desk), ShowSides(**OF))
    assert "👕 <b>Side 1</b>\n7 · Anvar\n– · Bek" in text(answer)
    assert "👕 <b>Lochinlar</b>\n– · Dilshod\n10 · Erkin" in text(answer)
    assert "🔢 My number" not in labels(answer)


async def test_who_plays_can_choose_his_number_from_the_sides() -> None:
    desk = Desk()
    desk.sides.answers["ListSides"] = sides_service_pb2.ListSidesResponse()
    answer = await handlers.sides(asked(desk, user_id=UserId(11)), ShowSides(**OF))
    assert labels(answer)[0] == "🔢 My number"


async def test_scorers_come_in_the_order_of_sessions() -> None:
    answer = await handlers.figures(asked(Desk()), ShowFigures(**OF))
    assert "1. Dilshod · ⚽ 1 · 🅰️ 0\n2. Bek · ⚽ 1 · 🅰️ 0\n3. Erkin · ⚽ 0 · 🅰️ 1" in text(answer)


async def test_a_match_is_told_goal_by_goal() -> None:
    answer = await handlers.match(asked(Desk()), OpenMatch(**AT))
    assert "0:1 · ⚽ Dilshod (🅰️ Erkin)" in text(answer)
    assert "1:1 · ⚽ Bek" in text(answer)
    assert "1:2 · own goal or unknown" in text(answer)
    assert labels(answer) == ["« The evening"]


async def test_who_runs_a_match_has_a_button_for_each_side_and_the_last_goal() -> None:
    answer = await handlers.match(run(Desk()), OpenMatch(**AT))
    assert labels(answer)[:2] == ["⚽ Side 1", "⚽ Lochinlar"]
    assert UndoGoal(**AT, last=903) in datas(answer)
    assert FinishMatch(**AT) in datas(answer)


async def test_a_match_that_is_over_can_be_opened_again_while_the_evening_lasts() -> None:
    answer = await handlers.match(run(Desk()), OpenMatch(session_id=12, match=2))
    assert labels(answer) == ["🔓 Open it again", "« The evening"]
    over = played(status=SESSION_STATUS_FINISHED)
    answer = await handlers.match(run(Desk(), over), OpenMatch(session_id=12, match=2))
    assert labels(answer) == ["« The evening"]


async def test_goal_by_goal_side_then_scorer_then_assist() -> None:
    """Each button carries all that was answered so far: no conversation is needed."""
    who = await handlers.scorer(run(Desk()), AskScorer(**AT, side=2))
    assert "Goal of <b>Lochinlar</b>! Who scored?" in text(who)
    assert labels(who)[:3] == ["Dilshod", "Erkin", "🤷 Own goal or unknown"]
    assert datas(who)[0] == AskAssist(**AT, side=2, scorer=1, last=903)
    assert datas(who)[2] == ScoreGoal(**AT, side=2, scorer=0, assist=0, last=903)
    pass_ = await handlers.assist(run(Desk()), datas(who)[0])
    assert labels(pass_)[:2] == ["No assist", "Erkin"]
    assert datas(pass_)[1] == ScoreGoal(**AT, side=2, scorer=1, assist=2, last=903)
    assert who.conversation is None and pass_.conversation is None


async def test_a_goal_is_written_down_with_what_was_seen_before_it() -> None:
    desk = Desk()
    goals = [*first_match().goals, Goal(id=904, side_id=502, scorer_id=21, assist_id=22)]
    desk.matches.answers["ScoreGoal"] = wire.ScoreGoalResponse(
        match=first_match(away_score=3, goals=goals)
    )
    answer = await running.scored(run(desk), ScoreGoal(**AT, side=2, scorer=1, assist=2, last=903))
    request = last(desk)
    assert (request.match_id, request.side_id) == (71, 502)
    assert (request.scorer_id, request.assist_id, request.last_goal_id) == (21, 22, 903)
    assert request.write.request_id == "tg:42:1001:0"
    assert answer.toast == "⚽ 1:3"
    assert "1:3 · ⚽ Dilshod (🅰️ Erkin)" in text(answer)
    assert UndoGoal(**AT, last=904) in datas(answer)


async def test_before_the_first_goal_none_was_seen() -> None:
    desk = Desk()
    desk.matches.answers["ScoreGoal"] = wire.ScoreGoalResponse(match=first_match())
    await running.scored(run(desk), ScoreGoal(**AT, side=1, scorer=0, assist=0, last=0))
    assert last(desk).HasField("last_goal_id") and last(desk).last_goal_id == 0
    assert (last(desk).scorer_id, last(desk).assist_id) == (0, 0)


async def test_a_second_tap_says_that_the_score_had_changed() -> None:
    desk = Desk()
    reply = wire.ScoreGoalResponse(match=first_match(), unchanged=True)
    desk.matches.answers["ScoreGoal"] = reply
    answer = await running.scored(run(desk), ScoreGoal(**AT, side=2, scorer=1, assist=0, last=902))
    assert answer.toast == "The score had changed meanwhile: 1:2. Nothing was done"


async def test_the_last_goal_is_taken_back() -> None:
    desk = Desk()
    reply = wire.UndoGoalResponse(match=first_match(away_score=1, goals=first_match().goals[:2]))
    desk.matches.answers["UndoGoal"] = reply
    answer = await running.undone(run(desk), UndoGoal(**AT, last=903))
    assert (last(desk).match_id, last(desk).last_goal_id) == (71, 903)
    assert answer.toast == "↩️ The goal is taken back: 1:1"
    assert "1:2" not in text(answer)


async def test_a_match_is_added_by_picking_two_sides() -> None:
    home = await handlers.new_match(run(Desk()), NewMatch(**OF))
    assert labels(home)[:3] == ["Side 1", "Lochinlar", "Side 3"]
    away = await handlers.opponent(run(Desk()), datas(home)[2])
    assert labels(away)[:2] == ["Side 1", "Lochinlar"]
    assert datas(away)[1] == AddMatch(session_id=12, home=3, away=2, match=3)
    desk = Desk()
    made = second_match()
    made.id, made.number, made.away_side_id = 73, 3, 502
    desk.matches.answers["AddMatch"] = wire.AddMatchResponse(match=made)
    answer = await running.added(run(desk), datas(away)[1])
    assert (last(desk).home_side_id, last(desk).away_side_id, last(desk).number) == (503, 502, 3)
    assert "Match 3" in text(answer)


async def test_a_match_is_finished_and_opened_again() -> None:
    desk = Desk()
    over = first_match(status=MATCH_STATUS_FINISHED)
    desk.matches.answers["FinishMatch"] = wire.FinishMatchResponse(match=over)
    desk.matches.answers["ReopenMatch"] = wire.ReopenMatchResponse(match=first_match())
    finished = await running.match_finished(run(desk), FinishMatch(**AT))
    assert labels(finished)[0] == "🔓 Open it again"
    reopened = await running.match_reopened(run(desk), ReopenMatch(**AT))
    assert labels(reopened)[0] == "⚽ Side 1"


async def test_starting_says_how_many_sides_it_will_be_warns_and_asks_once() -> None:
    desk = Desk()
    desk.matches.answers["GetEvening"] = wire.GetEveningResponse(
        evening=wire.Evening(session=evening(squad_size=7)),
        forecast=wire.StartForecast(side_sizes=[7, 7, 7, 6], pending=1, waiting=2),
    )
    answer = await handlers.asked_start(run(desk), StartEvening(**OF))
    assert "👥 27 players have places" in text(answer)
    assert "It will be <b>4 sides</b>: 7 + 7 + 7 + 6" in text(answer)
    assert "Not every side has all 7 players" in text(answer)
    assert "1 entry still waits for your decision" in text(answer)
    assert "2 people wait for a place" in text(answer)
    assert labels(answer) == ["▶️ Start", "« Organising"]
    assert desk.writes == 0


async def test_with_full_sides_there_is_nothing_to_warn_of() -> None:
    desk = Desk()
    desk.matches.answers["GetEvening"] = wire.GetEveningResponse(
        evening=wire.Evening(session=evening(squad_size=7)),
        forecast=wire.StartForecast(side_sizes=[7, 7]),
    )
    assert "⚠️" not in text(await handlers.asked_start(run(desk), StartEvening(**OF)))


@pytest.mark.parametrize(
    ("refusal", "told"),
    [("TOO_FEW_PLAYERS", "not enough players"), ("TOO_EARLY", "too early")],
)
async def test_what_would_be_refused_is_not_offered(refusal: str, told: str) -> None:
    desk = Desk()
    desk.matches.answers["GetEvening"] = wire.GetEveningResponse(
        evening=wire.Evening(session=evening(squad_size=7)),
        forecast=wire.StartForecast(refusal=refusal),
    )
    answer = await handlers.asked_start(run(desk), StartEvening(**OF))
    assert told in text(answer)
    assert labels(answer) == ["« Organising"]


async def test_a_session_that_has_started_meanwhile_is_shown_instead_of_asked_for() -> None:
    answer = await handlers.asked_start(run(Desk()), StartEvening(**OF))
    assert "🟢 Being played" in text(answer)


async def test_a_started_evening_is_shown() -> None:
    desk = Desk()
    desk.matches.answers["StartSession"] = wire.StartSessionResponse(evening=played())
    answer = await running.started(run(desk), ConfirmStart(**OF))
    assert answer.toast == "▶️ Started. The sides are formed"
    assert "🏆 <b>Table</b>" in text(answer)


async def test_an_evening_not_started_yet_has_no_table() -> None:
    planned = wire.Evening(session=evening(status=SESSION_STATUS_PLANNED))
    answer = await handlers.evening(asked(Desk(), planned), OpenEvening(**OF))
    assert "Not started yet" in text(answer) and "Table" not in text(answer)
    assert labels(answer) == ["📋 The session"]


async def test_finishing_is_asked_and_tells_of_open_matches() -> None:
    answer = await handlers.asked_finish(run(Desk()), AskFinishing(**OF))
    assert "1 match is still open" in text(answer)
    desk = Desk()
    over = played(status=SESSION_STATUS_FINISHED)
    desk.matches.answers["FinishSession"] = wire.FinishSessionResponse(evening=over)
    answer = await running.finished(run(desk), FinishEvening(**OF))
    assert "🏁 Over" in text(answer)


async def test_the_man_of_the_session_is_chosen_by_side_and_player() -> None:
    over = played(status=SESSION_STATUS_FINISHED)
    sides = await handlers.man_of_session(run(Desk(), over), AskManOfSession(**OF))
    assert datas(sides)[1] == PickManOfSession(session_id=12, side=2)
    side = await handlers.man_of_side(run(Desk(), over), datas(sides)[1])
    assert datas(side)[1] == NameManOfSession(session_id=12, side=2, player=2)
    desk = Desk()
    chosen = played(status=SESSION_STATUS_FINISHED, man_of_session_id=22)
    reply = wire.ChooseManOfSessionResponse(evening=chosen)
    desk.matches.answers["ChooseManOfSession"] = reply
    answer = await running.man_chosen(run(desk, over), datas(side)[1])
    assert last(desk).user_id == 22
    assert answer.toast == "🌟 Erkin is the man of the session"
    assert "🌟 Man of the session: <b>Erkin</b>" in text(answer)


@pytest.mark.parametrize(
    ("handler", "data"),
    [
        (handlers.opponent, PickOpponent(session_id=12, home=9)),
        (handlers.match, OpenMatch(session_id=12, match=9)),
        (handlers.scorer, AskScorer(**AT, side=9)),
        (handlers.assist, AskAssist(**AT, side=1, scorer=3, last=0)),
        (handlers.assist, AskAssist(**AT, side=1, scorer=0, last=0)),
        (handlers.man_of_side, PickManOfSession(session_id=12, side=9)),
        (running.added, AddMatch(session_id=12, home=1, away=9, match=3)),
        (running.scored, ScoreGoal(**AT, side=1, scorer=3, assist=0, last=0)),
        (running.scored, ScoreGoal(**AT, side=9, scorer=1, assist=0, last=0)),
        (running.undone, UndoGoal(session_id=12, match=9, last=1)),
        (running.match_finished, FinishMatch(session_id=12, match=9)),
        (running.match_reopened, ReopenMatch(session_id=12, match=9)),
        (running.man_chosen, NameManOfSession(session_id=12, side=1, player=0)),
        (running.man_chosen, NameManOfSession(session_id=12, side=1, player=3)),
    ],
)
async def test_a_forged_button_leads_nowhere(handler: Any, data: Any) -> None:
    desk = Desk()
    answer = await handler(run(desk), data)
    assert answer.toast and answer.screen is None
    assert desk.writes == 0


async def test_a_refusal_is_not_the_features_business() -> None:
    desk = Desk()
    desk.matches.answers["ScoreGoal"] = RemoteRefusal(Kind.CONFLICT, "MATCH_FINISHED", {})
    with pytest.raises(RemoteRefusal):
        await running.scored(run(desk), ScoreGoal(**AT, side=1, scorer=1, assist=0, last=903))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_largest_evening_fits_into_its_screens(language: str) -> None:
    large = played(man_of_session_id=1001)
    del large.line_ups[:], large.matches[:], large.table[:]
    for number in range(1, 7):
        side = large.line_ups.add(side_id=500 + number, number=number, name="Ё" * 64)
        side.player_ids.extend(range(1000 + 16 * number, 1016 + 16 * number))
        large.table.add(place=1, side_id=side.side_id, goals_for=200, goals_against=200)
    for number in range(1, 61):
        match = large.matches.add()
        match.CopyFrom(first_match(id=number, number=number))
        match.goals.extend(Goal(id=n, side_id=501, scorer_id=1017) for n in range(90))
    desk = Desk()
    desk.sides.answers["ListSides"] = sides_service_pb2.ListSidesResponse()
    named = people()
    for one in range(1000, 1112):
        named.people.add(id=one, name="Щ" * 64)
    desk.users.answers["ListPeople"] = named
    call = run(desk, large, language=language)
    for answer in (
        await handlers.evening(call, OpenEvening(**OF)),
        await handlers.sides(call, ShowSides(**OF)),
        await handlers.figures(call, ShowFigures(**OF)),
        await handlers.match(call, OpenMatch(**AT)),
        await handlers.scorer(call, AskScorer(**AT, side=1)),
        await handlers.asked_finish(call, AskFinishing(**OF)),
    ):
        assert text(answer) and len(labels(answer)) <= 100
