"""What people do in the chat, step by step, as they read and press it: the parts of evenings."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.gateway.features.create_session.screens import STEPS
from services.gateway.texts import Texts
from tests.e2e.city import City
from tests.e2e.people import Human, newcomer

ZONE = ZoneInfo("Asia/Tashkent")


def beginning(texts: Texts, key: str) -> str:
    """A text's first line as it is read, up to the first value: enough to know it by."""
    values = dict.fromkeys(("venue", "when", "place", "name", "side", "number"), "")
    line = texts.plain(key, **values).splitlines()[0]
    return re.sub("<[^>]*>", "", line)


async def onboard(person: Human, name: str) -> None:
    """From /start to the menu."""
    texts = person.texts
    await person.says("/start")
    await person.presses(texts("language.name"))
    await person.reads(beginning(texts, "onboarding.name"))
    await person.says(name)
    await person.shares_contact()
    await person.reads(plain(texts, "onboarding.done", name=name))


async def player(city: City, language: str, name: str) -> Human:
    """Somebody who has signed up in the chat."""
    person = await newcomer(city, language, name)
    await onboard(person, name)
    return person


async def open_session(
    organiser: Human, venue: str, capacity: int, starts: datetime, **others: str
) -> None:
    """The organiser's conversation, typed all along. `others` answer other steps than usual."""
    await plan_session(organiser, venue, capacity, starts, **others)
    await organiser.presses(organiser.texts("create.confirm"))
    await organiser.reads(beginning(organiser.texts, "create.done"), venue)


async def plan_session(
    organiser: Human, venue: str, capacity: int, starts: datetime, **others: str
) -> None:
    """The same as far as the summary."""
    texts, here = organiser.texts, starts.astimezone(ZONE)
    answers = {
        "venue": venue,
        "day": f"{here:%d.%m.%Y}",
        "time": f"{here:%H:%M}",
        "minutes": "90",
        "format": "5",
        "squad": "7",
        "price": "40000",
        "capacity": str(capacity),
        "approval": texts.plain("create.approval.no"),
        **others,
    }
    await organiser.chooses("menu.create")
    for number, step in enumerate(STEPS[:-1], 1):
        await organiser.reads(plain(texts, "create.title", step=number, steps=len(STEPS)))
        await organiser.says(answers[step])
    await organiser.reads(plain(texts, "create.title", step=len(STEPS), steps=len(STEPS)))


async def open_card(person: Human, venue: str) -> None:
    """From the menu to a session's card."""
    await person.chooses("menu.sessions")
    await person.presses(venue)
    await person.reads(venue)


async def run(organiser: Human, venue: str) -> None:
    """From the menu to the card of a session one runs."""
    await organiser.chooses("menu.organise")
    await organiser.presses(venue)
    await organiser.reads(venue, plain(organiser.texts, "organising.planned"))


async def run_by_link(organiser: Human, session_id: int) -> None:
    """By a link to the card of a session one runs, however many there are."""
    await organiser.says(f"/start s_{session_id}")
    await organiser.presses(organiser.texts("sessions.organise"))
    await organiser.reads(plain(organiser.texts, "organising.planned"))


def soon(now: datetime) -> datetime:
    """A start that an organiser may begin at once: within the hour, on a whole five minutes."""
    late = now + timedelta(minutes=40)
    return late.replace(minute=late.minute - late.minute % 5, second=0, microsecond=0)


def plain(texts: Texts, key: str, **values: object) -> str:
    """A text's first line as it is read."""
    return re.sub("<[^>]*>", "", texts(key, **values)).splitlines()[0]
