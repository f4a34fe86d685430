"""Two whole evenings through the chat; every message to every person, compared with what is kept.

`FOTBOT_KEEP_TRANSCRIPTS=1 make test TESTS=tests/e2e/test_transcripts.py` keeps the new ones.
"""

import os
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from difflib import unified_diff
from pathlib import Path

import pytest
import pytest_asyncio

from services.gateway.texts import LANGUAGES, dates, texts_for
from services.local.ports import free_port, free_valkey_ports
from services.local.roles import ROLES
from services.local.stores.postgres import PostgresPair
from services.local.stores.valkey import ValkeyCluster
from services.local.supervisor import Supervisor
from tests.e2e import transcript
from tests.e2e.acts import ZONE, soon
from tests.e2e.certified import CertifiedLayout, certified
from tests.e2e.city import ADMINS, SCRIPT_ADMINS, City, running_city
from tests.e2e.gateways import unlimited
from tests.e2e.people import Human
from tests.e2e.two_evenings import NAMES, Evening

KEEP = bool(os.environ.get("FOTBOT_KEEP_TRANSCRIPTS"))


@pytest_asyncio.fixture(scope="module", name="city")
async def own_city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    """What people read hangs on which other evenings there are, so here are no others. Its
    processes know each other by certificates that do not stay the same."""
    root = tmp_path_factory.mktemp("evenings")
    ports = {"port": free_port(), "replica_port": free_port()}
    async with (
        Supervisor(root / "stores") as supervisor,
        PostgresPair(root / "postgres", supervisor, durable=False, **ports) as postgres,
        ValkeyCluster(root / "valkey", supervisor, ports=free_valkey_ports(3)) as valkey,
        certified(root / "certificates") as options,
        running_city(
            postgres, valkey, root, {"ADMIN_TG_IDS": ADMINS, **options}, CertifiedLayout
        ) as found,
    ):
        yield found


@pytest_asyncio.fixture(scope="module")
async def quick(city: City) -> AsyncIterator[City]:
    async with unlimited(city):
        yield city


async def test_an_evening_of_twenty_eight_individuals(quick: City) -> None:
    evening = Evening(
        city=quick,
        organiser=Human(quick, SCRIPT_ADMINS[0], "uz"),
        venue="Chilonzor Arena",
        starts=soon(datetime.now(UTC)),
    )
    *players, late = NAMES
    await evening.gather(NAMES)
    await evening.prepare(28, approval=evening.organiser.texts.plain("create.approval.yes"))
    await evening.join(NAMES)
    for name in players:
        await evening.pay(name)
    await evening.hear_of_receipts(players)
    await evening.look_at_entries()
    await evening.approve([name for name in players if name != "Sergey"])
    await evening.turn_down("Sergey", "Chekda boshqa summa")
    await evening.promoted(late)
    await evening.pay(late)
    await evening.hear_of_receipts([late])
    await evening.look_at_entries()
    await evening.approve([late])
    await evening.start()
    await evening.hear_of_sides([name for name in NAMES if name != "Sergey"])
    one, two, three, four = (f"{number}-jamoa" for number in range(1, 5))
    await evening.play(1, one, two, [(0, "Ali", "Vali"), (1, "Andrey", None)])
    await evening.play(2, three, four, [(0, "Oliver", "Harry"), (0, "Oliver", None)])
    await evening.play(3, one, three, [(0, "Gani", "Ali")])
    await evening.play(4, two, four, [(1, "Komil", "Davron"), (0, "Rustam", "Aziz")])
    await evening.play(5, one, four, [])
    await evening.play(6, two, three, [(1, "Harry", "Oliver"), (0, "Timur", None)])
    await evening.finish(three, "Oliver")
    compare("twenty_eight_individuals", await pages(evening))
    must_have_renewed(quick)


async def test_an_evening_of_three_teams_and_seven_individuals(quick: City) -> None:
    evening = Evening(
        city=quick,
        organiser=Human(quick, SCRIPT_ADMINS[1], "ru"),
        venue="Yunusobod Sport",
        starts=soon(datetime.now(UTC)),
    )
    squads = {"Burgutlar": NAMES[0:7], "Sherlar": NAMES[7:14], "Lions": NAMES[14:21]}
    singles = NAMES[21:28]
    await evening.gather(NAMES[:28])
    await evening.prepare(28)
    for team, (captain, *members) in squads.items():
        await evening.found(captain, team, members)
        await evening.bring(captain)
        await evening.pay(captain)
    await evening.join(singles)
    for name in singles:
        await evening.pay(name)
    await evening.hear_of_receipts([*(captain for captain, *_ in squads.values()), *singles])
    await evening.look_at_entries()
    await evening.approve([*(captain for captain, *_ in squads.values()), *singles])
    await evening.start()
    await evening.hear_of_sides(NAMES[:28])
    drawn = evening.organiser.texts.plain("evening.side", number=4)
    await evening.play(1, "Burgutlar", "Sherlar", [(0, "Ali", "Vali"), (1, "Andrey", "Sergey")])
    await evening.play(2, "Lions", drawn, [(1, "Ivan", "Pavel"), (1, "Ivan", None)])
    await evening.play(3, "Burgutlar", drawn, [(0, "Gani", None)])
    await evening.finish("Burgutlar", "Gani")
    compare("three_teams_and_seven_individuals", await pages(evening))
    must_have_renewed(quick)


async def pages(evening: Evening) -> str:
    """Everybody's page, the organiser's first."""
    masks = list(masks_of(evening))
    people = {"Organiser": evening.organiser, **evening.people}
    return "\n".join(
        [await transcript.page_of(person, name, masks) for name, person in people.items()]
    )


def masks_of(evening: Evening) -> list[tuple[str, str]]:
    """What differs from run to run: days, times, and what hangs on the hour or on other tests.

    Late in the evening no time of today is left to offer, so that row is looked at nowhere.
    """
    today = evening.starts.astimezone(ZONE).date()
    forms = {
        form(today + timedelta(days=ahead), language)
        for ahead in range(-1, 16)
        for language in LANGUAGES
        for form in (dates.day, dates.short_day, dates.day_month)
    }
    times = r"\d{1,2}:\d{2}(–\d{1,2}:\d{2})?\b"
    venues = "|".join(re.escape(texts_for(language)("ask.venue")) for language in LANGUAGES)
    return [
        *((form, "<day>") for form in sorted(forms, key=len, reverse=True)),
        (rf"(    (\[{times}\] ?)+\n)+", ""),
        (times, "<time>"),
        (rf"((?:{venues})\n)(?:    \[.*\]\n)*?(    \[✖️.*\]\n)", r"\1\2"),
        (r"\d\d\.\d\d\.\d{4}", "<date>"),
        (r"99890\d+", "<phone>"),
        (r"t_[\w-]{22}", "t_<token>"),
    ]


def must_have_renewed(city: City) -> None:
    """All of them while people played, and nobody was turned away."""
    for role in ROLES:
        log = (Path(city.logs) / f"{role.name}.log").read_text()
        assert "certificates are renewed" in log, role.name
        assert "a caller is turned away" not in log, role.name


def compare(name: str, text: str) -> None:
    """Fails when people read something else than what is kept."""
    if KEEP:
        transcript.keep(name, text)
    before, now = transcript.kept(name).splitlines(), text.splitlines()
    assert "\n".join(unified_diff(before, now, "kept", "now", lineterm="")) == ""
