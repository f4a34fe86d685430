"""What the bench writes, parts merged and ratios spread, and what it reads of /proc."""

import os
import time
from pathlib import Path

from tests.bench import plot, results
from tests.bench.cpu import cpu_seconds, pss_mib, sockets, spent
from tests.bench.runs import Run, Runs
from tests.bench.rush import promised
from tests.load.driving import Told
from tests.load.histogram import Histogram
from tests.load.judge import Place


def told(**given: object) -> Told:
    nothing = dict.fromkeys(("sent", "done", "refused", "again", "cut_off"), 1)
    empty: dict[str, list[object]] = {name: [] for name in ("unanswered", "taken", "bodies")}
    made = {"seconds": 1.0, "latency": Histogram(), "statuses": {}, "methods": {}, "sample": ""}
    return Told(**{**nothing, **empty, **made, **given})  # type: ignore[arg-type]


def test_a_part_is_put_in_and_the_others_are_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "bench" / "results.json"
    results.merge({"cpu_ratio": {"a": {"list": 1}}, "spread": {"x": 1}}, file)
    merged = results.merge({"cpu_ratio": {"a": {"start": 2}}}, file)
    assert merged == {"cpu_ratio": {"a": {"list": 1, "start": 2}}, "spread": {"x": 1}}


def test_a_spread_is_median_low_and_high() -> None:
    assert results.spread([3.0, 1.0, 2.123]) == {"median": 2.12, "low": 1.0, "high": 3.0}


def test_ratios_are_taken_pair_by_pair() -> None:
    runs = Runs()
    for name, costs in (("fotbot", (100.0, 200.0)), ("telegraf-sql", (500.0, 600.0))):
        for cost in costs:
            run = Run(told=told(), cpu={"a": cost / 2, "b": cost / 2}, memory={}, calls={})
            runs.made[name, "list"].append(run)
    assert runs.ratios("telegraf-sql", "list") == [5.0, 3.0]
    assert runs.cost("fotbot", "list") == 150.0


def test_the_picture_shows_every_system(tmp_path: Path) -> None:
    cost = {"fotbot": {"list": 200.0}, "telegraf-sql": {"list": 1000.0}}
    plot.draw({"cpu_us": cost}, tmp_path / "cpu.svg")
    drawn = (tmp_path / "cpu.svg").read_text()
    assert "fotbot" in drawn
    assert "5.0×" in drawn


def test_cpu_and_memory_of_a_process_are_seen() -> None:
    pids = {"tests": os.getpid()}
    before = cpu_seconds(pids)
    ends = time.process_time() + 0.05
    while time.process_time() < ends:
        pass
    # The other threads of this process may work too; the kernel counts hundredths.
    assert spent(before, cpu_seconds(pids))["tests"] >= 0.04
    assert pss_mib(pids)["tests"] > 1
    assert sockets(os.getpid()) >= 0


def test_what_toasts_promise_is_read() -> None:
    bodies = [
        (5, 1, '{"text": "⏳ It is full. You are number 7 in the queue"}'),
        (4, 1, '{"text": "✅ You are in, place 3"}'),
    ]
    assert promised(told(bodies=bodies)) == [Place(1, 4, False, 3), Place(1, 5, True, 7)]
