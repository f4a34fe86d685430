"""The scenes of the first evening's handlers: people, sessions, places, teams, organisers."""

from collections.abc import Callable
from dataclasses import replace

from aiogram.filters.callback_data import CallbackData

from services.gateway.features.cancel.callbacks import LeaveConversation
from services.gateway.features.create_session.callbacks import (
    AskOpening,
    Choose,
    ConfirmCreation,
    StepBack,
)
from services.gateway.features.edit_session.callbacks import (
    Amend,
    AskCancelling,
    CancelSession,
    EditField,
    OpenEditing,
)
from services.gateway.features.language.callbacks import ChooseLanguage, OpenLanguages
from services.gateway.features.organisers.callbacks import (
    Appoint,
    AskRemoving,
    FindPerson,
    ListOrganisers,
    Remove,
)
from services.gateway.features.profile.callbacks import ChangeName
from services.gateway.features.sessions.callbacks import (
    JoinSession,
    LeaveSession,
    OpenSession,
    RefreshSession,
    ShowPage,
)
from services.gateway.features.teams.callbacks import (
    AskLeaving,
    DeclineTeam,
    Invite,
    JoinTeam,
    LeaveTeam,
    OpenTeam,
    StartTeam,
)
from services.gateway.texts import texts_for
from tests.e2e.league import IDS, a_month_ahead
from tests.e2e.scenes.stage import Json, Scene, Setting, World, as_admin, says, taps
from tests.e2e.webhook import contact, in_group, message, tap


def creating(step: str, answer: str | CallbackData) -> Setting:
    """The admin opens a session and has come to this step."""

    async def scene(world: World) -> Scene:
        answers = {**CREATION, "venue": f"Scene {next(IDS)}"}
        before = [answers[name] for name in list(answers)[: STEPS.index(step)]]
        given = answers[step] if answer == "" else answer
        return await as_admin(given, "/create", *before)(world)

    return scene


async def opening_aside(world: World) -> Scene:
    """The admin is asked when registration opens, before he opens a session."""
    answers = {**CREATION, "venue": f"Scene {next(IDS)}"}
    before = [answers[name] for name in STEPS[:-1]]
    return await as_admin("now", "/create", *before, AskOpening())(world)


def at_session(data: Callable[[int], CallbackData], *, joined: bool = False) -> Setting:
    """A player presses something of a session, with or without a place in it."""

    async def scene(world: World) -> Scene:
        member, session = await world.league.member(), await world.league.session(capacity=2)
        if joined:
            await world.tells(member.telegram_id, JoinSession(session_id=session.id))
        return Scene(member=member, update=tap(member.telegram_id, data(session.id)))

    return scene


def editing(field: str | None, act: str | Callable[[int], CallbackData]) -> Setting:
    """The admin edits a session of his and has been asked for this field."""

    async def scene(world: World) -> Scene:
        session = await world.league.session(capacity=5)
        asked = [] if field is None else [EditField(session_id=session.id, field=field)]
        done = act if isinstance(act, str) else act(session.id)
        return await as_admin(done, *asked)(world)

    return scene


async def moving_house(world: World) -> Scene:
    """The admin is asked for the session's new venue and names one that nobody plays at."""
    return await editing("venue", f"Moved ground {next(IDS)}")(world)


async def moving(world: World) -> Scene:
    """The admin has given a session's new day and is asked for the time."""
    session = await world.league.session(capacity=5)
    return await as_admin("21:00", EditField(session_id=session.id, field="day"), DAY)(world)


def of_person(data: Callable[[int], CallbackData], *, appointed: bool) -> Setting:
    """The admin presses something about a person."""

    async def scene(world: World) -> Scene:
        person = await world.league.member()
        before = [Appoint(user_id=person.user_id)] if appointed else []
        return replace(await as_admin(data(person.user_id), *before)(world), member=person)

    return scene


def in_team(data: Callable[[int], CallbackData]) -> Setting:
    """A captain presses something of his team."""

    async def scene(world: World) -> Scene:
        captain = await world.league.member()
        team = await world.team(captain)
        return Scene(member=captain, update=tap(captain.telegram_id, data(team)))

    return scene


def invited(act: Callable[[int, str], Json]) -> Setting:
    """A player holds a link to somebody's team."""

    async def scene(world: World) -> Scene:
        captain, member = await world.league.member(), await world.league.member()
        token = await world.invitation(captain, await world.team(captain))
        return Scene(member=member, update=act(member.telegram_id, token))

    return scene


def newcomer(*before: str | CallbackData, act: Callable[[int], Json]) -> Setting:
    """Somebody whom Fotbot has just met."""

    async def scene(world: World) -> Scene:
        stranger = await world.league.stranger()
        await world.tells(stranger.telegram_id, *before)
        return Scene(member=stranger, update=act(stranger.telegram_id))

    return scene


async def with_link(world: World) -> Scene:
    """A newcomer came by a link and is asked whether to go on with it."""
    session = await world.league.session(capacity=5)
    stranger = await world.league.stranger()
    to = stranger.telegram_id
    await world.tells(to, f"/start s_{session.id}", ENGLISH, "Newcomer")
    await world.gateways.deliver(contact(to, to))
    return Scene(member=stranger, update=message(to, "what now?"))


async def carried_on(world: World) -> Scene:
    """The same, and he presses Continue."""
    scene = await with_link(world)
    return replace(scene, update=message(scene.member.telegram_id, EN("menu.continue")))


async def card_by_link(world: World) -> Scene:
    """A player follows a link to a card."""
    session = await world.league.session(capacity=5)
    return await says(f"/start s_{session.id}")(world)


EN = texts_for("en")
ENGLISH = ChooseLanguage(code="en")
DAY = f"{a_month_ahead():%d.%m.%Y}"
CREATION = {
    "venue": "",
    "day": DAY,
    "time": "19:30",
    "minutes": "90",
    "format": "5",
    "squad": "7",
    "price": "40000",
    "capacity": "10",
    "approval": "no",
    "confirm": "yes",
}
STEPS = list(CREATION)

FIRST_EVENING: dict[str, Setting] = {
    "cancel /cancel": says("/cancel"),
    "cancel x": taps(LeaveConversation(), "/profile", ChangeName()),
    "create_session /create": as_admin("/create"),
    "create_session menu.create": as_admin(EN("menu.create")),
    "create_session cs": creating("format", Choose(step="format", value="5")),
    "create_session cb": creating("price", StepBack(step="price")),
    "create_session cc": creating("confirm", ConfirmCreation()),
    "create_session ck": creating("confirm", AskOpening()),
    "create_session create.opens": opening_aside,
    **{f"create_session create.{step}": creating(step, "") for step in STEPS},
    "edit_session eo": editing(None, lambda of: OpenEditing(session_id=of)),
    "edit_session ef": editing(None, lambda of: EditField(session_id=of, field="price")),
    "edit_session es": editing("capacity", lambda _: Amend(step="capacity", value="12")),
    "edit_session ea": editing(None, lambda of: AskCancelling(session_id=of)),
    "edit_session ec": editing(None, lambda of: CancelSession(session_id=of)),
    "edit_session edit.day": editing("day", DAY),
    "edit_session edit.time": moving,
    "edit_session edit.venue": moving_house,
    "edit_session edit.price": editing("price", "0"),
    "edit_session edit.capacity": editing("capacity", "7"),
    "edit_session edit.opens": editing("opens", "now"),
    "group group": newcomer(act=lambda to: in_group(to, "/help")),
    "help /help": says("/help"),
    "help menu.help": says(EN("menu.help")),
    "language /language": says("/language"),
    "language lo": taps(OpenLanguages()),
    "language lc": taps(ENGLISH),
    "menu otherwise": says("nothing anybody knows"),
    "my_sessions /my": says("/my"),
    "my_sessions menu.my": says(EN("menu.my")),
    "onboarding onboarding.language": newcomer("/start", act=lambda to: message(to, "hello")),
    "onboarding onboarding.name": newcomer(
        "/start", ENGLISH, act=lambda to: message(to, "Newcomer")
    ),
    "onboarding onboarding.phone": newcomer(
        "/start", ENGLISH, "Newcomer", act=lambda to: contact(to, to)
    ),
    "onboarding onboarding.resume": with_link,
    "organisers /organisers": as_admin("/organisers"),
    "organisers menu.organisers": as_admin(EN("menu.organisers")),
    "organisers ol": as_admin(ListOrganisers()),
    "organisers of": as_admin(FindPerson()),
    "organisers oa": of_person(lambda of: Appoint(user_id=of), appointed=False),
    "organisers or": of_person(lambda of: AskRemoving(user_id=of), appointed=True),
    "organisers ox": of_person(lambda of: Remove(user_id=of), appointed=True),
    "organisers organisers.find": as_admin("Nobody by this name", FindPerson()),
    "profile /profile": says("/profile"),
    "profile menu.profile": says(EN("menu.profile")),
    "profile pn": taps(ChangeName()),
    "profile profile.name": says("Renamed", ChangeName()),
    "sessions /sessions": says("/sessions"),
    "sessions link s_": card_by_link,
    "sessions menu.sessions": says(EN("menu.sessions")),
    "sessions sl": taps(ShowPage(index=1)),
    "sessions so": at_session(lambda of: OpenSession(session_id=of)),
    "sessions sr": at_session(lambda of: RefreshSession(session_id=of)),
    "sessions sj": at_session(lambda of: JoinSession(session_id=of)),
    "sessions sx": at_session(lambda of: LeaveSession(session_id=of), joined=True),
    "start /start": says("/start"),
    "start menu.continue": carried_on,
    "teams /team": says("/team"),
    "teams link t_": invited(lambda to, token: message(to, f"/start t_{token}")),
    "teams menu.team": says(EN("menu.team")),
    "teams to": in_team(lambda of: OpenTeam(team_id=of)),
    "teams tn": taps(StartTeam()),
    "teams ti": in_team(lambda of: Invite(team_id=of)),
    "teams tl": in_team(lambda of: AskLeaving(team_id=of)),
    "teams tx": in_team(lambda of: LeaveTeam(team_id=of)),
    "teams tj": invited(lambda to, token: tap(to, JoinTeam(token=token))),
    "teams td": taps(DeclineTeam()),
    "teams team.name": says("Blues", StartTeam()),
}
