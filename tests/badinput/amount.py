"""How much is tried: little in every run, more with `make fuzz`; the same for the same seed."""

from __future__ import annotations

import os
import random

TIMES = max(1, int(os.environ.get("FUZZ_TIMES", "1")))
"""How many times as much as in every run."""

SEED = int(os.environ.get("FUZZ_SEED", "20261124"))


def chances(name: str) -> random.Random:
    """A test's own chances."""
    return random.Random(f"{SEED}:{name}")
