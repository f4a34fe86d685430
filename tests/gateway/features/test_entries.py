"""A captain signs his team up: which team, exactly so many players, sent."""

import pytest
from fotbot.sessions.v1 import entries_service_pb2 as wire
from fotbot.sessions.v1 import session_pb2 as states
from fotbot.sessions.v1 import sessions_service_pb2 as sessions
from fotbot.sessions.v1.sessions_service_pb2 import SessionView
from fotbot.teams.v1 import teams_service_pb2 as teams
from fotbot.teams.v1.team_pb2 import Member, Team
from fotbot.users.v1 import users_service_pb2 as people
from fotbot.users.v1.user_pb2 import Person

from services.chassis.errors import Kind, RemoteRefusal
from services.gateway.answers import Answer
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.entries import handlers
from services.gateway.features.entries.callbacks import (
    ChooseTeam,
    DropPlayer,
    NameSquad,
    SendSquad,
    TakePlayer,
)
from services.gateway.features.entries.router import FEATURE
from services.gateway.features.feature import Said
from services.gateway.rendering import faults
from services.gateway.texts import texts_for
from tests.fakes.asking import Desk
from tests.fakes.evenings import evening, seen
from tests.fakes.standings import ME, entered, in_team

BEGIN = ChooseTeam(session_id=12)


def team(members: int, team_id: int = 5, captain: int = ME) -> Team:
    """Person 7 and those after him."""
    roster = [Member(user_id=ME + n, name=f"Player {n}") for n in range(members)]
    return Team(id=team_id, name="Reds <3", captain_id=captain, members=roster)


def desk(*led: Team, view: SessionView | None = None) -> Desk:
    """A captain of these teams, in front of a session of squads of four."""
    made = Desk()
    view = view or seen(evening(squad_size=4))
    made.sessions.answers["GetSession"] = sessions.GetSessionResponse(session=view)
    made.teams.answers["ListMyTeams"] = teams.ListMyTeamsResponse(teams=led)
    if led:
        made.teams.answers["GetTeam"] = teams.GetTeamResponse(team=led[0])
    return made


def picking(*players: int, session: int = 12) -> Conversation:
    data = {"session": str(session), "team": "5", "size": "4"}
    return Conversation(
        name="squad", step="picking", data={**data, "players": ",".join(map(str, players))}
    )


def text(answer: Answer) -> str:
    assert answer.screen
    return answer.screen.text


def labels(answer: Answer) -> list[str]:
    assert answer.screen
    return [button.text for row in answer.screen.buttons for button in row]


async def test_a_captain_is_asked_who_plays() -> None:
    answer = await handlers.begun(desk(team(5)).call(), BEGIN)
    assert text(answer) == (
        "👥 <b>Reds &lt;3</b>\n\nWho plays? Pick exactly 4 players.\nPicked: <b>0/4</b>"
    )
    assert labels(answer) == [*(f"▫️ Player {n}" for n in range(5)), "✖️ Cancel"]
    assert answer.conversation == picking()


async def test_a_team_of_exactly_a_squad_is_picked_already() -> None:
    answer = await handlers.begun(desk(team(4)).call(), BEGIN)
    assert labels(answer)[-2:] == ["📨 Sign the team up", "✖️ Cancel"]
    assert answer.conversation == picking(7, 8, 9, 10)


async def test_who_leads_no_team_reads_how_to_get_one() -> None:
    answer = await handlers.begun(desk(team(5, captain=8)).call(), BEGIN)
    assert "A captain signs the team up, and you are not one yet" in text(answer)
    assert labels(answer) == ["➕ Start a team", "« Back"]


async def test_who_leads_several_teams_chooses_one() -> None:
    made = desk(team(5), team(5, team_id=6))
    answer = await handlers.begun(made.call(), BEGIN)
    assert answer.screen
    assert answer.screen.buttons[1][0].data == NameSquad(session_id=12, team_id=6)
    chosen = await handlers.named(made.call(), NameSquad(session_id=12, team_id=5))
    assert chosen.conversation == picking()


async def test_a_team_too_small_is_told_how_many_are_missing() -> None:
    answer = await handlers.begun(desk(team(3)).call(), BEGIN)
    assert "has 3 players, and this session wants 4" in text(answer)
    assert labels(answer) == ["🔗 Invitation link", "« Back"]
    assert answer.conversation is None


@pytest.mark.parametrize(("members", "told"), [(1, "1 игрок,"), (3, "3 игрока,"), (6, "6 игрок")])
async def test_a_roster_is_counted_in_the_readers_plural(members: int, told: str) -> None:
    made = desk(team(members), view=seen(evening(squad_size=7)))
    assert told in text(await handlers.begun(made.call(language="ru"), BEGIN))


async def test_who_is_in_already_sees_his_card() -> None:
    answer = await handlers.begun(desk(team(5), view=entered()).call(), BEGIN)
    assert text(answer).startswith("You are in this session already")
    assert answer.conversation is None


async def test_nobody_is_picked_for_a_session_that_is_over() -> None:
    over = seen(evening(status=states.SESSION_STATUS_CANCELLED, squad_size=4))
    answer = await handlers.begun(desk(team(5), view=over).call(), BEGIN)
    assert "This session is cancelled" in text(answer)


async def test_buttons_take_and_drop_and_mean_the_same_when_pressed_twice() -> None:
    made = desk(team(5))
    take, drop = (kind(session_id=12, user_id=8) for kind in (TakePlayer, DropPlayer))
    for before in (picking(7), picking(7, 8)):
        taken = await handlers.taken(made.call(before), take)
        assert taken.conversation == picking(7, 8)
        assert labels(taken)[:3] == ["✅ Player 0", "✅ Player 1", "▫️ Player 2"]
        dropped = await handlers.dropped(made.call(before), drop)
        assert dropped.conversation == picking(7)
    assert "Picked: <b>2/4</b>" in text(taken)


async def test_nobody_is_taken_beyond_the_squad() -> None:
    made = desk(team(5))
    call = made.call(picking(7, 8, 9, 10))
    answer = await handlers.taken(call, TakePlayer(session_id=12, user_id=11))
    assert answer.toast == "All are picked. To swap, take somebody off first."
    assert answer.screen is None


async def test_who_has_left_the_team_is_not_picked_any_more() -> None:
    call = desk(team(5)).call(picking(7, 99))
    answer = await handlers.taken(call, TakePlayer(session_id=12, user_id=8))
    assert answer.conversation == picking(7, 8)


async def test_a_forged_button_picks_nobody_who_is_not_in_the_team() -> None:
    call = desk(team(5)).call(picking(7))
    answer = await handlers.taken(call, TakePlayer(session_id=12, user_id=99))
    assert answer.conversation == picking(7)


@pytest.mark.parametrize(
    "data",
    [
        TakePlayer(session_id=13, user_id=8),
        DropPlayer(session_id=13, user_id=8),
        SendSquad(session_id=13),
    ],
)
async def test_a_button_of_another_sessions_roster_is_out_of_date(
    data: TakePlayer | DropPlayer | SendSquad,
) -> None:
    made = desk(team(5))
    answer = await FEATURE.buttons[type(data)](made.call(picking(7, 8, 9, 10)), data)
    assert answer.toast == "This button is out of date. Open it again from the menu."
    assert made.writes == 0


async def test_a_conversation_that_was_lost_starts_again() -> None:
    answer = await handlers.taken(desk(team(5)).call(), TakePlayer(session_id=12, user_id=8))
    assert answer.toast and answer.toast.startswith("🔁 We lost the thread")
    assert answer.conversation == picking()


async def test_words_ask_for_a_button() -> None:
    answer = await handlers.said(desk(team(5)).call(picking(7)), Said(text="all of us"))
    assert text(answer).startswith("⚠️ Press one of the buttons below.")
    assert answer.conversation == picking(7)


@pytest.mark.parametrize(
    ("view", "already", "toast"),
    [
        (in_team(), False, "✅ Your team is in"),
        (in_team(), True, "You are in this session already"),
        (
            in_team(status=states.REGISTRATION_STATUS_PENDING),
            False,
            "🕓 Your team is signed up. The organiser has yet to confirm it",
        ),
        (
            in_team(status=states.REGISTRATION_STATUS_WAITLISTED),
            False,
            "⏳ No room for the whole team. You are number 3 in the queue",
        ),
    ],
)
async def test_sending_says_what_happened(view: SessionView, already: bool, toast: str) -> None:
    made = desk(team(5))
    reply = wire.RegisterTeamResponse(session=view, already=already)
    made.entries.answers["RegisterTeam"] = reply
    answer = await handlers.sent(made.call(picking(7, 8, 9, 11)), SendSquad(session_id=12))
    assert made.entries.requests == [
        wire.RegisterTeamRequest(
            write=made.call().write(0), session_id=12, team_id=5, player_ids=[7, 8, 9, 11]
        )
    ]
    assert answer.toast == toast
    assert answer.conversation is ENDED


@pytest.mark.parametrize("reason", sorted(handlers.MENDED))
async def test_what_other_picks_would_mend_is_told_and_asked_again(reason: str) -> None:
    made = desk(team(5))
    made.entries.answers["RegisterTeam"] = RemoteRefusal(Kind.CONFLICT, reason, {})
    call = made.call(picking(7, 8, 9, 10))
    answer = await FEATURE.step_taps[SendSquad](call, SendSquad(session_id=12))
    assert text(answer).startswith(f"⚠️ {texts_for('en').refusal(reason)}")
    assert answer.conversation == picking(7, 8, 9, 10)


async def test_who_is_in_already_is_named() -> None:
    made = desk(team(5))
    refusal = RemoteRefusal(Kind.CONFLICT, "PLAYER_ALREADY_IN", {"user_id": "9"})
    made.entries.answers["RegisterTeam"] = refusal
    known = [Person(id=9, name="Gani <3")]
    made.users.answers["ListPeople"] = people.ListPeopleResponse(people=known)
    answer = await handlers.sent(made.call(picking(7, 8, 9, 10)), SendSquad(session_id=12))
    assert text(answer).startswith("⚠️ Gani &lt;3 is in this session already.")


@pytest.mark.parametrize("reason", ["SESSION_STARTED", "TEAM_NOT_FOUND", "SQUAD_OVER_CAPACITY"])
async def test_what_no_picks_mend_ends_it(reason: str) -> None:
    made = desk(team(5))
    made.entries.answers["RegisterTeam"] = RemoteRefusal(Kind.CONFLICT, reason, {})
    call = made.call(picking(7, 8, 9, 10))
    answer = await FEATURE.step_taps[SendSquad](call, SendSquad(session_id=12))
    assert answer.conversation is ENDED
    assert text(answer) == texts_for("en").refusal(reason)


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
async def test_the_longest_roster_can_be_sent(language: str) -> None:
    roster = [Member(user_id=2**63 - 1 - n, name="🏟" * 64) for n in range(25)]
    big = Team(id=2**63 - 1, name="<" * 64, captain_id=ME, members=roster)
    made = desk(big, view=seen(evening(2**63 - 1, squad_size=15, capacity=15)))
    data = ChooseTeam(session_id=2**63 - 1)
    assert faults(await handlers.begun(made.call(language=language), data)) == []
