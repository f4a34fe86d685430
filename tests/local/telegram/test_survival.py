"""What was accepted is there after a SIGKILL, and after the next start."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from services.local.ports import free_port
from services.local.telegram.errors import ApiError
from tests.eventually import until
from tests.local.telegram.running import SECRET, TOKEN, Hook, hooked, running


@asynccontextmanager
async def process(data: Path, port: int, **env: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m services.local.telegram`, killed at the end if it still runs."""
    settings = {
        "LOCAL_TELEGRAM_PORT": str(port),
        "LOCAL_TELEGRAM_DATA": str(data),
        "BOT_TOKEN": TOKEN,
    }
    command = (sys.executable, "-m", "services.local.telegram")
    child = await asyncio.create_subprocess_exec(*command, env=settings | env)
    try:
        await answering(port)
        yield child
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()


async def answering(port: int) -> None:
    async with asyncio.timeout(20), aiohttp.ClientSession() as http:
        while True:
            with contextlib.suppress(aiohttp.ClientConnectionError):
                async with http.get(f"http://127.0.0.1:{port}/readyz") as response:
                    assert response.status == 200
                    return
            await asyncio.sleep(0.05)


async def post(port: int, path: str, **body: Any) -> Any:
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"http://127.0.0.1:{port}{path}", json=body) as response,
    ):
        return await response.json()


async def test_after_a_kill_updates_chats_numbers_and_the_webhook_are_still_there(
    tmp_path: Path,
) -> None:
    port, data = free_port(), tmp_path / "telegram" / "data.db"
    async with process(data, port) as child:
        first = await post(port, "/local/1002/say", text="before")
        await post(port, f"/bot{TOKEN}/sendMessage", chat_id=1002, text="an answer")
        child.send_signal(signal.SIGKILL)
        await child.wait()
    async with hooked() as hook:
        async with process(data, port, WEBHOOK_URL=hook.url, WEBHOOK_SECRET=SECRET):
            (update,) = await hook.until(1)
            assert update["update_id"] == first["update_id"]
            assert hook.headers[0]["X-Telegram-Bot-Api-Secret-Token"] == SECRET
            again = await post(port, "/local/1002/say", text="after")
            assert again["update_id"] == first["update_id"] + 1
            assert again["message_id"] == first["message_id"] + 2
            await hook.until(2)
        async with process(data, port):
            await post(port, "/local/1002/say", text="without being told the webhook again")
            await hook.until(3)


async def test_a_kill_between_two_tries_loses_and_repeats_nothing(tmp_path: Path) -> None:
    port, data = free_port(), tmp_path / "data.db"
    async with process(data, port, WEBHOOK_URL=f"http://127.0.0.1:{free_port()}/hook"):
        for text in "abc":
            await post(port, "/local/1002/say", text=text)
    async with hooked() as hook, process(data, port, WEBHOOK_URL=hook.url):
        await hook.until(3)
        assert texts(hook) == ["a", "b", "c"]


def texts(hook: Hook) -> list[str]:
    return [update["message"]["text"] for update in hook.got]


async def test_a_stop_signal_ends_it_though_a_page_is_listening(tmp_path: Path) -> None:
    port = free_port()
    async with (
        process(tmp_path / "data.db", port) as child,
        aiohttp.ClientSession() as http,
        http.get(f"http://127.0.0.1:{port}/local/events") as stream,
    ):
        assert (await stream.content.readline()).startswith(b":")
        child.terminate()
        async with asyncio.timeout(3):
            await child.wait()


async def test_it_says_all_that_is_wrong_with_its_settings() -> None:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.local.telegram"),
        env={"BOT_TOKEN": "nonsense"},
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await child.communicate()
    assert child.returncode == 1
    assert b"LOCAL_TELEGRAM_DATA is not set" in errors
    assert b"BOT_TOKEN" in errors
    assert b"Traceback" not in errors


async def test_an_act_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    async with running(str(tmp_path / "data.db")) as local:
        store = local.telegram.store
        with contextlib.suppress(ApiError), store.transaction():
            local.telegram.people.add("Nobody", 7)
            raise ApiError(500, "half way")
        await until(lambda: local.telegram.people.find(7) is None)
