"""Which revision a folder of migrations leads to, read from its files: nothing is imported."""

import re
from pathlib import Path

_LINE = re.compile(r'^(down_revision|revision)\b[^=\n]*=\s*"([^"\n]+)"', re.MULTILINE)


def newest(folder: Path) -> str:
    """The revision that no other one follows. Raises LookupError when there is not exactly one."""
    revisions, followed = _read(folder)
    heads = sorted(revisions - followed)
    if len(heads) != 1:
        raise LookupError(f"{folder} leads to {len(heads)} revisions: {', '.join(heads)}")
    return heads[0]


def known(folder: Path) -> frozenset[str]:
    """All revisions there are."""
    return frozenset(_read(folder)[0])


def _read(folder: Path) -> tuple[set[str], set[str]]:
    """The revisions, and those that another one follows."""
    revisions: set[str] = set()
    followed: set[str] = set()
    for file in (folder / "versions").glob("*.py"):
        for name, value in _LINE.findall(file.read_text()):
            (revisions if name == "revision" else followed).add(value)
    return revisions, followed
