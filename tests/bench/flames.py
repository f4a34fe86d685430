"""`make profile PROCESS=gateway` (or sessions, users, sender): where a process spends its time
under a crowd, as a flame graph in bench/. py-spy looks at it from outside."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from tests.bench.fotbot import running_fotbot
from tests.bench.runs import Tried, line
from tests.bench.systems import Scale
from tests.load.driving import DriverProcess

OUTPUT = Path("bench")
PROCESSES = ("gateway", "sessions", "users", "sender")
OPERATIONS = ("register", "list", "start")
WARM_SECONDS = 3.0


async def profile(process: str, operation: str, seconds: int, folder: Path, output: Path) -> None:
    """Writes the graph and prints the run it is of."""
    async with DriverProcess.start() as driver, running_fotbot(folder, Scale()) as bot:
        tried = Tried(bot, driver)
        print(f"warming up, then {seconds} s of {operation}", flush=True)
        await tried.bring(operation, seconds=WARM_SECONDS)
        looking = await _look(bot.pids()[process], seconds, output)
        run = await tried.measured(operation, seconds=seconds)
        await looking.wait()
    print(line("fotbot, looked at", run))
    print(f"{process}: {run.cpu[process]:.0f} us/update; {output}")


async def _look(pid: int, seconds: int, output: Path) -> asyncio.subprocess.Process:
    program = shutil.which("py-spy", path=Path(sys.executable).parent) or "py-spy"
    return await asyncio.create_subprocess_exec(
        *(program, "record", "--pid", str(pid), "--output", str(output)),
        *("--duration", str(seconds), "--rate", "200", "--nonblocking"),
        stdout=asyncio.subprocess.DEVNULL,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("process", choices=PROCESSES)
    parser.add_argument("operation", nargs="?", default="register", choices=OPERATIONS)
    parser.add_argument("--seconds", type=int, default=10)
    given = parser.parse_args()
    OUTPUT.mkdir(exist_ok=True)
    output = OUTPUT / f"flames-{given.process}-{given.operation}.svg"
    with tempfile.TemporaryDirectory(prefix="flames-", ignore_cleanup_errors=True) as folder:
        made = profile(given.process, given.operation, given.seconds, Path(folder), output)
        asyncio.run(made)


if __name__ == "__main__":
    main()
