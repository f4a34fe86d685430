"""Secrets that are made once and kept in a file which only their owner can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def kept_secret(path: Path) -> str:
    """64 hexadecimal digits, the same ones at every call."""
    if not path.exists():
        write_private(path, secrets.token_hex(32))
    return path.read_text()


def write_private(path: Path, text: str) -> None:
    """Replaces the file as a whole; it is never readable by others, nor half written."""
    made = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    made.replace(path)
