"""The folder that is kept between runs: one owner, and at most one system over it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunning(Exception):
    """Another one holds the folder; the message says which."""


class NotOurs(Exception):
    """The folder was made by another user."""


def prepare(data: Path) -> None:
    """Makes the folder, closed to other users. Raises NotOurs when somebody else made it."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        is_ours = data.stat().st_uid == os.geteuid()
    except PermissionError:
        is_ours = False
    if not is_ours:
        raise NotOurs(f"{data} was made by another user; run it as that user, or remove it")


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Holds `data` for the time of the block; the kernel lets go of it however the process ends.

    Raises AlreadyRunning.
    """
    with (data / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyRunning(
                f"it is running here already (process {lock.read().strip() or 'unknown'});"
                " use that one, or stop it with Ctrl-C first"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
