"""`python -m services.chassis.parked --service sessions list`: jobs that were given up.

They stay where they are until somebody has mended what was wrong and lets them run again:
`redrive 17 18`, `redrive --kind notice` or `redrive --all`. Reads DATABASE_URL of that service.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from typing import Any

from services.chassis.db_connections import Server
from services.chassis.dsn import primary_url
from services.chassis.logs import scrubbed
from services.chassis.setting_groups import StoreSettings
from services.chassis.settings import SettingsError, load

LIST = """SELECT id, entrypoint AS kind, to_char(updated AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')
        AS since, (SELECT traceback->>'exception_type' || ': ' || (traceback->>'exception_message')
            FROM pgqueuer_log WHERE job_id = job.id AND traceback IS NOT NULL
            ORDER BY created DESC LIMIT 1) AS error
    FROM pgqueuer AS job
    WHERE status = 'failed' AND ($1::text IS NULL OR entrypoint = $1)
        AND ($2::bigint[] IS NULL OR id = ANY($2)) ORDER BY id"""
REDRIVE = """UPDATE pgqueuer SET status = 'queued', execute_after = now(), updated = now(),
        attempts = 0, queue_manager_id = NULL
    WHERE status = 'failed' AND ($1::text IS NULL OR entrypoint = $1)
        AND ($2::bigint[] IS NULL OR id = ANY($2)) RETURNING id"""
ERROR_LENGTH = 100


def main(words: Sequence[str] | None = None) -> None:
    """Run the command; exits with 2 for a wrong command, with 1 for wrong settings."""
    told = _parser().parse_args(words)
    try:
        settings = load(StoreSettings, os.environ)
    except SettingsError as error:
        sys.exit(f"{told.service}: {error}")
    sys.stdout.write(asyncio.run(_run(settings, told)) + "\n")


async def _run(settings: StoreSettings, told: argparse.Namespace) -> str:
    url = primary_url(settings.database_url.get_secret_value())
    connection = await Server(url, told.service, "fotbot-parked").connect(command_timeout=30)
    try:
        if told.command == "list":
            return _listed(told.service, await connection.fetch(LIST, told.kind, None))
        ids = None if told.all or told.kind else told.ids
        rows = await connection.fetch(REDRIVE, told.kind, ids)
        missing = set(ids or ()) - {row["id"] for row in rows}
    finally:
        await connection.close(timeout=5)
    lost = f"; not parked: {', '.join(map(str, sorted(missing)))}" if missing else ""
    return f"{told.service}: {len(rows)} jobs run again{lost}"


def _listed(service: str, rows: Sequence[Any]) -> str:
    if not rows:
        return f"{service}: no job is parked"
    lines = [f"{'id':>10}  {'kind':<16}  {'parked (UTC)':<16}  error"]
    for row in rows:
        error = scrubbed(row["error"] or "?").replace("\n", " ")[:ERROR_LENGTH]
        lines.append(f"{row['id']:>10}  {row['kind']:<16}  {row['since']:<16}  {error}")
    return "\n".join([*lines, f"{service}: {len(rows)} jobs are parked"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.chassis.parked")
    parser.add_argument("--service", required=True, help="whose jobs: sessions, teams")
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("list", help="show what is parked")
    listing.add_argument("--kind")
    redriving = commands.add_parser("redrive", help="let parked jobs run again, with five tries")
    which = redriving.add_mutually_exclusive_group(required=True)
    which.add_argument("--all", action="store_true")
    which.add_argument("--kind")
    which.add_argument("ids", nargs="*", type=int, default=[], metavar="ID")
    return parser


if __name__ == "__main__":
    main()
