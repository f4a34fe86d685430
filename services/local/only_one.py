"""At most one system over one data folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunning(Exception):
    """Another one holds the folder; the message says which."""


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
