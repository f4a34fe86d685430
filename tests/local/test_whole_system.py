"""`python -m services.local`, as a person starts it: up, killed part by part, ended, up again."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from services.local.process import answers_http
from tests.eventually import until
from tests.fakes.bot_api import TOKEN, bot_api

ROW = re.compile(r"^([a-z0-9-]+) +(\d+) +(\S.*?) +/", re.MULTILINE)
OPS = re.compile(r"ops 127\.0\.0\.1:(\d+)")

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks for children in /proc"),
    pytest.mark.timeout(300),
]


class Run:
    """One run of the command, its words and its children."""

    def __init__(self, child: asyncio.subprocess.Process, words: Path) -> None:
        self.child = child
        self.file = words

    @property
    def words(self) -> str:
        return self.file.read_text()

    @property
    def table(self) -> dict[str, tuple[int, str]]:
        """Process id and places by name, as printed."""
        return {name: (int(pid), where) for name, pid, where in ROW.findall(self.words)}

    async def up(self) -> None:
        await until(lambda: self._is_told("Ctrl-C ends all of it"), timeout=200)

    async def told(self, words: str) -> None:
        await until(lambda: self._is_told(words), timeout=100)

    async def end(self) -> int:
        if self.child.returncode is None:
            self.child.send_signal(signal.SIGINT)
        return await asyncio.wait_for(self.child.wait(), 60)

    def _is_told(self, words: str) -> bool:
        assert self.child.returncode is None, self.words
        return words in self.words


@asynccontextmanager
async def started(folder: Path, **environ: str) -> AsyncIterator[Run]:
    """The command over `folder`, on free ports; ended with the block, whatever happens in it."""
    words = folder / f"words-{time.monotonic_ns()}"
    hidden = ("BOT_TOKEN", "WEBHOOK_SECRET")
    inherited = {name: value for name, value in os.environ.items() if name not in hidden}
    with words.open("wb") as output:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.local"),
            env={**inherited, "LOCAL_DATA": str(folder / "data"), "LOCAL_PORTS": "free", **environ},
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    run = Run(child, words)
    try:
        yield run
    finally:
        await run.end()


@pytest_asyncio.fixture(scope="module")
async def run(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Run]:
    """One for all tests here. Its end is a proof too: Ctrl-C leaves nothing behind."""
    async with started(tmp_path_factory.mktemp("whole")) as running:
        await running.up()
        assert all(is_running(pid) for pid, _ in running.table.values())
        yield running
        assert await running.end() == 0
        assert not any(is_running(pid) for pid, _ in running.table.values())
        assert running.words.count("stopping") == 6


def is_running(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


async def test_everything_is_ready_and_the_address_to_open_is_told(run: Run) -> None:
    assert re.search(r"^open http://127\.0\.0\.1:\d+/$", run.words, re.MULTILINE)
    assert "was not ready" not in run.words
    assert len(run.table) == 13
    for name, (_, where) in run.table.items():
        for port in OPS.findall(where):
            assert await answers_http(int(port))(), name


async def test_every_process_that_is_killed_comes_back(run: Run) -> None:
    stores = [name for name in run.table if name.startswith(("postgres", "valkey"))]
    for wave in (stores, [name for name in run.table if name not in stores]):
        for name in wave:
            os.kill(run.table[name][0], signal.SIGKILL)
        for name in wave:
            await run.told(f"{name} is back")
    for name, (_, where) in run.table.items():
        for port in OPS.findall(where):
            assert await answers_http(int(port))(), name


async def test_a_second_one_over_the_same_folder_is_refused_in_a_sentence(run: Run) -> None:
    async with started(run.file.parent) as second:
        assert await second.child.wait() == 1
        assert second.words == (
            f"fotbot: it is running here already (process {run.child.pid});"
            " use that one, or stop it with Ctrl-C first\n"
        )


async def test_wrong_settings_are_told_without_a_traceback(tmp_path: Path) -> None:
    async with started(tmp_path, LOCAL_PORTS="some", TELEGRAM_API_URL="nowhere") as run:
        assert await run.child.wait() == 1
        assert run.words.startswith("fotbot: ")
        assert "LOCAL_PORTS" in run.words
        assert "TELEGRAM_API_URL" in run.words
        assert "Traceback" not in run.words


async def test_a_port_in_use_is_told_with_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 54320)):
        async with started(tmp_path, LOCAL_PORTS="known") as run:
            assert await run.child.wait() == 1
            assert "54320 (postgres)" in run.words
            assert "Stop that program" in run.words


async def test_a_bot_with_a_webhook_is_not_served_from_here(tmp_path: Path) -> None:
    async with bot_api() as api:
        api.webhook = "https://football.example/hook"
        environ = {"BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": api.url}
        async with started(tmp_path, **environ) as run:
            assert await run.child.wait() == 1
            assert "served by a webhook at football.example and is left alone" in run.words
            assert TOKEN not in run.words
