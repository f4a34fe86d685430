"""What a backup says of itself, so that a restore can tell whether it is whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

DUMP, TELEGRAM, MANIFEST = "fotbot.dump", "telegram.sqlite", "manifest.json"
FORMAT = 1


class BackupFailed(Exception):
    """It was not made or not brought back; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Written last: a folder without it is no backup."""

    made_at: str
    """UTC, ISO 8601."""
    rows: Mapping[str, int]
    """By table, schema.table, as of the dump's own moment."""
    sums: Mapping[str, str]
    """SHA-256 by file."""
    format: int = FORMAT

    @property
    def total(self) -> int:
        """Rows of all tables."""
        return sum(self.rows.values())

    def write(self, folder: Path) -> None:
        """The last thing of a backup."""
        (folder / MANIFEST).write_text(json.dumps(asdict(self), indent=1) + "\n")


def read_manifest(folder: Path) -> Manifest:
    """Of a folder whose files are as they were written. Raises BackupFailed."""
    try:
        told = Manifest(**json.loads((folder / MANIFEST).read_text()))
    except FileNotFoundError:
        raise BackupFailed(f"{folder} is no finished backup: it has no {MANIFEST}") from None
    except (OSError, TypeError, ValueError) as fault:
        raise BackupFailed(f"{folder / MANIFEST} cannot be read: {fault}") from None
    if told.format != FORMAT:
        raise BackupFailed(f"{folder} was made by another release (format {told.format})")
    for name, expected in told.sums.items():
        if not (folder / name).is_file():
            raise BackupFailed(f"{folder} has no {name}")
        if sum_of(folder / name) != expected:
            raise BackupFailed(f"{folder / name} is damaged: it is not what was written")
    return told


def sum_of(path: Path) -> str:
    """SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
