"""After people have signed up, written, pressed and tried what is not theirs, nothing that the
system wrote by then, whoever made it write, holds a token, a phone, a secret or an invitation."""

from __future__ import annotations

import json
from pathlib import Path

from google.protobuf.json_format import MessageToDict

from services.local.layout import LOCAL_BOT
from tests.e2e.acts import player
from tests.e2e.city import SECRET, City
from tests.e2e.collector import Collector
from tests.e2e.test_teams import found, invite, join
from tests.eventually import eventually
from tests.faults.leaks import leaks

WRONG = "not-the-secret-of-anybody-0123456789"
BAD = ["{", "[]", '{"update_id": 7, "message": {"text": "+998901112233"}}']


async def bring(city: City, body: str, secret: str) -> tuple[int, str]:
    """An update by hand: its status, and every word of the answer."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret, "Content-Type": "application/json"}
    address = city.layout.webhook_url
    async with city.http.post(address, data=body, headers=headers) as response:
        return response.status, f"{dict(response.headers)} {await response.text()}"


def logs_in(folder: Path) -> dict[str, str]:
    """Of every process, by file."""
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


async def everything_written(city: City, spans: Collector) -> dict[str, str]:
    """By where it is."""
    written = logs_in(Path(city.logs))
    for role in city.layout.roles:
        for page in ("/metrics", "/readyz"):
            async with city.http.get(city.ops(role.name, page)) as response:
                written[f"{role.name}{page}"] = await response.text()
    told = [(name, MessageToDict(span)) for name, span in spans.spans]
    return {**written, "traces": json.dumps(told, ensure_ascii=False)}


async def secrets_of(city: City) -> dict[str, str]:
    """By what they are: those of the settings, and what the database has of people."""
    database = city.layout.database
    urls = {
        f"the password of {role}": database.url(role).split(":")[2].split("@")[0]
        for role in ("users", "sessions", "teams", "sender")
    }
    connection = await city.postgres.admin(database.name)
    rows = await connection.fetch("SELECT id, phone FROM users.people WHERE phone <> ''")
    await connection.close()
    phones = {f"the phone of {row['id']}": str(row["phone"]).lstrip("+") for row in rows}
    return {**urls, **phones, "the webhook's secret": SECRET, "the bot's token": LOCAL_BOT}


async def test_nothing_that_was_written_holds_what_nobody_may_read(
    city: City, spans: Collector
) -> None:
    captain, friend = [await player(city, "en", name) for name in ("Sardor", "Ali")]
    await found(captain, "Quiet ones")
    link = await invite(captain)
    await join(friend, link, "Quiet ones")
    await friend.says("/broadcast")
    await friend.says("call me: +998 90 111 22 33")
    answers = [await bring(city, body, secret) for body in BAD for secret in (SECRET, WRONG)]
    assert [status for status, _ in answers[1::2]] == [401] * len(BAD)

    async def has_traced() -> bool:
        return any(name == "gateway" for name, _ in spans.spans)

    await eventually(has_traced)
    secrets = await secrets_of(city)
    secrets |= {"an invitation": link.removeprefix("t_"), "a wrong secret": WRONG}
    assert len(secrets) > 8
    written = await everything_written(city, spans)
    written["answers"] = " ".join(words for _, words in answers)
    assert {role.name for role in city.layout.roles} <= {name.split(".")[0] for name in written}
    hidden = [one for where, text in written.items() for one in leaks(where, text, secrets)]
    assert hidden == []


async def test_a_try_of_what_is_not_his_is_in_the_audit(city: City) -> None:
    person = await player(city, "en", "Nosy")
    for words in ("/broadcast", "/create"):
        await person.says(words)
    connection = await city.postgres.admin(city.layout.database.name)
    rows = await connection.fetch(
        "SELECT note FROM sessions.audit WHERE action = 'refused' AND actor_id ="
        " (SELECT id FROM users.people WHERE telegram_id = $1) ORDER BY id",
        person.telegram_id,
    )
    await connection.close()
    assert [row["note"] for row in rows] == ["CountAudience", "GetOrganiserSettings"]
