"""`python -m services.local.observe` (make observe): a Prometheus beside the system on this
machine, and what each dashboard shows.

`dashboards [--prometheus URL] [--queries]` only asks one that runs; `write` puts the dashboards
into the chart.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from services.local.observe.beside import Missing, observed
from services.local.observe.grafana import DASHBOARDS, written
from services.local.observe.prometheus import NAMESPACE, NoAnswer, Prometheus
from services.local.observe.shown import Scope, shown

CHART = Path(__file__).parents[3] / "helm/fotbot/dashboards"
USUAL = "http://127.0.0.1:9190"


def main(words: Sequence[str] | None = None) -> None:
    """Run the command; exits with 1 where there is no Prometheus, or none that answers."""
    told = _parser().parse_args(words)
    try:
        match told.what:
            case "write":
                write(CHART)
            case "dashboards":
                scope = Scope(namespace=told.namespace, rate_interval=told.interval)
                asyncio.run(show(Prometheus(told.prometheus), scope, with_queries=told.queries))
            case _:
                asyncio.run(observed(show))
    except (NoAnswer, Missing) as error:
        sys.exit(f"observe: {error}")
    except KeyboardInterrupt:
        return
    except BrokenPipeError:  # whoever read it has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


async def show(prometheus: Prometheus, scope: Scope, *, with_queries: bool = False) -> None:
    """Every dashboard, one below the other."""
    for dashboard in DASHBOARDS:
        print(await shown(dashboard, prometheus, scope, with_queries=with_queries), flush=True)


def write(folder: Path) -> None:
    """One file for each."""
    for dashboard in DASHBOARDS:
        (folder / f"{dashboard.name}.json").write_text(written(dashboard))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.local.observe")
    parser.add_argument("what", nargs="?", choices=("up", "dashboards", "write"), default="up")
    parser.add_argument("--prometheus", default=USUAL, help="its address")
    parser.add_argument("--namespace", default=NAMESPACE, help="whose series are shown")
    parser.add_argument("--interval", default="1m", help="over which rates are taken")
    parser.add_argument("--queries", action="store_true", help="print each panel's query too")
    return parser


if __name__ == "__main__":
    main()
