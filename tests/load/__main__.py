"""`make load URL=... SECRET_FILE=... RATE=... PEOPLE=... ADMIN=...`: any gateway under a crowd.

It brings a Telegram of its own, the sink, and says how the gateway is pointed at it. It signs
people up, opens sessions as ADMIN in the chat, and has everybody tap at RATE a second; the exit
code is 0 when nobody was overbooked, lost or left without an answer.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import uvloop

from tests.load.own_sessions import UPDATES_EACH
from tests.load.sink import BOT_ID, Sink, serve
from tests.load.trial import Aim, Outcome, tried
from tests.load.visitor import NotServed

USUAL_LIMIT = 30
"""RATE_LIMIT_MAX where nobody sets it."""

_began = time.monotonic()


def say(words: str) -> None:
    """With the time since the start."""
    print(f"[{time.monotonic() - _began:6.1f}] {words}", flush=True)


def main() -> None:
    given = _parser().parse_args()
    try:
        outcome = uvloop.run(_run(given))
    except (NotServed, ExceptionGroup, OSError) as fault:
        first = fault.exceptions[0] if isinstance(fault, ExceptionGroup) else fault
        sys.exit(f"load: {first}")
    print(outcome.words())
    sys.exit(0 if outcome.is_good else 1)


async def _run(given: argparse.Namespace) -> Outcome:
    async with await serve(Sink(given.sink_delay), given.sink_host, given.sink_port):
        say(_how_to_aim(given))
        if given.wait:
            await asyncio.get_running_loop().run_in_executor(None, input, "Enter when it is so: ")
        return await tried(_aim(given), say)


def _aim(given: argparse.Namespace) -> Aim:
    return Aim(
        url=given.url,
        secret=_secret(given.secret_file),
        sink=f"http://127.0.0.1:{given.sink_port}",
        admin=given.admin,
        rate=given.rate,
        people=given.people,
        sessions=given.sessions,
        capacity=given.capacity,
        connections=given.connections,
        time_zone=given.time_zone,
    )


def _how_to_aim(given: argparse.Namespace) -> str:
    """What the processes under test have to be started with."""
    host = socket.gethostname() if given.sink_host == "0.0.0.0" else given.sink_host
    limit = max(USUAL_LIMIT, UPDATES_EACH * (given.sessions + 1))
    return f"""the sink listens on {given.sink_host}:{given.sink_port}. What is under test needs
  everywhere    ADMIN_TG_IDS={given.admin}
  the sender    TELEGRAM_API_URL=http://{host}:{given.sink_port} BOT_TOKEN={BOT_ID}:any-word \
SEND_RATE_MAX=0
  the gateway   the WEBHOOK_SECRET of {given.secret_file}, RATE_LIMIT_MAX={limit}
  never a bot that people use: nothing that it says would reach them"""


def _secret(file: Path) -> str:
    try:
        secret = file.read_text().strip()
    except OSError as fault:
        sys.exit(f"load: the webhook's secret cannot be read: {fault}")
    return secret or sys.exit(f"load: {file} is empty")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument(
        "--url", required=True, type=_url, help="the webhook, https://.../telegram/webhook"
    )
    parser.add_argument("--secret-file", required=True, type=Path, help="holds WEBHOOK_SECRET")
    parser.add_argument("--rate", required=True, type=_positive, help="taps a second")
    parser.add_argument("--people", required=True, type=_count, help="who tap")
    parser.add_argument("--admin", required=True, type=_count, help="one of ADMIN_TG_IDS")
    parser.add_argument("--sessions", type=_count, default=1, help="that everybody taps at once")
    parser.add_argument("--capacity", type=_count, default=28)
    parser.add_argument("--connections", type=_count, default=64)
    parser.add_argument("--time-zone", default="Asia/Tashkent", help="TIMEZONE of the gateway")
    parser.add_argument("--sink-host", default="127.0.0.1", help="0.0.0.0 for a gateway elsewhere")
    parser.add_argument("--sink-port", type=int, default=8081)
    parser.add_argument("--sink-delay", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--wait", action="store_true", help="for a key, after the sink is there")
    return parser


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise argparse.ArgumentTypeError(f"must be http(s)://host/path, not {text!r}")
    return text


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError(f"must be above 0 and below a million, not {text}")
    return number


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, not {text}")
    return number


if __name__ == "__main__":
    main()
