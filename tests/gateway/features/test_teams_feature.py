"""Teams: start, roster, invite, join, leave, one's number. What captains do besides is in
test_captaincy.py."""

from datetime import UTC, datetime

import pytest
from fotbot.teams.v1 import teams_service_pb2 as wire
from fotbot.teams.v1.team_pb2 import Invitation, Member, Team

from services.chassis.errors import Kind, RemoteRefusal
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
    OpenTeamNumbers,
    StartTeam,
    TakeNumber,
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
    assert text(answer) == (
        "👥 <b>Reds &lt;3</b> · 2 players\n\n1. 🅒 Ali\n2. Vali\n\n"
        "⚠️ 4 more players are needed: with fewer than six a team can hardly play an evening."
    )
    assert labels(answer) == [
        "🔗 Invitation link",
        "👥 Members",
        "✏️ Rename",
        "📝 About the team",
        "👕 My number",
        "🚪 Leave the team",
    ]


def test_a_roster_tells_numbers_and_what_the_team_says_of_itself_but_no_phones() -> None:
    shown = team(ME, *["Vali"] * 5)
    shown.members[1].shirt_number = 10
    shown.description = "We play <for fun>"
    assert screens.roster(shown, ME, EN).text == (
        "👥 <b>Reds &lt;3</b> · 6 players\n<i>We play &lt;for fun&gt;</i>\n\n"
        "1. 🅒 Ali\n2. Vali · 👕 10\n3. Vali\n4. Vali\n5. Vali\n6. Vali"
    )


def test_six_members_are_enough_to_be_warned_of_nothing() -> None:
    assert "⚠️ 1 more player is" in screens.roster(team(ME, *["Vali"] * 4), ME, EN).text
    assert "⚠️" not in screens.roster(team(ME, *["Vali"] * 5), ME, EN).text


async def test_only_the_captain_is_offered_what_captains_do() -> None:
    desk = Desk()
    desk.teams.answers["ListMyTeams"] = wire.ListMyTeamsResponse(teams=[team(OTHER, "Vali")])
    offered = labels(await handlers.mine(desk.call()))
    assert offered == ["👕 My number", "🚪 Leave the team", "➕ Start a team"]


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


async def test_a_link_tells_the_team_and_asks_before_it_joins() -> None:
    desk = Desk()
    desk.teams.answers["GetInvitation"] = wire.GetInvitationResponse(
        team_id=5, team_name="Reds <3", members=7
    )
    answer = await joining.invited(desk.call(), TOKEN)
    asked = "👥 You are invited to <b>Reds &lt;3</b> (7 players). Will you join?"
    assert text(answer) == asked and answer.conversation is ENDED
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
    assert text(answer).startswith("👕 You have no number in this team yet")


async def test_who_has_got_his_number_by_joining_is_asked_for_none() -> None:
    desk = Desk()
    joined = team(OTHER)
    joined.members[0].shirt_number = 9
    desk.teams.answers["JoinTeam"] = wire.JoinTeamResponse(team=joined)
    answer = await joining.joined(desk.call(), JoinTeam(token=TOKEN))
    assert "1. Ali · 👕 9" in text(answer) and "no number" not in text(answer)


async def test_free_numbers_are_a_grid_with_ones_own_marked() -> None:
    desk = Desk()
    shown = team(OTHER, "Vali")
    shown.members[0].shirt_number, shown.members[1].shirt_number = 9, 10
    desk.teams.answers["GetTeam"] = wire.GetTeamResponse(team=shown)
    answer = await handlers.numbers(desk.call(), OpenTeamNumbers(team_id=5))
    free = [str(number) for number in range(1, 26) if number != 10]
    free[8] = "✅ 9"
    assert labels(answer) == [*free, "Without a number", "« Back"]
    assert "Your number in <b>Reds &lt;3</b> is <b>9</b>" in text(answer)
    assert answer.screen and {len(row) for row in answer.screen.buttons[:4]} == {5}


@pytest.mark.parametrize(
    ("number", "toast"), [(10, "👕 10 is yours"), (0, "👕 You have no number now")]
)
async def test_a_number_is_taken_and_given_up(number: int, toast: str) -> None:
    desk = Desk()
    desk.teams.answers["SetShirtNumber"] = wire.SetShirtNumberResponse(team=team(OTHER))
    answer = await handlers.number_taken(desk.call(), TakeNumber(team_id=5, shirt=number))
    [request] = desk.teams.requests
    assert isinstance(request, wire.SetShirtNumberRequest)
    assert (request.user_id, request.shirt_number) == (0, number)
    assert answer.toast == toast and "Reds" in text(answer)


async def test_whoever_was_slower_sees_what_is_free_now() -> None:
    desk = Desk()
    taken = RemoteRefusal(Kind.CONFLICT, "SHIRT_NUMBER_TAKEN", {})
    desk.teams.answers["SetShirtNumber"] = taken
    desk.teams.answers["GetTeam"] = wire.GetTeamResponse(team=team(OTHER))
    answer = await handlers.number_taken(desk.call(), TakeNumber(team_id=5, shirt=10))
    assert answer.toast == "Somebody already has this number. Choose another one."
    assert "Choose your number" in text(answer)


async def test_another_refusal_of_a_number_is_told_as_it_is() -> None:
    desk = Desk()
    refusal = RemoteRefusal(Kind.CONFLICT, "NOT_A_MEMBER", {})
    desk.teams.answers["SetShirtNumber"] = refusal
    with pytest.raises(RemoteRefusal):
        await handlers.number_taken(desk.call(), TakeNumber(team_id=5, shirt=10))


async def test_a_captain_of_others_is_led_to_handing_over_instead_of_leaving() -> None:
    desk = Desk()
    desk.teams.answers["GetTeam"] = wire.GetTeamResponse(team=team(ME, "Vali"))
    answer = await handlers.asked_leaving(desk.call(), AskLeaving(team_id=5))
    assert "captain first" in text(answer) and labels(answer) == ["👥 Members", "« Back"]


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
    crowd.description = "🏟" * 300
    for member in crowd.members:
        member.shirt_number = 25
    screen = screens.roster(crowd, ME, texts_for(language))
    assert faults(Answer(screen=screen)) == []


def test_a_roster_longer_than_the_screen_says_how_many_more() -> None:
    screen = screens.roster(team(ME, *["Vali"] * 60), ME, EN)
    assert screen.text.endswith("…and 36 more")
