"""The local Telegram as a whole: one bot, its people and chats, and what waits for it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from services.local.telegram.chats import Bot, Chats
from services.local.telegram.events import Events
from services.local.telegram.limits import Limits
from services.local.telegram.people import People
from services.local.telegram.presses import Presses
from services.local.telegram.store import Store
from services.local.telegram.updates import Updates

BOT_USERNAME = "fotbot_local_bot"
BOT_NAME = "Fotbot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telegram:
    token: str
    bot: Bot
    store: Store
    events: Events
    people: People
    chats: Chats
    updates: Updates
    presses: Presses
    limits: Limits
    clock: Callable[[], float]


def open_telegram(
    path: str,
    token: str,
    *,
    organiser: int = 1001,
    limited: bool = True,
    clock: Callable[[], float] = time.time,
) -> Telegram:
    """What is kept at `path`, or a new world with its first people. `clock` gives Unix seconds."""
    store, events = Store(path), Events()
    people = People(store)
    people.seed(organiser)
    return Telegram(
        token=token,
        bot=Bot(id=int(token.partition(":")[0]), username=BOT_USERNAME, first_name=BOT_NAME),
        store=store,
        events=events,
        people=people,
        chats=Chats(store=store, events=events, people=people, clock=clock),
        updates=Updates(store=store, clock=clock),
        presses=Presses(store=store, events=events, clock=clock),
        limits=Limits(clock=clock, enabled=limited),
        clock=clock,
    )
