"""The scenes of profiles, and of accounts that move to a new Telegram account."""

from collections.abc import Callable
from dataclasses import replace

from aiogram.filters.callback_data import CallbackData
from fotbot.users.v1 import users_service_pb2 as users

from services.chassis.deadline import budget
from services.gateway.features.language.callbacks import ChooseLanguage
from services.gateway.features.moves.callbacks import DecideMove, ListMoves, OpenMove
from services.gateway.features.privacy.callbacks import (
    AskDelete,
    AskExport,
    ConfirmDelete,
    OpenPrivacy,
)
from services.gateway.features.profile.callbacks import (
    ChangeAge,
    ChangeNumber,
    ChangePhone,
    ChangePosition,
    ChooseNumber,
    ChoosePosition,
    OpenProfile,
    OpenTopics,
    SetTopic,
)
from tests.e2e.city import ADMIN
from tests.e2e.league import CALL_SECONDS, Member
from tests.e2e.scenes.stage import Json, Scene, Setting, World, as_admin, says, taps
from tests.e2e.webhook import contact, tap

MOST = 50
NEWCOMER = ("/start", ChooseLanguage(code="en"), "Newcomer")


async def changing_phone(world: World) -> Scene:
    """A player is asked for his new phone and shares it."""
    member = await world.league.member()
    await world.tells(member.telegram_id, ChangePhone())
    return Scene(member=member, update=contact(member.telegram_id, member.telegram_id))


def sharing(member: Member, phone_of: Member) -> Json:
    """The own contact with the number that the other one had before."""
    update = contact(member.telegram_id, member.telegram_id)
    number = contact(phone_of.telegram_id, phone_of.telegram_id)
    update["message"]["contact"]["phone_number"] = number["message"]["contact"]["phone_number"]
    return update


async def coming_back(world: World) -> Scene:
    """Somebody's number was not accepted from his new account, and he asks for the old one."""
    before, now = await world.league.member(), await world.league.stranger()
    await world.tells(now.telegram_id, *NEWCOMER)
    await world.gateways.deliver(sharing(now, before))
    return Scene(member=now, update=sharing(now, before))


def of_wish(data: Callable[[int], CallbackData]) -> Setting:
    """The admin presses something about a wish for an account of before."""

    async def scene(world: World) -> Scene:
        asked = await coming_back(world)
        await world.gateways.deliver(asked.update)
        move_id = await newest_wish(world)
        return replace(await as_admin(data(move_id))(world), member=asked.member)

    return scene


async def deleting(world: World) -> Scene:
    """A player says that he is sure."""
    member = await world.league.member()
    data = ConfirmDelete(user_id=member.user_id)
    return Scene(member=member, update=tap(member.telegram_id, data))


async def newest_wish(world: World) -> int:
    """The wish made last. Those of the other scenes are turned down, lest they fill the list."""
    admin = await world.league.member(ADMIN)
    request = users.ListMovesRequest(actor_id=admin.user_id, page_size=MOST)
    with budget(CALL_SECONDS):
        *before, newest = (await world.league.users.ListMoves(request)).moves
    for move in before:
        await world.tells(ADMIN, DecideMove(move_id=move.id, approved=False))
    return newest.id


PEOPLE: dict[str, Setting] = {
    "onboarding onboarding.move": coming_back,
    "profile po": taps(OpenProfile()),
    "profile pp": taps(ChangePhone()),
    "profile pa": taps(ChangeAge()),
    "profile pq": taps(ChangePosition()),
    "profile pc": taps(ChoosePosition(position="defender")),
    "profile ps": taps(ChangeNumber()),
    "profile pw": taps(ChooseNumber(number=10)),
    "profile pt": taps(OpenTopics()),
    "profile pm": taps(SetTopic(topic="teams", wanted=False)),
    "profile profile.phone": changing_phone,
    "profile profile.age": says("27", ChangeAge()),
    "privacy /privacy": says("/privacy"),
    "privacy /export": says("/export"),
    "privacy /delete": says("/delete"),
    "privacy ko": taps(OpenPrivacy()),
    "privacy ke": taps(AskExport()),
    "privacy kd": taps(AskDelete()),
    "privacy ky": deleting,
    "moves ml": as_admin(ListMoves()),
    "moves mo": of_wish(lambda of: OpenMove(move_id=of)),
    "moves md": of_wish(lambda of: DecideMove(move_id=of, approved=True)),
}
