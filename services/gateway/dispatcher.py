"""Which update goes to which feature: the one ordered list, as aiogram's routers.

A router's tables come in the features' order; what nothing took is answered at the end. The
features' own tables say the rest.
"""

from collections.abc import Awaitable, Sequence
from typing import cast

from aiogram import Bot as AiogramBot
from aiogram import Dispatcher as AiogramDispatcher
from aiogram import Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.types import CallbackQuery, Update

from services.gateway.adapters import (
    AtStep,
    InPrivate,
    LeadsTo,
    Pressed,
    asked,
    by_message,
    by_tap,
    commanded,
    heard,
    stepped,
    tapped,
    tapped_at_a_step,
)
from services.gateway.answers import Answer
from services.gateway.apologies import stale
from services.gateway.arrivals import Arrival, Bot, Outcome
from services.gateway.calls import Call
from services.gateway.features.approvals.router import FEATURE as APPROVALS
from services.gateway.features.audit.router import FEATURE as AUDIT
from services.gateway.features.broadcast.router import FEATURE as BROADCAST
from services.gateway.features.by_day.router import FEATURE as BY_DAY
from services.gateway.features.cancel.router import FEATURE as CANCEL
from services.gateway.features.create_session.router import FEATURE as CREATE_SESSION
from services.gateway.features.edit_session.router import FEATURE as EDIT_SESSION
from services.gateway.features.entries.router import FEATURE as ENTRIES
from services.gateway.features.evening.router import FEATURE as EVENING
from services.gateway.features.feature import Feature
from services.gateway.features.group.router import FEATURE as GROUP
from services.gateway.features.help.router import FEATURE as HELP
from services.gateway.features.language.router import FEATURE as LANGUAGE
from services.gateway.features.leaders.router import FEATURE as LEADERS
from services.gateway.features.menu.router import FEATURE as MENU
from services.gateway.features.moves.router import FEATURE as MOVES
from services.gateway.features.my_sessions.router import FEATURE as MY_SESSIONS
from services.gateway.features.onboarding.router import FEATURE as ONBOARDING
from services.gateway.features.organisers.router import FEATURE as ORGANISERS
from services.gateway.features.paying.router import FEATURE as PAYING
from services.gateway.features.privacy.router import FEATURE as PRIVACY
from services.gateway.features.profile.router import FEATURE as PROFILE
from services.gateway.features.sessions.router import FEATURE as SESSIONS
from services.gateway.features.settings.router import FEATURE as SETTINGS
from services.gateway.features.sides.router import FEATURE as SIDES
from services.gateway.features.start.router import FEATURE as START
from services.gateway.features.teams.router import FEATURE as TEAMS
from services.gateway.middlewares.conversation import Conversations
from services.gateway.middlewares.errors import Led
from services.gateway.middlewares.identity import Identity
from services.gateway.places import Place
from services.gateway.rendering import Rendered
from services.gateway.short_way import ShortWay
from services.gateway.shortcuts import Way

FEATURES = (
    CANCEL,
    START,
    ONBOARDING,
    LANGUAGE,
    SESSIONS,
    MY_SESSIONS,
    ENTRIES,
    PAYING,
    CREATE_SESSION,
    EDIT_SESSION,
    EVENING,
    LEADERS,
    BY_DAY,
    APPROVALS,
    SETTINGS,
    AUDIT,
    BROADCAST,
    TEAMS,
    SIDES,
    PROFILE,
    PRIVACY,
    ORGANISERS,
    MOVES,
    HELP,
    GROUP,
    MENU,
)
"""The features in the order in which their routers are asked."""


class Dispatcher:
    """Finds the handler for an update and renders its answer."""

    def __init__(
        self, features: Sequence[Feature], identity: Identity, conversations: Conversations
    ) -> None:
        self._identity = identity
        self._conversations = conversations
        self._short_way = ShortWay(features)
        self._aiogram = AiogramDispatcher(disable_fsm=True)
        self._aiogram.include_routers(*map(_router, features), _last_router(features))
        self._bots: dict[int, AiogramBot] = {}

    def answer(self, arrival: Arrival) -> Awaitable[Rendered]:
        """The rendered answer. Raises Unanswered when a write's outcome is unknown, Busy when
        users cannot say who asks, and pydantic's ValidationError for what aiogram does not take
        for an update."""
        return self._answer(arrival, self._short_way.find(arrival) or self._aiograms(arrival))

    def goes_short(self, arrival: Arrival) -> bool:
        """Whether this update needs none of aiogram's models."""
        return self._short_way.find(arrival) is not None

    async def answer_by_aiogram(self, arrival: Arrival) -> Rendered:
        """The same by the long way, which all updates can go."""
        return await self._answer(arrival, self._aiograms(arrival))

    async def _answer(self, arrival: Arrival, led: Led) -> Rendered:
        person = self._identity.known(arrival) or await self._identity.asked(arrival)
        if person is None:
            return self._identity.nobody(arrival)
        return await self._conversations.answer(led, arrival, person)

    def _aiograms(self, arrival: Arrival) -> Led:
        """The way through aiogram's models, routers and filters."""
        bot = self._bot(arrival.bot)
        update = Update.model_validate(arrival.incoming.content, context={"bot": bot})

        async def led(arrival: Arrival, call: Call) -> Answer | None:
            answer = await self._aiogram.feed_update(bot, update, arrival=arrival, call=call)
            return None if answer is UNHANDLED else cast(Answer, answer)

        return led

    def _bot(self, bot: Bot) -> AiogramBot:
        """Aiogram wants a token to be there. It is never used: nothing leaves from here."""
        if bot.bot_id not in self._bots:
            self._bots[bot.bot_id] = AiogramBot(token=f"{bot.bot_id}:no-token-in-the-gateway")
        return self._bots[bot.bot_id]


def _router(feature: Feature) -> Router:
    router = Router(name=feature.name)
    on_message, on_tap = router.message.register, router.callback_query.register

    def place(handler: str) -> Place:
        return Place(feature.name, handler)

    for prefix, command in feature.deep_links.items():
        row = commanded(place(f"link {prefix}"), command)
        on_message(by_message(row), LeadsTo(Way.DEEP_LINK, prefix))
    for name, command in feature.commands.items():
        row = commanded(place(f"/{name}"), command)
        on_message(by_message(row), LeadsTo(Way.COMMAND, name))
    for key, handler in feature.menu.items():
        on_message(by_message(asked(place(key), handler)), LeadsTo(Way.MENU, key))
    for step, listener in feature.steps.items():
        adapted = stepped(place(step), listener)
        on_message(adapted, AtStep(step))
        router.edited_message.register(adapted, AtStep(step))
    for kind, tap in feature.taps.items():
        on_tap(by_tap(tapped(place(kind.__prefix__), tap)), Pressed(kind))
    for kind, tap in feature.step_taps.items():
        on_tap(by_tap(tapped_at_a_step(place(kind.__prefix__), tap)), Pressed(kind))
    return router


def _last_router(features: Sequence[Feature]) -> Router:
    router = Router(name="last")
    for feature in features:
        if feature.otherwise:
            place = Place(feature.name, "otherwise")
            router.message.register(heard(place, feature.otherwise), InPrivate())
    for feature in features:
        if feature.group:
            in_group = asked(Place(feature.name, "group"), feature.group)
            router.message.register(by_message(in_group))
    router.callback_query.register(_stale)
    return router


async def _stale(_query: CallbackQuery, call: Call, arrival: Arrival) -> Answer:
    arrival.outcome = Outcome.STALE
    return stale(call.texts)
