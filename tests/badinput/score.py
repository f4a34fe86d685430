"""How many bad inputs were tried at which door: told at the end of `make fuzz`."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

_tried: Counter[str] = Counter()


def note(door: str, count: int = 1) -> None:
    """So many more, none of which broke anything. FUZZ_SCORE names the file that is kept of it."""
    _tried[door] += count
    if path := os.environ.get("FUZZ_SCORE"):
        Path(path).write_text(json.dumps(_tried, indent=2, sort_keys=True) + "\n")
