"""Organisers, help, the way out, the menu, groups."""

from collections.abc import Sequence

import pytest
from fotbot.users.v1 import user_pb2
from fotbot.users.v1 import users_service_pb2 as wire

from services.gateway.answers import Answer
from services.gateway.calls import Role
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.cancel import handlers as cancel
from services.gateway.features.cancel.callbacks import LeaveConversation
from services.gateway.features.cancel.router import FEATURE as CANCEL
from services.gateway.features.feature import Said
from services.gateway.features.group.handlers import pointed
from services.gateway.features.help.handlers import shown
from services.gateway.features.menu.router import FEATURE as MENU
from services.gateway.features.organisers import handlers as organisers
from services.gateway.features.organisers import screens
from services.gateway.features.organisers.callbacks import (
    Appoint,
    AskRemoving,
    FindPerson,
    Remove,
)
from services.gateway.features.start.handlers import go_on, hello
from services.gateway.rendering import faults
from services.gateway.texts import texts_for
from tests.fakes.asking import Desk, newcomer

PEOPLE = [
    user_pb2.Person(id=1, name="Boss", role=user_pb2.ROLE_ADMIN),
    user_pb2.Person(id=2, name="<i>Org</i>", role=user_pb2.ROLE_ORGANISER),
]


def listing(people: Sequence[user_pb2.Person]) -> Desk:
    """With two wishes for an account of before."""
    desk = Desk()
    desk.users.answers["ListOrganisers"] = wire.ListOrganisersResponse(people=people)
    waiting = [user_pb2.AccountMove(id=n) for n in (1, 2)]
    desk.users.answers["ListMoves"] = wire.ListMovesResponse(moves=waiting)
    return desk


def text(answer: Answer) -> str:
    assert answer.screen
    return answer.screen.text


def labels(answer: Answer) -> list[str]:
    assert answer.screen
    return [button.text for row in answer.screen.buttons for button in row]


async def test_admins_see_everybody_with_a_role_and_can_remove_organisers() -> None:
    desk = listing(PEOPLE)
    answer = await organisers.command(desk.call(role=Role.ADMIN))
    assert text(answer).endswith("🛡 Boss, admin\n📋 &lt;i&gt;Org&lt;/i&gt;")
    assert labels(answer) == ["➖ <i>Org</i>", "➕ Appoint", "🔁 Account moves: 2"]


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_the_longest_list_of_organisers_fits_into_a_message(language: str) -> None:
    crowd = [user_pb2.Person(id=n, name="🏟" * 500, role=user_pb2.ROLE_ADMIN) for n in range(1, 99)]
    screen = screens.listing(crowd, 50, texts_for(language))
    assert faults(Answer(screen=screen)) == []


async def test_an_organiser_is_found_by_the_beginning_of_a_name() -> None:
    desk = Desk()
    desk.users.answers["FindPeople"] = wire.FindPeopleResponse(people=PEOPLE[1:])
    asked = await organisers.asked_whom(desk.call(), FindPerson())
    assert asked.conversation == Conversation(name="organisers", step="find")
    answer = await organisers.searched(desk.call(asked.conversation), Said(text=" Or"))
    [request] = desk.users.requests
    assert isinstance(request, wire.FindPeopleRequest) and request.name_prefix == "Or"
    assert labels(answer) == ["<i>Org</i>", "✖️ Cancel"]


async def test_nobody_of_that_name_is_told_and_asked_again() -> None:
    desk = Desk()
    desk.users.answers["FindPeople"] = wire.FindPeopleResponse()
    answer = await organisers.searched(desk.call(), Said(text="Zz"))
    assert "⚠️ Nobody has a name like that" in text(answer) and answer.conversation is None


async def test_appointing_says_whom_and_ends_the_search() -> None:
    desk = listing(PEOPLE)
    desk.users.answers["AppointOrganiser"] = wire.AppointOrganiserResponse(person=PEOPLE[1])
    answer = await organisers.appointed(desk.call(), Appoint(user_id=2))
    assert answer.toast == "✅ <i>Org</i> is an organiser now"
    assert answer.conversation is ENDED


async def test_removing_is_asked_before_it_is_done() -> None:
    desk = Desk()
    desk.users.answers["ListPeople"] = wire.ListPeopleResponse(people=PEOPLE[1:])
    answer = await organisers.asked_removing(desk.call(), AskRemoving(user_id=2))
    assert "Remove <b>&lt;i&gt;Org&lt;/i&gt;</b>" in text(answer) and desk.writes == 0


async def test_removing_says_whom() -> None:
    desk = listing([])
    desk.users.answers["RemoveOrganiser"] = wire.RemoveOrganiserResponse(person=PEOPLE[1])
    answer = await organisers.removed(desk.call(), Remove(user_id=2))
    assert answer.toast == "<i>Org</i> is no longer an organiser"
    assert "Nobody is appointed yet" in text(answer)


@pytest.mark.parametrize(
    ("role", "told", "kept"),
    [
        (Role.PLAYER, "/sessions", "/create"),
        (Role.ORGANISER, "/create", "/organisers"),
        (Role.ADMIN, "/organisers", "/start"),
    ],
)
async def test_help_is_by_role(role: Role, told: str, kept: str) -> None:
    answer = await shown(Desk().call(role=role))
    assert told in text(answer) and kept not in text(answer)


@pytest.mark.parametrize(
    ("role", "last"),
    [
        (Role.PLAYER, ("👥 Team", "👤 Profile", "❓ Help")),
        (Role.ORGANISER, ("📋 Manage", "➕ Create a session")),
        (Role.ADMIN, ("🛡 Organisers",)),
    ],
)
async def test_the_menu_is_by_role(role: Role, last: tuple[str, ...]) -> None:
    answer = await hello(Desk().call(role=role))
    assert answer.screen and answer.screen.menu and answer.screen.menu[-1] == last


async def test_cancel_leaves_any_conversation() -> None:
    conversation = Conversation(name="create", step="price")
    answer = await cancel.command(Desk().call(conversation), "")
    assert answer.conversation is ENDED and text(answer).startswith("All right, stopped.")


async def test_cancel_without_a_conversation_says_so() -> None:
    answer = await cancel.command(Desk().call(), "")
    assert text(answer).startswith("There is nothing to stop.")


async def test_the_cancel_button_leaves_too() -> None:
    answer = await cancel.pressed(Desk().call(), LeaveConversation())
    assert answer.conversation is ENDED and labels(answer) == []


async def test_a_newcomer_cannot_cancel_the_sign_up() -> None:
    conversation = Conversation(name="onboarding", step="name")
    call = Desk().call(conversation, **newcomer(language_chosen=True))
    answer = await CANCEL.commands["cancel"](call, "")
    assert answer.conversation == conversation and "What is your name?" in text(answer)


async def test_what_nobody_understands_gets_the_menu() -> None:
    assert MENU.otherwise
    answer = await MENU.otherwise(Desk().call(), Said(text="hm"))
    assert "I did not get that" in text(answer) and answer.screen and answer.screen.menu


async def test_going_on_without_a_link_greets() -> None:
    answer = await go_on(Desk().call(name="<Ali>"))
    assert text(answer).startswith("👋 Hi, <b>&lt;Ali&gt;</b>!")


async def test_in_a_group_there_is_only_the_way_to_the_private_chat() -> None:
    answer = await pointed(Desk().call())
    assert answer.screen and answer.screen.buttons[0][0].url == "https://t.me/fotbot?start=group"
