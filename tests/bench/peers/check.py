"""Do the alternatives show a person what Fotbot shows, and oversell nothing?

python -m tests.bench.peers.check [NAME...]: each is started for real, its answers and its calls
to Telegram are printed beside Fotbot's, and 200 people tap for 10 places at once.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web

from tests.bench.peers.expected import Fotbot, Shown
from tests.bench.peers.system import DATABASE, NAMES, Peer, PeerUnavailable, running_peer
from tests.bench.systems import Scale
from tests.fakes.bot_api import served
from tests.load.judge import judge
from tests.load.updates import FIRST_PERSON, fresh_ids, message, tap

RUSH = 200
SCALE = Scale(people=RUSH + 10, sessions=20, capacity=10)
PATIENCE_SECONDS = 10.0
CONNECTION = {"chat_id", "message_id", "callback_query_id"}
"""Parameters that say where to, not what."""


@dataclass(slots=True)
class Telegram:
    """Keeps what it is asked to do, by the callback query or the chat it is about."""

    calls: list[tuple[str, Shown]] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def answer(self, request: web.Request) -> web.Response:
        """As the Bot API does."""
        method = request.match_info["method"]
        if method.lower() == "getme":
            me = {"id": 42, "is_bot": True, "first_name": "Fotbot", "username": "fotbot"}
            return web.json_response({"ok": True, "result": me})
        given = _parsed(request.content_type, request.headers, await request.read())
        async with self.arrived:
            self.calls.append((method, given))
            self.arrived.notify_all()
        result: Any = True
        if method != "answerCallbackQuery":
            chat = {"id": int(given["chat_id"]), "type": "private"}
            result = {"message_id": 7, "date": 1, "chat": chat, "text": given["text"]}
        return web.json_response({"ok": True, "result": result})


@dataclass(slots=True)
class Checked:
    """One alternative under the check; `faults` is empty when all is well."""

    peer: Peer
    telegram: Telegram
    http: aiohttp.ClientSession
    faults: list[str] = field(default_factory=list)
    _ids: Any = field(default_factory=fresh_ids)

    async def bring(self, person: int, said: str) -> tuple[str, Shown, Shown]:
        """What rode in the answer and all that was shown, when as much as wanted has come."""
        is_tap = ":" in said
        update_id = self._ids()
        update = (tap if is_tap else message)(said, FIRST_PERSON + person, update_id)
        door = self.peer.door
        url = f"http://{door.host}:{door.port}{door.path}"
        headers = {"X-Telegram-Bot-Api-Secret-Token": door.secret}
        async with self.http.post(url, json=update, headers=headers) as response:
            assert response.status == 200, response.status
            body = await response.read()
            riding = _parsed(response.content_type, response.headers, body)
        method = riding.pop("method", "")
        mine = str(update_id), str(FIRST_PERSON + person)
        wanted = 1 + is_tap - bool(method)
        async with asyncio.timeout(PATIENCE_SECONDS), self.telegram.arrived:
            await self.telegram.arrived.wait_for(lambda: len(self._called(mine)) >= wanted)
        shown = self._called(mine)
        self.telegram.calls = [c for c in self.telegram.calls if not _about(c[1], mine)]
        return method, riding, {**shown, **({method: riding} if method else {})}

    async def shows(self, what: str, person: int, said: str, fotbots: Shown) -> None:
        """Prints both, and notes a difference."""
        method, _, shown = await self.bring(person, said)
        ours, theirs = _seen(fotbots), _seen(shown)
        print(f"  {what}: {'the same as Fotbot' if ours == theirs else 'DIFFERS'}")
        for name in shown:
            way = "in the answer" if name == method else "by a call"
            print(f"    {name} ({way}): {_short(theirs[name])}")
        if ours != theirs:
            self.faults.append(what)
            print(f"    Fotbot: {_short(ours)}")

    def _called(self, about: tuple[str, str]) -> Shown:
        return {method: given for method, given in self.telegram.calls if _about(given, about)}


async def check(checked: Checked) -> None:
    """The situations, then the rush."""
    fotbot = Fotbot(await _sessions(checked.peer))
    shows = checked.shows
    await shows("/start", 0, "/start", fotbot.start())
    await shows("/sessions", 0, "/sessions", fotbot.list())
    confirmed = fotbot.tapped("join.confirmed", 1, taken=1, place=1)
    await shows("join", 0, "join:1", confirmed)
    again = fotbot.tapped("join.already_confirmed", 1, taken=1, place=1)
    await shows("join again", 0, "join:1", again)
    await shows("leave", 0, "leave:1", fotbot.tapped("leave.done", 1, taken=0))
    await shows("leave again", 0, "leave:1", fotbot.tapped("leave.already", 1, taken=0))
    await rush(checked)
    waiting = RUSH - SCALE.capacity + 1
    queued = fotbot.tapped("join.waiting", 2, taken=10, waiting=waiting, queue=waiting)
    await shows("join a full one", RUSH, "join:2", queued)
    again = fotbot.tapped("join.already_waiting", 2, taken=10, waiting=waiting, queue=waiting)
    await shows("and again", RUSH, "join:2", again)
    await promotion(checked)
    await forged(checked)


async def rush(checked: Checked) -> None:
    """Everybody at once; toasts, calls and rows are compared by the judge."""
    taps = (checked.bring(person, "join:2") for person in range(RUSH))
    told = [shown["answerCallbackQuery"]["text"] for _, _, shown in await asyncio.gather(*taps)]
    numbers = sorted((words.startswith("⏳"), int(re.findall(r"\d+", words)[0])) for words in told)
    places = SCALE.capacity
    wanted = [(False, n + 1) for n in range(places)]
    wanted += [(True, n + 1) for n in range(RUSH - places)]
    if numbers != wanted:
        checked.faults.append("numbers told in the rush")
    await _judged(checked, f"{RUSH} taps at once on {places} places", RUSH)


async def promotion(checked: Checked) -> None:
    """All who are in leave at once, and the first who wait take their places."""
    places = [p for p in await checked.peer.places() if p.session == 2]
    going = [place.person - FIRST_PERSON for place in places if not place.waiting]
    first = sorted((p.number, p.person) for p in places if p.waiting)[: SCALE.capacity]
    await asyncio.gather(*(checked.bring(person, "leave:2") for person in going))
    after = {p.person for p in await checked.peer.places() if p.session == 2 and not p.waiting}
    if after != {person for _, person in first}:
        checked.faults.append("who moves up")
    await _judged(checked, "all places given up at once", RUSH + 1 - SCALE.capacity)


async def forged(checked: Checked) -> None:
    """A wrong secret, and data of no session."""
    door = checked.peer.door
    url = f"http://{door.host}:{door.port}{door.path}"
    headers = {"X-Telegram-Bot-Api-Secret-Token": "wrong"}
    async with checked.http.post(url, json={"update_id": 1}, headers=headers) as response:
        if response.status not in (401, 403):
            checked.faults.append(f"a wrong secret: {response.status}")


async def _judged(checked: Checked, what: str, people: int) -> None:
    places = [p for p in await checked.peer.places() if p.session == 2]
    verdict = judge(places, await checked.peer.capacities())
    print(f"  {what}: {len(places)} entries; {verdict.words()}")
    if not verdict.is_clean or len(places) != people:
        checked.faults.append(what)


async def _sessions(peer: Peer) -> list[Any]:
    connection = await peer.stores.postgres.admin(DATABASE)
    try:
        rows: list[Any] = await connection.fetch('SELECT * FROM "Session" ORDER BY start_at')
    finally:
        await connection.close()
    return rows


def _parsed(kind: str, headers: Any, body: bytes) -> Shown:
    """Parameters, whatever their form; an empty body has none."""
    if not body.strip():
        return {}
    if kind == "application/json":
        return dict(json.loads(body))
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(body.decode()))
    head = f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode()
    return {
        str(part.get_param("name", header="content-disposition")): part.get_payload(
            decode=True
        ).decode()
        for part in message_from_bytes(head + body).get_payload()
    }


def _about(given: Shown, about: tuple[str, str]) -> bool:
    query, chat = about
    if "callback_query_id" in given:
        return str(given["callback_query_id"]) == query
    return str(given.get("chat_id")) == chat


def _seen(shown: Shown) -> Shown:
    """What a person sees of it."""
    return {method: _plain(given) for method, given in shown.items()}


def _plain(given: Shown) -> Shown:
    kept = {key: _value(value) for key, value in given.items() if key not in CONNECTION}
    for row in kept.get("reply_markup", {}).get("inline_keyboard", []):
        for button in row:
            button.pop("callback_data", None)
    return kept


def _value(value: Any) -> Any:
    value = json.loads(value) if isinstance(value, str) and value[:1] in "{[" else value
    return json.loads(json.dumps(value))


def _short(shown: Any) -> str:
    return json.dumps(shown, ensure_ascii=False)


@asynccontextmanager
async def _checked(name: str, folder: Path) -> AsyncIterator[Checked]:
    telegram = Telegram()
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", telegram.answer)
    connector = aiohttp.TCPConnector(limit=0)
    async with (
        served(app) as url,
        running_peer(name, folder, SCALE, telegram_url=url) as peer,
        aiohttp.ClientSession(connector=connector) as http,
    ):
        yield Checked(peer, telegram, http)


async def _all(names: list[str]) -> int:
    failed = 0
    for name in names:
        print(name, flush=True)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            try:
                async with _checked(name, Path(folder)) as checked:
                    await check(checked)
            except PeerUnavailable as fault:
                print(f"  left out: {fault}")
                continue
        failed += bool(checked.faults)
        print(f"  {'FAULTS: ' + ', '.join(checked.faults) if checked.faults else 'all is well'}")
    return failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=", ".join(NAMES))
    names = parser.parse_args().names or list(NAMES)
    sys.exit(asyncio.run(_all(names)))


if __name__ == "__main__":
    main()
