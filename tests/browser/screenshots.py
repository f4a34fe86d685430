"""Plays an evening in the chat page of a system of its own and photographs it for the README.

The system's data lies in a temporary folder, and nothing of it is left running.
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fotbot.common.v1.write_pb2 import WriteContext
from fotbot.sessions.v1.sessions_service_pb2 import ListSessionsRequest, RegisterRequest
from playwright.async_api import Page, ViewportSize, expect

from services.chassis.deadline import budget
from services.gateway.texts.dates import money
from services.local.ports import free_port, free_valkey_ports
from services.local.stores.postgres import PostgresPair
from services.local.stores.valkey import ValkeyCluster
from services.local.supervisor import Supervisor
from tests.browser.chat import Chat
from tests.browser.chromium import BROWSER, chromium, opened
from tests.e2e.city import ADMIN, City, running_city
from tests.e2e.league import CALL_SECONDS, League, league

PICTURES = Path(__file__).parent / "screenshots"
WINDOW = ViewportSize(width=1100, height=760)
VENUE = "Chilonzor Arena"
FLATTEN = "document.documentElement.style.setProperty('--sky', '#b9dcc4')"
"""Without the page's gradient a picture takes half the bytes."""

TO_FILL = 8
"""Friends who already play, so that two of the ten places are left."""

DILNOZA, IVAN, TOM = 1002, 1004, 1006
"""People whom the local Telegram has from the start."""


async def evening() -> None:
    """From the organiser's first message to the notice of a promotion."""
    with tempfile.TemporaryDirectory(prefix="fotbot-") as folder:
        async with (
            system(Path(folder)) as city,
            league(city) as friends,
            chromium() as browser,
            opened(browser, city.layout.telegram_api_url, WINDOW) as page,
        ):
            await open_session(Chat(page, ADMIN, "en"))
            await fill(friends)
            await play(page)
            say("stopping")
    say("done")


@asynccontextmanager
async def system(folder: Path) -> AsyncIterator[City]:
    """Stores and processes of its own."""
    say("starting Postgres and Valkey")
    ports = {"port": free_port(), "replica_port": free_port()}
    async with (
        Supervisor(folder / "logs") as supervisor,
        PostgresPair(folder / "postgres", supervisor, durable=False, **ports) as postgres,
        ValkeyCluster(folder / "valkey", supervisor, ports=free_valkey_ports(3)) as valkey,
    ):
        say("starting the services and the local Telegram")
        options = {"ADMIN_TG_IDS": str(ADMIN)}
        async with running_city(postgres, valkey, folder, options) as city:
            yield city


async def open_session(organiser: Chat) -> None:
    """The conversation that opens one, with a picture of the card that it ends with."""
    texts = organiser.texts
    say("the organiser signs up and opens a session")
    await organiser.open()
    await organiser.onboard("Aziz")
    await organiser.chooses("menu.create")
    await organiser.reads(texts.plain("ask.venue"))
    await organiser.writes(VENUE)
    for key, answer in [
        ("ask.day", texts.plain("create.tomorrow", day="")),
        ("ask.time", "19:30"),
        ("ask.minutes", "90"),
        ("ask.format", texts.plain("format.5")),
        ("ask.squad", "5"),
        ("ask.price", money(40_000, "en")),
        ("ask.capacity", "10"),
        ("ask.approval", texts.plain("create.approval.no")),
    ]:
        await organiser.reads(texts.plain(key))
        await organiser.presses(answer)
    await organiser.reads(texts.plain("ask.confirm"))
    await organiser.presses(texts("create.confirm"))
    await organiser.reads(texts.plain("create.done"))
    await photograph(organiser.page, "organiser")


async def fill(friends: League) -> None:
    """Eight others are in it already."""
    say("eight friends join")
    members = [await friends.member() for _ in range(TO_FILL)]
    for member in members:
        with budget(CALL_SECONDS):
            listed = await friends.sessions.ListSessions(
                ListSessionsRequest(viewer_id=member.user_id)
            )
            write = WriteContext(actor_id=member.user_id, request_id="a friend joins")
            [view] = listed.sessions
            await friends.sessions.Register(
                RegisterRequest(write=write, session_id=view.session.id)
            )


async def play(page: Page) -> None:
    """Two take the last places, a third waits and is told when one of them leaves."""
    dilnoza, ivan = Chat(page, DILNOZA, "uz"), Chat(page, IVAN, "ru")
    tom = Chat(page, TOM, "en")
    say("Ivan, in Russian, and Dilnoza, in Uzbek, take the last places")
    await take_place(ivan, "Иван", "join.confirmed", place=9)
    await take_place(dilnoza, "Dilnoza", "join.confirmed", place=10)
    await photograph(page, "player")
    say("Tom, in English, waits")
    await take_place(tom, "Tom", "join.waiting", place=1)
    say("Ivan leaves, and Tom is told")
    await ivan.open()
    await ivan.presses(ivan.texts("sessions.leave"))
    await ivan.reads_toast(ivan.texts.toast("leave.done"))
    await tom.open()
    await tom.reads(VENUE, tom.texts("notice.open"))
    await photograph(page, "promoted")


async def take_place(person: Chat, name: str, outcome: str, place: int) -> None:
    """Signs up, opens the card and presses its button."""
    await person.open()
    await person.onboard(name)
    await person.open_card(VENUE)
    texts, full = person.texts, outcome == "join.waiting"
    await person.presses(texts("sessions.queue" if full else "sessions.join"))
    await person.reads_toast(texts.toast(outcome, place=place))
    await person.reads(VENUE, texts("sessions.leave.queue" if full else "sessions.leave"))


async def photograph(page: Page, name: str) -> None:
    """What is seen now, once the page is at rest and shows what the last press changed."""
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)
    await page.evaluate(FLATTEN)
    await page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")
    picture = PICTURES / f"{name}.png"
    await page.screenshot(path=picture)
    say(f"photographed {picture.name}, {picture.stat().st_size // 1024} KB")


def say(words: str) -> None:
    """Progress, for the person who waits."""
    print(f"screenshots: {words}", flush=True)


if __name__ == "__main__":
    if BROWSER is None:
        sys.exit("no Chromium: apt-get install --no-install-recommends chromium")
    PICTURES.mkdir(exist_ok=True)
    asyncio.run(evening())
