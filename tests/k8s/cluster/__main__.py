"""`python -m tests.k8s.cluster up|down`: a cluster that outlives the command, for a person.

`run` is the process behind it: it holds the cluster until it is told to end.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from services.local.supervisor import Supervisor
from tests.k8s.cluster.cluster import READY_SECONDS, running

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / ".local" / "cluster"
PID, READY, LOG = FOLDER / "pid", FOLDER / "ready", FOLDER / "log"
ASK_EVERY = 0.2
PATIENCE_SECONDS = 30.0


def up() -> int:
    """Starts one unless one runs, and prints how to use it."""
    began = time.monotonic()
    if _pid() is None:
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        with LOG.open("wb") as log:
            command = (sys.executable, "-m", "tests.k8s.cluster", "run")
            child = subprocess.Popen(
                command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        PID.write_text(str(child.pid))
    while not READY.exists():
        if _pid() is None or time.monotonic() - began > 2 * READY_SECONDS:
            print(f"the cluster did not start:\n{LOG.read_text()[-2000:]}", file=sys.stderr)
            return 1
        time.sleep(ASK_EVERY)
    print(f"A cluster is up ({time.monotonic() - began:.1f} s). To use it:", file=sys.stderr)
    print(f"export KUBECONFIG={READY.read_text()}")
    return 0


def down() -> int:
    """Ends it, if there is one, and removes what it stored."""
    if (pid := _pid()) is not None:
        os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + PATIENCE_SECONDS
        while _pid() is not None and time.monotonic() < end:
            time.sleep(ASK_EVERY)
    shutil.rmtree(FOLDER, ignore_errors=True)
    return 0


async def run() -> None:
    """Holds a cluster until SIGTERM or SIGINT; its processes die with this one."""
    told = asyncio.Event()
    for end in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(end, told.set)
    async with (
        Supervisor(FOLDER / "logs", tell=lambda said: print(said, flush=True)) as supervisor,
        running(FOLDER / "state", supervisor) as cluster,
    ):
        READY.write_text(str(cluster.kubeconfig))
        await told.wait()


def _pid() -> int | None:
    """Of the process that holds the cluster; None when there is none or it is somebody else's."""
    if not PID.exists():
        return None
    pid = int(PID.read_text())
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # Our own child stays a zombie until somebody looks.
    command = Path(f"/proc/{pid}/cmdline")
    try:
        return pid if b"tests.k8s.cluster" in command.read_bytes() else None
    except OSError:
        return None


def main(arguments: list[str]) -> int:
    """The exit code."""
    match arguments:
        case ["up"]:
            return up()
        case ["down"]:
            return down()
        case ["run"]:
            asyncio.run(run())
            return 0
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
