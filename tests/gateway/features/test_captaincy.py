"""What captains do in the chat: rename, describe, revoke links, remove, hand over."""

from typing import Any

import pytest
from fotbot.teams.v1 import teams_service_pb2 as wire
from fotbot.teams.v1.team_pb2 import Member, Team

from services.chassis.errors import Kind, RemoteRefusal
from services.gateway.answers import Answer
from services.gateway.calls import UserId
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.feature import Said
from services.gateway.features.teams import captain_screens, captaincy
from services.gateway.features.teams.callbacks import (
    AskDescribing,
    AskHandingOver,
    AskRemoving,
    AskRenaming,
    ClearDescription,
    HandOver,
    ListMembers,
    OpenMember,
    RemoveMember,
    RevokeLinks,
)
from services.gateway.rendering import faults
from services.gateway.texts import texts_for
from tests.fakes.asking import Desk

ME, OTHER = UserId(7), UserId(8)
ABOUT: dict[str, Any] = {"team_id": 5, "user_id": OTHER}
VALI = Member(user_id=OTHER, name="Vali <3")


def reds(*others: Member, description: str = "") -> Team:
    members = [Member(user_id=ME, name="Ali"), *others]
    return Team(id=5, name="Reds", captain_id=ME, members=members, description=description)


def desk_with(team: Team) -> Desk:
    desk = Desk()
    desk.teams.answers["GetTeam"] = wire.GetTeamResponse(team=team)
    return desk


def text(answer: Answer) -> str:
    assert answer.screen
    return answer.screen.text


def labels(answer: Answer) -> list[str]:
    assert answer.screen
    return [button.text for row in answer.screen.buttons for button in row]


async def test_a_team_is_renamed_by_typing() -> None:
    desk = Desk()
    desk.teams.answers["EditTeam"] = wire.EditTeamResponse(team=reds(VALI))
    asked = await captaincy.asked_renaming(desk.call(), AskRenaming(team_id=5))
    assert asked.conversation == Conversation(name="team", step="rename", data={"team": "5"})
    answer = await captaincy.renamed(desk.call(asked.conversation), Said(text=" Blue \n lions "))
    [request] = desk.teams.requests
    assert isinstance(request, wire.EditTeamRequest) and not request.HasField("description")
    assert (request.team_id, request.name) == (5, "Blue lions")
    assert answer.conversation is ENDED and "new name" in text(answer)


@pytest.mark.parametrize("said", [Said(), Said(photo="x"), Said(text="\u202e ")])
async def test_nothing_visible_is_no_name_and_no_description(said: Said) -> None:
    call = Desk().call(Conversation(name="team", step="rename", data={"team": "5"}))
    for handler in (captaincy.renamed, captaincy.described):
        answer = await handler(call, said)
        assert text(answer).startswith("⚠️") and answer.conversation is None


async def test_a_team_says_something_of_itself_and_nothing_again() -> None:
    desk = desk_with(reds(description="We play for fun"))
    desk.teams.answers["EditTeam"] = wire.EditTeamResponse(team=reds())
    asked = await captaincy.asked_describing(desk.call(), AskDescribing(team_id=5))
    assert "300" in text(asked) and labels(asked)[0] == "🧹 Nothing"
    await captaincy.described(desk.call(asked.conversation), Said(text="Since 2019"))
    answer = await captaincy.cleared(desk.call(), ClearDescription(team_id=5))
    said, nothing = desk.teams.requests[1:]
    assert isinstance(said, wire.EditTeamRequest) and said.description == "Since 2019"
    assert isinstance(nothing, wire.EditTeamRequest) and nothing.HasField("description")
    assert nothing.description == "" and not nothing.HasField("name")
    assert answer.conversation is ENDED


async def test_who_says_nothing_yet_is_not_offered_to_take_it_away() -> None:
    asked = await captaincy.asked_describing(desk_with(reds()).call(), AskDescribing(team_id=5))
    assert "🧹 Nothing" not in labels(asked)


async def test_links_are_revoked() -> None:
    desk = Desk()
    desk.teams.answers["RevokeInvitations"] = wire.RevokeInvitationsResponse(team=reds(VALI))
    answer = await captaincy.revoked(desk.call(), RevokeLinks(team_id=5))
    assert answer.toast == "The links given out so far do not work any more"


async def test_members_are_buttons_without_the_captain() -> None:
    answer = await captaincy.members(desk_with(reds(VALI)).call(), ListMembers(team_id=5))
    assert labels(answer) == ["Vali <3", "« Back"]
    alone = await captaincy.members(desk_with(reds()).call(), ListMembers(team_id=5))
    assert "nobody in <b>Reds</b> but you" in text(alone) and labels(alone) == ["« Back"]


async def test_a_member_is_removed_after_a_question() -> None:
    desk = desk_with(reds(VALI))
    desk.teams.answers["RemoveMember"] = wire.RemoveMemberResponse(team=reds())
    card = await captaincy.member(desk.call(), OpenMember(**ABOUT))
    assert labels(card) == ["👑 Make captain", "🚫 Remove from the team", "« Back"]
    asked = await captaincy.asked_removing(desk.call(), AskRemoving(**ABOUT))
    assert "Remove <b>Vali &lt;3</b> from <b>Reds</b>?" in text(asked) and desk.writes == 0
    answer = await captaincy.removed(desk.call(), RemoveMember(**ABOUT))
    request = desk.teams.requests[-1]
    assert isinstance(request, wire.RemoveMemberRequest) and request.user_id == OTHER
    assert answer.toast == "Removed from the team" and "Vali" not in text(answer)


async def test_the_team_is_handed_over_after_a_question() -> None:
    desk = desk_with(reds(VALI))
    handed = reds(VALI)
    handed.captain_id = OTHER
    desk.teams.answers["HandOver"] = wire.HandOverResponse(team=handed)
    asked = await captaincy.asked_handing_over(desk.call(), AskHandingOver(**ABOUT))
    assert "the captain of <b>Reds</b>?" in text(asked) and desk.writes == 0
    answer = await captaincy.handed_over(desk.call(), HandOver(**ABOUT))
    assert answer.toast == "The team has a new captain"
    assert "2. 🅒 Vali" in text(answer) and "✏️ Rename" not in labels(answer)


async def test_a_captain_elsewhere_cannot_take_over() -> None:
    desk = Desk()
    desk.teams.answers["HandOver"] = RemoteRefusal(Kind.CONFLICT, "ALREADY_CAPTAIN", {})
    answer = await captaincy.handed_over(desk.call(), HandOver(**ABOUT))
    assert answer.alert and answer.toast == "This player is already the captain of another team"
    desk.teams.answers["HandOver"] = RemoteRefusal(Kind.FORBIDDEN, "NOT_ALLOWED", {})
    with pytest.raises(RemoteRefusal):
        await captaincy.handed_over(desk.call(), HandOver(**ABOUT))


async def test_who_has_left_meanwhile_is_told_to_be_gone() -> None:
    desk = desk_with(reds())
    answers = [
        await captaincy.member(desk.call(), OpenMember(**ABOUT)),
        await captaincy.asked_removing(desk.call(), AskRemoving(**ABOUT)),
        await captaincy.asked_handing_over(desk.call(), AskHandingOver(**ABOUT)),
    ]
    assert {answer.toast for answer in answers} == {"This person is not in the team any more"}


async def test_whoever_is_captain_no_more_is_shown_the_roster_as_it_is() -> None:
    team = reds(VALI)
    team.captain_id = OTHER
    desk = desk_with(team)
    for answer in (
        await captaincy.members(desk.call(), ListMembers(team_id=5)),
        await captaincy.member(desk.call(), OpenMember(**ABOUT)),
        await captaincy.asked_removing(desk.call(), AskRemoving(**ABOUT)),
        await captaincy.asked_handing_over(desk.call(), AskHandingOver(**ABOUT)),
    ):
        assert answer.toast == texts_for("en").refusal("NOT_ALLOWED")
        assert "2. 🅒 Vali" in text(answer) and "👥 Members" not in labels(answer)


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_the_longest_names_fit_into_the_captains_screens(language: str) -> None:
    texts = texts_for(language)
    crowd = [Member(user_id=number, name="🏟" * 500) for number in range(100, 124)]
    team = reds(*crowd, description="🏟" * 300)
    team.name = "🏟" * 64
    for screen in (
        captain_screens.members(team, texts),
        captain_screens.member(team, crowd[0], texts),
        captain_screens.removing(team, crowd[0], texts),
        captain_screens.handing_over(team, crowd[0], texts),
        captain_screens.ask_description(team, texts),
    ):
        assert faults(Answer(screen=screen)) == []
