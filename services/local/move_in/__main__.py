"""`python -m services.local.move_in --from postgresql://…` (or `make move-in FROM=…`): brings the
original bot's database in. Exits with 1 when something does not add up, with 2 when it cannot
begin; broken off, it is begun again."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from dotenv import dotenv_values
from grpc.aio import AioRpcError

from services.chassis.errors import RemoteRefusal, Unanswered
from services.chassis.settings import SettingsError, load
from services.local.data_folder import NotOurs
from services.local.move_in import queries
from services.local.move_in.handing_over import HandingOver
from services.local.move_in.known import Known
from services.local.move_in.moving import Move
from services.local.move_in.old_bot import FAULTS, NotTheOldBot, OldBot
from services.local.move_in.report import Report
from services.local.move_in.settings import MoveInSettings
from services.local.move_in.target import found_or_started
from services.local.move_in.times import Clock
from services.local.ports import PortTaken
from services.local.stores.binaries import StoreFailed
from services.local.supervisor import NotReady

REFUSALS = (SettingsError, NotTheOldBot, NotOurs, PortTaken, StoreFailed, NotReady)
"""What keeps it from beginning, told in a sentence."""
BROKEN_OFF: tuple[type[Exception], ...] = (Unanswered, AioRpcError, *FAULTS)
"""What may end it half-way."""

NOT_ADDED_UP, NOT_BEGUN = 1, 2


def say(words: str) -> None:
    print(words, flush=True)


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """What was typed; a fault in it is told with the usage, and ends with 2."""
    parser = argparse.ArgumentParser(prog="python -m services.local.move_in", description=__doc__)
    parser.add_argument("--from", dest="old", required=True, metavar="postgresql://…")
    parser.add_argument("--dry-run", action="store_true", help="read, judge and report alone")
    parser.add_argument("--report", type=Path, metavar="file.json")
    parser.add_argument(
        "--times", choices=("wall", "utc"), default="wall", help="what sessions' times mean"
    )
    told = parser.parse_args(given)
    if told.report and not told.report.absolute().parent.is_dir():
        parser.error(f"there is no folder for {told.report}")
    return told


async def move(
    told: argparse.Namespace, settings: MoveInSettings, environ: Mapping[str, str]
) -> Report:
    """Everything that can be moved."""
    clock = Clock(zone=settings.zone, reading=told.times)
    report = Report()
    with Known() as known:
        async with OldBot.open(told.old) as old, found_or_started(settings, environ, say) as target:
            if told.dry_run:
                say("a dry run: nothing is written. Sessions' times are read so:")
                say("\n".join(clock.examples(await old.all(queries.EXAMPLES))))
            hand_over = HandingOver(
                known, report, dry_run=told.dry_run, seconds_per_call=settings.seconds_per_call
            )
            now = datetime.now(UTC)
            step = Move(old=old, target=target, hand_over=hand_over, clock=clock, now=now)
            await step.everything(settings.admin_tg_ids)
    return report


def main() -> None:
    told = arguments()
    given = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    environ = {**given, **os.environ}
    began = time.monotonic()
    try:
        report = asyncio.run(move(told, load(MoveInSettings, environ), environ))
    except REFUSALS as refusal:
        _end(NOT_BEGUN, str(refusal))
    except RemoteRefusal as refusal:
        _end(NOT_BEGUN, _in_words(refusal))
    except BROKEN_OFF as fault:
        _end(NOT_ADDED_UP, f"broken off ({_fault(fault)}); begin it again, it goes on")
    except KeyboardInterrupt:
        _end(NOT_ADDED_UP, "broken off; begin it again, it goes on")
    if told.report:
        told.report.write_text(json.dumps(report.as_json(), indent=2, ensure_ascii=False) + "\n")
    say("\n".join(report.lines()))
    say(f"{time.monotonic() - began:.1f} s, at most {_megabytes():.0f} MB of memory")
    if not report.adds_up:
        _end(NOT_ADDED_UP, "it does not add up")


def _in_words(refusal: RemoteRefusal) -> str:
    if refusal.reason == "IMPORT_DISABLED":
        return "the services take nothing in: start them with IMPORT_ENABLED=true for the move"
    return f"refused: {refusal.reason}"


def _fault(fault: Exception) -> str:
    """What it was, on one line."""
    words = fault.details() if isinstance(fault, AioRpcError) else str(fault)
    return (words or type(fault).__name__).splitlines()[0]


def _megabytes() -> float:
    """The most this process has had at once; Linux tells kibibytes, macOS bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 if sys.platform == "linux" else 1024**2)


def _end(code: int, words: str) -> None:
    print(f"move-in: {words}", file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
