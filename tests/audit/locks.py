"""What the lock files hold: every line a pin with hashes, and everything pyproject asks for.

Where a pin comes from and what it is allowed to be is decided elsewhere.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.audit.findings import Finding

HASHES = "hashes"
LOCKED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})(?!\S)")
INSTALL = re.compile(r"\bpip\b.*\binstall\b.* -r ")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Pin:
    name: str
    version: str
    hashes: tuple[str, ...]


def read_lock(name: str, text: str) -> tuple[tuple[Pin, ...], tuple[Finding, ...]]:
    """The pins, and a finding for each line that is none or has no hash."""
    pins: list[Pin] = []
    found: list[Finding] = []
    for line in _requirements(text):
        pin = LOCKED.match(line)
        hashes = tuple(HASH.findall(line))
        what = line.split()[0]
        if pin and hashes:
            pins.append(Pin(name=canonicalize_name(pin[1]), version=pin[2], hashes=hashes))
        else:
            lacks = "no sha256 hash" if pin else "no exact version"
            found.append(_finding(f"{name}:{what}", f"{name} holds {what} with {lacks}."))
    return tuple(pins), tuple(found)


def unlocked(project: Path, run: Iterable[Pin], develop: Iterable[Pin]) -> Iterator[Finding]:
    """What pyproject asks for and no lock holds: extras in the first, groups in the second."""
    table = tomllib.loads(project.read_text())
    asked: dict[str, list[str]] = {"dependencies": table["project"]["dependencies"]}
    asked |= table["project"].get("optional-dependencies", {})
    yield from _missing(asked, table["project"]["name"], run, "requirements.lock")
    groups: Mapping[str, Any] = table.get("dependency-groups", {})
    yield from _missing(groups, table["project"]["name"], develop, "requirements-dev.lock")


def unhashed_installs(name: str, text: str) -> Iterator[Finding]:
    """A file of requirements that is installed without its hashes being asked for."""
    for number, line in enumerate(text.splitlines(), 1):
        if INSTALL.search(line) and "--require-hashes" not in line:
            words = f"{name} line {number} installs a lock without --require-hashes."
            yield _finding(f"{name}:install", words)


def _requirements(text: str) -> Iterator[str]:
    """A requirement with its hashes, a line each."""
    bare = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    for line in re.sub(r"\\\s*\n", " ", bare).splitlines():
        if line.strip():
            yield line.strip()


def _missing(
    asked: Mapping[str, Iterable[str]], ours: str, pins: Iterable[Pin], lock: str
) -> Iterator[Finding]:
    versions = {pin.name: pin.version for pin in pins}
    for group, lines in asked.items():
        for wanted in map(Requirement, lines):
            version = versions.get(canonicalize_name(wanted.name))
            if wanted.name != ours and (version is None or not wanted.specifier.contains(version)):
                held = f"holds {version}" if version else "does not hold it"
                words = f"pyproject's {group} asks for {wanted}; {lock} {held}."
                yield _finding(f"{group}:{canonicalize_name(wanted.name)}", words)


def _finding(key: str, words: str) -> Finding:
    return Finding(part=HASHES, key=f"{HASHES}:{key}", words=words)
