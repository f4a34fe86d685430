"""bench/results.json: every command of the bench puts its part in and leaves the others' alone."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

RESULTS = Path("bench/results.json")
Json = dict[str, Any]


def merge(part: Mapping[str, Any], path: Path = RESULTS) -> Json:
    """What the file holds afterwards."""
    known: Json = json.loads(path.read_text()) if path.exists() else {}
    merged = _merged(known, part)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(merged, indent=2, sort_keys=True) + "\n")
    return merged


def spread(figures: Sequence[float], digits: int = 2) -> Json:
    """Median, lowest, highest."""
    told = {"median": median(figures), "low": min(figures), "high": max(figures)}
    return {name: round(figure, digits) for name, figure in told.items()}


def machine() -> Json:
    """What it ran on, and when."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "processor": _first("/proc/cpuinfo", "model name"),
        "memory_mib": int(_first("/proc/meminfo", "MemTotal").split()[0] or 0) // 1024,
        "kernel": platform.release(),
        "python": platform.python_version(),
        "commit": _commit(),
    }


def _merged(known: Mapping[str, Any], part: Mapping[str, Any]) -> Json:
    merged = dict(known)
    for name, value in part.items():
        before = merged.get(name)
        both = isinstance(value, Mapping) and isinstance(before, Mapping)
        merged[name] = _merged(before, value) if both else value
    return merged


def _first(file: str, field: str) -> str:
    try:
        lines = Path(file).read_text().splitlines()
    except OSError:
        return "0"
    found = (line.partition(":")[2].strip() for line in lines if line.startswith(field))
    return next(found, "0")


def _commit() -> str:
    try:
        words = ("git", "rev-parse", "--short", "HEAD")
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
