"""Which update goes to which feature: the one ordered list, as aiogram's routers.

A router's tables come in the features' order; what nothing took is answered at the end. The
features' own tables say the rest.
"""

from collections.abc import Sequence

from aiogram import Bot as AiogramBot
from aiogram import Dispatcher as AiogramDispatcher
from aiogram import Router
from aiogram.types import CallbackQuery, Update

from services.gateway.adapters import (
    AtStep,
    InPrivate,
    LeadsTo,
    Place,
    Pressed,
    asked,
    commanded,
    heard,
    stepped,
    tapped,
    unless_unsure,
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
from services.gateway.features.profile.router import FEATURE as PROFILE
from services.gateway.features.sessions.router import FEATURE as SESSIONS
from services.gateway.features.settings.router import FEATURE as SETTINGS
from services.gateway.features.sides.router import FEATURE as SIDES
from services.gateway.features.start.router import FEATURE as START
from services.gateway.features.teams.router import FEATURE as TEAMS
from services.gateway.middlewares.conversation import Conversations
from services.gateway.middlewares.errors import Errors
from services.gateway.middlewares.identity import Identity
from services.gateway.rendering import NOTHING, Rendered
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
        self,
        features: Sequence[Feature],
        identity: Identity,
        conversations: Conversations,
        errors: Errors,
    ) -> None:
        middlewares = (identity, conversations, errors)
        self._short_way = ShortWay(features, middlewares)
        self._aiogram = AiogramDispatcher(disable_fsm=True)
        for middleware in middlewares:
            self._aiogram.update.outer_middleware(middleware)
        self._aiogram.include_routers(*map(_router, features), _last_router(features))
        self._bots: dict[int, AiogramBot] = {}

    async def answer(self, arrival: Arrival) -> Rendered:
        """The rendered answer. Raises Unanswered when a write's outcome is unknown, and
        pydantic's ValidationError for what aiogram does not take for an update."""
        led = self._short_way.find(arrival)
        if led is None:
            return await self.answer_by_aiogram(arrival)
        answer = await self._short_way.go(led, arrival)
        return answer if isinstance(answer, Rendered) else NOTHING

    async def answer_by_aiogram(self, arrival: Arrival) -> Rendered:
        """The same by the long way, which all updates can go."""
        bot = self._bot(arrival.bot)
        update = Update.model_validate(arrival.incoming.content, context={"bot": bot})
        answer = await self._aiogram.feed_update(bot, update, arrival=arrival)
        return answer if isinstance(answer, Rendered) else NOTHING

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
        adapted = commanded(place(f"link {prefix}"), command)
        on_message(adapted, LeadsTo(Way.DEEP_LINK, prefix))
    for name, command in feature.commands.items():
        on_message(commanded(place(f"/{name}"), command), LeadsTo(Way.COMMAND, name))
    for key, handler in feature.menu.items():
        on_message(asked(place(key), handler), LeadsTo(Way.MENU, key))
    for step, listener in feature.steps.items():
        adapted = stepped(place(step), listener)
        on_message(adapted, AtStep(step))
        router.edited_message.register(adapted, AtStep(step))
    for kind, tap in feature.taps.items():
        on_tap(tapped(place(kind.__prefix__), tap), Pressed(kind))
    for kind, tap in feature.step_taps.items():
        on_tap(unless_unsure(tapped(place(kind.__prefix__), tap)), Pressed(kind))
    return router


def _last_router(features: Sequence[Feature]) -> Router:
    router = Router(name="last")
    for feature in features:
        if feature.otherwise:
            place = Place(feature.name, "otherwise")
            router.message.register(unless_unsure(heard(place, feature.otherwise)), InPrivate())
    for feature in features:
        if feature.group:
            router.message.register(asked(Place(feature.name, "group"), feature.group))
    router.callback_query.register(_stale)
    return router


async def _stale(_query: CallbackQuery, call: Call, arrival: Arrival) -> Answer:
    arrival.outcome = Outcome.STALE
    return stale(call.texts)
