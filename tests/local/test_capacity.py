"""Sizes and costs follow from the demand, and a demand that makes no sense is refused in words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.local.capacity.__main__ import main
from services.local.capacity.bill import TooLarge, bill, total
from services.local.capacity.demand import CITY, GUIDE, MIX, Demand, OutOfRange
from services.local.capacity.figures import BUDGET, RESULTS, NoResults, figures_from
from services.local.capacity.prices import BadPrices, prices_from
from services.local.capacity.report import full, table
from services.local.capacity.sizing import (
    LIMIT,
    RUSH_SECONDS,
    SPARE,
    TARGET,
    Sized,
    sized,
    taps_per_replica,
)

FIGURES = figures_from(Path("no such file"))
PRICES = prices_from()

demands = st.builds(
    Demand,
    users=st.integers(1, 3_000_000),
    messages_per_day=st.integers(1, 30_000_000),
    peak=st.floats(1, 50),
)
more = st.floats(1, 20)


def grown(demand: Demand, users: float, messages: float, peak: float) -> Demand:
    return Demand(
        users=int(demand.users * users),
        messages_per_day=int(demand.messages_per_day * messages),
        peak=demand.peak * peak,
    )


def amounts(needed: Sized) -> list[float]:
    own = [n for need in needed.needs for n in (need.replicas, need.most, need.cores)]
    stores = needed.stores
    return [*own, needed.cores, stores.disk_gib, stores.cache_mib, needed.process_gib]


@given(demands, more, more, more)
def test_more_of_anything_never_needs_less(
    demand: Demand, users: float, messages: float, peak: float
) -> None:
    before, after = sized(demand, FIGURES), sized(grown(demand, users, messages, peak), FIGURES)
    assert all(a <= b for a, b in zip(amounts(before), amounts(after), strict=True))


@given(demands, more, more, more)
def test_more_of_anything_never_costs_less(
    demand: Demand, users: float, messages: float, peak: float
) -> None:
    after = grown(demand, users, messages, peak)
    try:
        dearer = total(bill(sized(after, FIGURES), PRICES))
    except TooLarge:
        return
    assert total(bill(sized(demand, FIGURES), PRICES)) <= dearer


@given(demands)
def test_a_replica_may_go_and_the_others_are_not_over_their_target(demand: Demand) -> None:
    needed = sized(demand, FIGURES)
    for need in needed.needs:
        assert need.cores <= need.replicas * TARGET
        assert needed.one_machine or need.replicas >= SPARE
        assert need.replicas <= need.most


@given(demands)
def test_all_pools_at_their_most_fit_into_postgres(demand: Demand) -> None:
    needed = sized(demand, FIGURES)
    pools = sum(need.most * need.pool for need in needed.needs)
    assert pools < needed.stores.connections < needed.stores.max_connections


@given(demands)
def test_every_number_has_its_reason(demand: Demand) -> None:
    told = full(sized(demand, FIGURES), PRICES)
    assert all(need.why in told for need in sized(demand, FIGURES).needs)
    assert BUDGET in told


def test_the_guides_rows_and_a_million_users_are_in_the_table() -> None:
    told = table(FIGURES, PRICES)
    assert len(told.splitlines()) == 1 + len(GUIDE) + 1
    for demand in (*(row.demand for row in GUIDE), CITY):
        assert f"{demand.users:,}" in told


def test_measured_figures_replace_the_budget_where_there_are_any(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    told = {name: {"gateway": 1000.0, "valkey-1": 2.0, "valkey-3": 3.0} for name in MIX}
    measured = {"cpu_us_by_process": {"fotbot": told}, "memory_mib": {"gateway": 111}}
    results.write_text(json.dumps(measured))
    figures = figures_from(results)
    assert figures.cpu_us["gateway"].value == pytest.approx(1000.0)
    assert "measured" in figures.cpu_us["gateway"].source
    assert figures.cpu_us["valkey"].value == pytest.approx(5.0)
    assert figures.cpu_us["users"].source == BUDGET
    gateway = sized(CITY, figures).needs[0]
    assert gateway.replicas > sized(CITY, FIGURES).needs[0].replicas
    assert gateway.limit_mib >= 111 * LIMIT


@pytest.mark.parametrize("text", ["", "[]", "{", "null"])
def test_results_that_are_none_are_refused_in_words(tmp_path: Path, text: str) -> None:
    results = tmp_path / "results.json"
    results.write_text(text)
    with pytest.raises(NoResults, match="cannot be read as results"):
        figures_from(results)


@pytest.mark.parametrize("text", ["", "[[node]]\ncores = -1\ngib = 1\ndollars = 1", "node = 3"])
def test_a_broken_price_list_is_refused_in_words(tmp_path: Path, text: str) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text(text)
    with pytest.raises(BadPrices, match=r"missing|must be|prices\.toml"):
        prices_from(prices)


@pytest.mark.parametrize(
    ("field", "value"),
    [("users", 0), ("users", -5), ("messages_per_day", 0), ("peak", 0.5), ("peak", float("nan"))],
)
def test_a_demand_that_makes_no_sense_is_refused(field: str, value: float) -> None:
    with pytest.raises(OutOfRange, match=field.replace("_", "-")):
        replace(CITY, **{field: value})


@pytest.mark.parametrize(
    "arguments",
    [
        ["--users", "-1"],
        ["--users", "10", "--messages-per-day", "-3"],
        ["--users", "10", "--peak", "inf"],
        ["--peak", "3"],
        ["--prices", "/nowhere.toml"],
    ],
)
def test_the_command_says_what_is_wrong_and_ends_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("capacity: ")


@pytest.mark.parametrize("arguments", [["--users", "many"], ["--gamers", "5"]])
def test_the_command_knows_its_options(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def test_the_command_tells_the_table_unasked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "1,000,000" in capsys.readouterr().out


def test_a_gateways_share_of_a_crowd_is_printed_for_the_operator(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--users", "10000"]) == 0
    told = capsys.readouterr().out
    taps = sized(Demand(users=10_000, messages_per_day=1), figures_from(RESULTS)).taps_per_replica
    assert f"tapsPerReplica: {taps} in spec.prescaling" in told
    assert main([]) == 0
    assert f"tapsPerReplica: {taps} in" in capsys.readouterr().out


@given(st.floats(1, 10_000))
def test_who_answers_slower_gets_a_smaller_share(us: float) -> None:
    def share(of: float) -> int:
        gateway = replace(FIGURES.cpu_us["gateway"], value=of)
        return taps_per_replica(replace(FIGURES, cpu_us={**FIGURES.cpu_us, "gateway": gateway}))

    assert 100 <= share(2 * us) <= share(us)
    assert share(us) <= max(100.0, RUSH_SECONDS * TARGET / (us * 1e-6))
