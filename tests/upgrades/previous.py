"""The release before this one: its code, taken out of this repository's history, and run in this
one's environment."""

from __future__ import annotations

import io
import subprocess
import tarfile
from dataclasses import replace
from pathlib import Path

from services.local.process import Process

ROOT = Path(__file__).parents[2]
PREVIOUS = Path(__file__).with_name("PREVIOUS").read_text().strip()
"""The commit. After a release it becomes that one."""

PARTS = ("services", "protos")


def why_not() -> str | None:
    """The reason when that commit is not to be had."""
    try:
        _git("cat-file", "-e", f"{PREVIOUS}^{{commit}}")
    except FileNotFoundError:
        return "no git here"
    except subprocess.CalledProcessError:
        return f"{PREVIOUS[:12]} is not in this clone (git fetch --unshallow)"
    return None


def unpack(folder: Path) -> Path:
    """The tree of what ran then."""
    with tarfile.open(fileobj=io.BytesIO(_git("archive", PREVIOUS, *PARTS))) as archive:
        archive.extractall(folder, filter="data")
    return folder


def files_of(pattern: str) -> frozenset[str]:
    """Those of its paths that match, by their names in the repository."""
    listed = _git("ls-tree", "-r", "--name-only", PREVIOUS).decode().splitlines()
    return frozenset(name for name in listed if Path(name).match(pattern))


def of_the_tree(process: Process, tree: Path) -> Process:
    """The same process by another tree's code: its folder comes before what is installed, and the
    folder that we are in is not looked at."""
    path = f"{tree}:{tree / 'protos'}"
    env = {**process.env, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"}
    return replace(process, env=env)


def _git(*arguments: str) -> bytes:
    return subprocess.run(
        ("git", *arguments), cwd=ROOT, check=True, capture_output=True, timeout=60
    ).stdout
