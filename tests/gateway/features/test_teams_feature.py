"""Teams: start, roster, invite, join, leave."""

from datetime import UTC, datetime

import pytest
from fotbot.teams.v1 import teams_service_pb2 as wire
from fotbot.teams.v1.team_pb2 import Invitation, Member, Team

from services.gateway.answers import Answer
from services.gateway.calls import UserId
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.feature import Said
from services.gateway.features.teams import handlers, joining, screens
from services.gateway.features.teams.callbacks import (
    AskLeaving,
    Invite,
    JoinTeam,
    LeaveTeam,
    StartTeam,
)
from services.gateway.rendering import faults
from services.gateway.texts import texts_for
from tests.fakes.asking import Desk
from tests.fakes.evenings import stamp

EN = texts_for("en")
TOKEN = "abcdefghijklmnopqrst_-"
ME, OTHER = UserId(7), UserId(8)


def team(captain: int = ME, *others: str) -> Team:
    members = [Member(user_id=ME, name="Ali")]
    members += [Member(user_id=100 + n, name=name) for n, name in enumerate(others)]
    return Team(id=5, name="Reds <3", captain_id=captain, members=members)


def text(answer: Answer) -> str:
    assert answer.screen
    return answer.screen.text


def labels(answer: Answer) -> list[str]:
    assert answer.screen
    return [button.text for row in answer.screen.buttons for button in row]


async def test_without_a_team_one_can_be_started() -> None:
    desk = Desk()
    desk.teams.answers["ListMyTeams"] = wire.ListMyTeamsResponse()
    answer = await handlers.mine(desk.call())
    assert labels(answer) == ["➕ Start a team"]


async def test_the_only_team_is_shown_at_once() -> None:
    desk = Desk()
    desk.teams.answers["ListMyTeams"] = wire.ListMyTeamsResponse(teams=[team(ME, "Vali")])
    answer = await handlers.mine(desk.call())
    assert text(answer) == "👥 <b>Reds &lt;3</b> · 2 players\n\n1. 🅒 Ali\n2. Vali"
    assert labels(answer) == ["🔗 Invitation link", "🚪 Leave the team"]


async def test_only_the_captain_is_offered_the_link() -> None:
    desk = Desk()
    desk.teams.answers["ListMyTeams"] = wire.ListMyTeamsResponse(teams=[team(OTHER, "Vali")])
    assert labels(await handlers.mine(desk.call())) == ["🚪 Leave the team", "➕ Start a team"]


async def test_several_teams_are_a_choice() -> None:
    desk = Desk()
    desk.teams.answers["ListMyTeams"] = wire.ListMyTeamsResponse(teams=[team(), team(OTHER)])
    assert labels(await handlers.mine(desk.call())) == ["Reds <3", "Reds <3"]


async def test_a_team_is_started_by_its_name() -> None:
    desk = Desk()
    desk.teams.answers["CreateTeam"] = wire.CreateTeamResponse(team=team())
    asked = await handlers.started(desk.call(), StartTeam())
    assert asked.conversation == Conversation(name="team", step="name")
    answer = await handlers.named(desk.call(asked.conversation), Said(text=" Reds  <3 "))
    [request] = desk.teams.requests
    assert isinstance(request, wire.CreateTeamRequest) and request.name == "Reds <3"
    assert answer.conversation is ENDED and "Invite your friends" in text(answer)


@pytest.mark.parametrize("said", [Said(), Said(photo="x"), Said(text="\u202e ")])
async def test_a_picture_is_no_teams_name(said: Said) -> None:
    answer = await handlers.named(Desk().call(), said)
    assert "⚠️ Type the team's name" in text(answer) and answer.conversation is None


async def test_the_invitation_is_a_link_that_can_be_shared() -> None:
    desk = Desk()
    until = stamp(datetime(2026, 12, 1, 9, tzinfo=UTC))
    desk.teams.answers["CreateInvitation"] = wire.CreateInvitationResponse(
        team=team(), invitation=Invitation(token=TOKEN, expires_at=until)
    )
    answer = await joining.invite(desk.call(), Invite(team_id=5))
    assert f"https://t.me/fotbot?start=t_{TOKEN}" in text(answer)
    assert "until 1 December, 14:00" in text(answer)
    assert answer.screen and answer.screen.buttons[0][0].url
    assert answer.screen.buttons[0][0].url.startswith("https://t.me/share/url?url=https%3A%2F%2F")


async def test_a_link_asks_before_it_joins() -> None:
    desk = Desk()
    answer = await joining.invited(desk.call(), TOKEN)
    assert labels(answer) == ["✅ Join", "No, thanks"] and desk.writes == 0


@pytest.mark.parametrize("payload", ["", "short", TOKEN + "x", "a b", "💥" * 22])
async def test_a_link_of_another_shape_is_no_invitation(payload: str) -> None:
    answer = await joining.invited(Desk().call(), payload)
    assert "wrong or has expired" in text(answer)


@pytest.mark.parametrize(
    ("already", "toast"),
    [(False, "✅ You are in “Reds <3” now"), (True, "You are already in “Reds <3”")],
)
async def test_joining_says_what_happened(already: bool, toast: str) -> None:
    desk = Desk()
    desk.teams.answers["JoinTeam"] = wire.JoinTeamResponse(team=team(OTHER), already=already)
    answer = await joining.joined(desk.call(), JoinTeam(token=TOKEN))
    assert answer.toast == toast and "Reds" in text(answer)


async def test_leaving_is_asked_before_it_is_done() -> None:
    desk = Desk()
    desk.teams.answers["GetTeam"] = wire.GetTeamResponse(team=team())
    answer = await handlers.asked_leaving(desk.call(), AskLeaving(team_id=5))
    assert "the team will end" in text(answer) and desk.writes == 0


@pytest.mark.parametrize(
    ("dissolved", "toast"), [(False, "You left the team"), (True, "The team has ended")]
)
async def test_leaving_says_what_happened(dissolved: bool, toast: str) -> None:
    desk = Desk()
    desk.teams.answers["LeaveTeam"] = wire.LeaveTeamResponse(dissolved=dissolved)
    desk.teams.answers["ListMyTeams"] = wire.ListMyTeamsResponse()
    answer = await handlers.left(desk.call(), LeaveTeam(team_id=5))
    assert answer.toast == toast and "not in a team yet" in text(answer)


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_the_longest_roster_fits_into_a_message(language: str) -> None:
    crowd = team(ME, *["🏟" * 500] * 60)
    screen = screens.roster(crowd, ME, texts_for(language))
    assert faults(Answer(screen=screen)) == []


def test_a_roster_longer_than_the_screen_says_how_many_more() -> None:
    screen = screens.roster(team(ME, *["Vali"] * 60), ME, EN)
    assert screen.text.endswith("…and 36 more")
