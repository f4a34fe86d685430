"""Builds the tools of catalogue.py into the cache: each once, one builder at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.k8s.tools.catalogue import MODULE, Tool, cache

Tell = Callable[[str], None]


class CannotBuild(Exception):
    """Go or a module is not to be had; the message ends with the compiler's last words."""


def build(tool: Tool, tell: Tell) -> Path:
    """The tool's path; it is built if it is not there. Minutes from cold. Raises CannotBuild."""
    if tool.path.exists():
        return tool.path
    with _alone():
        if tool.path.exists():  # Another builder may have been at it.
            return tool.path
        began = time.monotonic()
        tell(f"building {tool.name} ({tool.package})...")
        tool.path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=tool.path.parent) as unfinished:
            _compile(tool, Path(unfinished)).replace(tool.path)
        size = tool.path.stat().st_size / 1e6
        tell(f"built {tool.name}: {time.monotonic() - began:.0f} s, {size:.0f} MB")
    return tool.path


def _compile(tool: Tool, into: Path) -> Path:
    if shutil.which("go") is None:
        raise CannotBuild(f"{tool.name} is built by Go, and there is no `go` here")
    target = into / tool.name
    flags = ("-trimpath", "-ldflags", " ".join(("-s -w", *(f"-X {s}" for s in tool.stamps))))
    if tool.version is None:
        what = ["build", *flags, "-o", str(target), tool.package]
    else:
        what = ["install", *flags, f"{tool.package}@{tool.version}"]
    command = ["go", *what]
    environment = {**os.environ, "CGO_ENABLED": "0", "GOBIN": str(into), "GOTOOLCHAIN": "local"}
    done = subprocess.run(
        command, cwd=MODULE, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CannotBuild(f"{' '.join(command)}\n{done.stderr[-2000:]}")
    return target


@contextmanager
def _alone() -> Iterator[None]:
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / "building.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
