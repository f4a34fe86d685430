"""A team's life through the chat, in each language; and a player's number in his side."""

import re

import pytest
from fotbot.common.v1.write_pb2 import WriteContext
from fotbot.teams.v1.sides_service_pb2 import FormSidesRequest
from fotbot.teams.v1.sides_service_pb2_grpc import SidesServiceStub
from fotbot.users.v1.users_service_pb2 import EnsureUserRequest

from services.chassis.client import connect
from services.chassis.deadline import budget
from services.gateway.texts import Texts
from tests.e2e.acts import beginning, player
from tests.e2e.city import City
from tests.e2e.league import CALL_SECONDS, IDS, league
from tests.e2e.people import Human

LANGUAGES = ["uz", "ru", "en"]


def read(texts: Texts, key: str, **values: object) -> str:
    """A text as it is read."""
    return re.sub("<[^>]*>", "", texts(key, **values))


async def found(captain: Human, name: str) -> None:
    await captain.chooses("menu.team")
    await captain.presses(captain.texts("team.new"))
    await captain.says(name)
    await captain.reads(captain.texts("team.created"))


async def invite(captain: Human) -> str:
    """The payload of a new link."""
    await captain.chooses("menu.team")
    await captain.presses(captain.texts("team.invite"))
    link = await captain.reads("?start=t_")
    return link.split("?start=")[1].split()[0]


async def join(person: Human, link: str, team: str) -> None:
    """By a captain's link, which says where it leads."""
    await person.says(f"/start {link}")
    size = person.texts.plural("team.members", 1)
    await person.reads(read(person.texts, "team.join.ask", name=team, size=size))
    toast = await person.presses(person.texts("team.join.yes"))
    assert toast == person.texts.toast("team.joined", name=team)


async def to_member(captain: Human, name: str) -> None:
    """From the menu to what may be done with a member."""
    await captain.chooses("menu.team")
    await captain.presses(captain.texts("team.members.list"))
    await captain.presses(name)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_team_is_described_joined_numbered_handed_over_and_left(
    city: City, language: str
) -> None:
    captain, ali = [await player(city, language, name) for name in ("Sardor", "Ali")]
    texts = captain.texts
    await found(captain, "Reds")
    await captain.presses(texts("team.describe"))
    await captain.says("We play <for fun>")
    await captain.reads(texts("team.described"), "We play <for fun>")
    await captain.presses(texts("team.rename"))
    await captain.says("Blues")
    await captain.reads(texts("team.renamed"), "Blues")

    await join(ali, await invite(captain), "Blues")
    await captain.reads(read(texts, "notice.team_joined", name="Ali", team="Blues"))
    await ali.reads(texts("team.number.due"), re.sub("<.*?>", "", texts.plural("team.few", 4)))
    await ali.presses(texts("team.number"))
    assert await ali.presses("10") == texts.toast("team.number.taken", number=10)
    await ali.reads("2. Ali · 👕 10")
    assert await ali.count("+998") == 0

    await to_member(captain, "Ali")
    await captain.presses(texts("team.hand_over"))
    await captain.reads(read(texts, "team.hand_over.ask", name="Ali", team="Blues"))
    assert await captain.presses(texts("team.hand_over.yes")) == texts.toast("team.handed_over")
    await ali.reads(read(texts, "notice.team_handed_over", team="Blues"))
    await captain.presses(texts("team.leave"))
    assert await captain.presses(texts("team.leave.yes")) == texts.toast("team.left")
    await ali.reads(read(texts, "notice.team_left", name="Sardor", team="Blues"))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_captain_removes_a_member_and_revokes_his_links(city: City, language: str) -> None:
    captain, vali = [await player(city, language, name) for name in ("Sardor", "Vali")]
    texts = captain.texts
    await found(captain, "Reds")
    link = await invite(captain)
    await join(vali, link, "Reds")
    await captain.reads(read(texts, "notice.team_joined", name="Vali", team="Reds"))
    await captain.chooses("menu.team")
    await captain.presses(texts("team.leave"))
    await captain.reads(texts("team.leave.captain"))

    await to_member(captain, "Vali")
    await captain.presses(texts("team.remove"))
    await captain.reads(read(texts, "team.remove.ask", name="Vali", team="Reds"))
    assert await captain.presses(texts("team.remove.yes")) == texts.toast("team.removed")
    await vali.reads(read(texts, "notice.team_removed", team="Reds"))
    await vali.chooses("menu.team")
    await vali.reads(beginning(texts, "team.none"))

    await invite(captain)
    assert await captain.presses(texts("team.revoke")) == texts.toast("team.revoked")
    await vali.says(f"/start {link}")
    await vali.reads(texts("error.INVITATION_INVALID"))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_player_is_told_his_side_and_chooses_his_number(city: City, language: str) -> None:
    gani = await player(city, language, "Gani")
    texts = gani.texts
    async with (
        league(city) as made,
        connect("teams", city.address("teams")) as to_teams,
    ):
        with budget(CALL_SECONDS):
            asked = EnsureUserRequest(telegram_id=gani.telegram_id)
            user_id = (await made.users.EnsureUser(asked)).user.id
        others = [(await made.member()).user_id for _ in range(9)]
        with budget(CALL_SECONDS):
            await SidesServiceStub(to_teams).FormSides(
                FormSidesRequest(
                    write=WriteContext(actor_id=user_id, request_id=f"sides:{next(IDS)}"),
                    session_id=next(IDS),
                    individuals=[*others, user_id],
                    squad_size=7,
                    least=5,
                )
            )
    side = texts.plain("notice.side", number=2)
    await gani.reads(read(texts, "notice.side_formed", side=side))
    await gani.presses(texts("notice.number.choose"))
    await gani.reads(read(texts, "side.drawn", number=2), texts("side.number.choose"))
    assert await gani.presses("25") == texts.toast("team.number.taken", number=25)
    await gani.reads(read(texts, "side.number.own", number=25))
