"""`python -m services.local.backup make|restore`; a Makefile target each."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from services.local.backup.making import back_up
from services.local.backup.manifest import BackupFailed
from services.local.backup.restoring import restore
from services.local.data_folder import AlreadyRunning, NotOurs
from services.local.stores.binaries import StoreFailed
from services.local.supervisor import NotReady

REFUSALS = (BackupFailed, AlreadyRunning, NotOurs, StoreFailed, NotReady)


def main(arguments: Sequence[str] | None = None) -> None:
    given = _parser().parse_args(arguments)
    data = Path(given.data).absolute()
    try:
        if given.what == "make":
            target = Path(given.to or f"backup-{datetime.now(UTC):%Y-%m-%d-%H%M%S}").absolute()
            told = asyncio.run(back_up(data, target))
            print(f"{told.total:,} rows of {len(told.rows)} tables are in {target}")
        else:
            told = asyncio.run(restore(Path(given.source).absolute(), data))
            print(f"{told.total:,} rows of {told.made_at} are back in {data}; now: make run")
    except REFUSALS as refusal:
        sys.exit(f"fotbot: {refusal}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="backup", description=__doc__)
    parser.add_argument("--data", default=".local", help="the folder of the system")
    what = parser.add_subparsers(dest="what", required=True)
    made = what.add_parser("make", help="all of the system into a new folder; it may be running")
    made.add_argument("--to", default="", help="the new folder; named after the time if not said")
    back = what.add_parser("restore", help="a backup into a folder that holds no system")
    back.add_argument("source", help="the backup's folder")
    return parser


if __name__ == "__main__":
    main()
