"""`python -m services.local.capacity [--users N --messages-per-day M --peak F]`: what it takes and
costs. Without arguments: the guide's four rows and a city of a million."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from services.local.capacity.bill import TooLarge
from services.local.capacity.demand import MESSAGES_A_USER, USUAL_PEAK, Demand, OutOfRange
from services.local.capacity.figures import BUDGET, RESULTS, Figures, NoResults, figures_from
from services.local.capacity.prices import PRICES, BadPrices, prices_from
from services.local.capacity.report import full, opening, table
from services.local.capacity.sizing import sized, taps_per_replica


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 2 for a demand or a file that cannot be used."""
    given = _parser().parse_args(arguments)
    try:
        print(_told(given))
    except (OutOfRange, NoResults, BadPrices, TooLarge) as fault:
        print(f"capacity: {fault}", file=sys.stderr)
        return 2
    return 0


def _told(given: argparse.Namespace) -> str:
    figures, prices = figures_from(given.results), prices_from(given.prices)
    if given.table or given.users is None:
        if not given.table and (given.messages_per_day or given.peak):
            raise OutOfRange("--messages-per-day and --peak go with --users")
        return (
            f"{table(figures, prices)}\n\n{_sources(figures)}\n{opening(taps_per_replica(figures))}"
        )
    demand = Demand(
        users=given.users,
        messages_per_day=(
            given.users * MESSAGES_A_USER
            if given.messages_per_day is None
            else given.messages_per_day
        ),
        peak=USUAL_PEAK if given.peak is None else given.peak,
    )
    return full(sized(demand, figures), prices)


def _sources(figures: Figures) -> str:
    told = {figure.source for figure in figures.cpu_us.values()}
    hint = " (`make bench` measures)" if BUDGET in told else ""
    return (
        f"Peak: {USUAL_PEAK:g} times the day's average. CPU per update: "
        f"{'; '.join(sorted(told))}{hint}. Cores are of the busiest minute, stores included; "
        "RAM is what is requested, Postgres and its standby included."
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.local.capacity", description=__doc__)
    parser.add_argument("--users", type=int, help="people who use the bot")
    parser.add_argument(
        "--messages-per-day",
        type=int,
        help=f"messages and taps of all of them (default: {MESSAGES_A_USER} each)",
    )
    parser.add_argument(
        "--peak",
        type=float,
        help=f"the busiest minute, times the day's average (default: {USUAL_PEAK:g})",
    )
    parser.add_argument("--table", action="store_true", help="the guide's rows and a million users")
    parser.add_argument("--results", type=Path, default=RESULTS, help="of `make bench`")
    parser.add_argument("--prices", type=Path, default=PRICES, help="a list of your own")
    return parser


if __name__ == "__main__":
    sys.exit(main())
