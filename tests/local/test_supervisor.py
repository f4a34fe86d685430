"""The supervisor keeps what it was given alive, ends all of it, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import textwrap
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from services.local.ports import free_port
from services.local.process import Process, answers_http
from services.local.supervisor import NotReady, Supervisor
from services.local.ward import Backoff
from tests.eventually import until

SERVE = (
    "import http.server as h,sys;"
    "h.test(h.SimpleHTTPRequestHandler, port=int(sys.argv[1]), bind='127.0.0.1')"
)


@pytest_asyncio.fixture
async def keeper(tmp_path: Path) -> AsyncIterator[Supervisor]:
    async with Supervisor(tmp_path / "logs", backoff=Backoff(first=0.01, last=0.1)) as supervisor:
        yield supervisor


def python(name: str, code: str, *words: str, port: int) -> Process:
    return Process(
        name=name,
        command=(sys.executable, "-c", code, *words),
        env={},
        ports={"http": port},
        ready=answers_http(port, "/"),
    )


def server(name: str) -> Process:
    port = free_port()
    return python(name, SERVE, str(port), port=port)


def is_running(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


async def test_a_killed_process_comes_back(keeper: Supervisor) -> None:
    await keeper.start(server("web"))
    killed = keeper.pid("web")
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    await keeper.died("web")
    await keeper.ready("web")
    assert keeper.pid("web") not in (None, killed)


async def test_leaving_it_ends_everything_last_started_first(tmp_path: Path) -> None:
    words: list[str] = []
    async with Supervisor(tmp_path, tell=words.append) as supervisor:
        await supervisor.start(server("store"))
        await supervisor.start(server("users"), server("teams"))
        pids = [supervisor.pid(name) for name in ("store", "users", "teams")]
    assert not any(is_running(pid) for pid in pids if pid is not None)
    assert words[-2:] == ["stopping users, teams", "stopping store"]


async def test_who_ignores_the_stop_signal_is_killed(keeper: Supervisor) -> None:
    deaf = "import signal;signal.signal(signal.SIGTERM,signal.SIG_IGN);" + SERVE
    port = free_port()
    stubborn = Process(
        name="deaf",
        command=(sys.executable, "-c", deaf, str(port)),
        env={},
        ready=answers_http(port, "/"),
        patience=0.1,
    )
    await keeper.start(stubborn)
    pid = keeper.pid("deaf")
    await keeper.stop("deaf")
    assert pid is not None
    assert not is_running(pid)


async def test_who_never_gets_ready_is_told_with_the_end_of_its_log(keeper: Supervisor) -> None:
    broken = python("broken", "raise SystemExit('no such flag')", port=free_port())
    with pytest.raises(NotReady, match="no such flag"):
        await keeper.start(broken, timeout=1)
    assert keeper.deaths("broken") > 1


async def test_a_start_hook_that_fails_is_tried_again(keeper: Supervisor) -> None:
    tries: list[int] = []

    async def before() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise ConnectionError("not yet")

    web = server("web")
    await keeper.start(
        Process(name="web", command=web.command, env={}, ready=web.ready, before=before)
    )
    assert len(tries) == 3


async def test_readiness_is_the_answer_200(keeper: Supervisor) -> None:
    port = free_port()
    await keeper.start(python("web", SERVE, str(port), port=port))
    assert await answers_http(port, "/")()
    assert not await answers_http(port, "/readyz")()
    assert not await answers_http(free_port())()


async def test_the_table_says_what_runs_where(keeper: Supervisor) -> None:
    web = server("web")
    await keeper.start(web)
    table = keeper.table().splitlines()
    assert table[0].split() == ["process", "pid", "where", "log"]
    assert f"127.0.0.1:{web.ports['http']}" in table[1]
    assert str(keeper.pid("web")) in table[1]


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells a child of its parent's death"
)
async def test_children_do_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    port = free_port()
    code = textwrap.dedent(f"""
        import asyncio, sys
        from pathlib import Path
        from services.local.process import Process, answers_http
        from services.local.supervisor import Supervisor
        web = Process(name="web", command=(sys.executable, "-c", {SERVE!r}, "{port}"), env={{}},
                      ready=answers_http({port}, "/"))
        async def main():
            async with Supervisor(Path({str(tmp_path)!r})) as supervisor:
                await supervisor.start(web)
                print(supervisor.pid("web"), flush=True)
                await asyncio.Event().wait()
        asyncio.run(main())
    """)
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    await until(lambda: not is_running(child))
