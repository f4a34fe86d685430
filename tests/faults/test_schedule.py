"""A seed that failed plays the same again, and what is told of a run is read off a table."""

from __future__ import annotations

from tests.faults.catalogue import IN_EVERY_RUN, SHORT
from tests.faults.report import Report, table
from tests.faults.schedule import schedules


def told(name: str, fault: str, *, lost: int = 0, must_lose: bool = False) -> Report:
    return Report(
        name=name,
        fault=fault,
        seed=0,
        actions=1234,
        unknown=1,
        outage=2.5,
        lost=lost,
        duplicated=0,
        overbooked=0,
        notices_twice=0,
        broken=["I2 x3: (1, 7) stands 0 times, was told 1"] if lost else [],
        must_lose=must_lose,
    )


def test_a_seed_draws_the_same_schedules_and_another_seed_others() -> None:
    def drawn(seed: int) -> list[tuple[str, float, float]]:
        return [(one.name, one.rate, one.seconds) for one in schedules(seed, 5)]

    assert drawn(7) == drawn(7)
    assert drawn(7) != drawn(8)


def test_no_schedule_holds_a_fault_that_ends_its_town() -> None:
    ends = {one.name for one in SHORT if one.own_town}
    assert not [s.name for s in schedules(1, 50) for name in ends if name in s.name]


def test_five_are_in_every_run_and_names_are_given_once() -> None:
    assert len(IN_EVERY_RUN) == 5
    assert len({one.name for one in SHORT}) == len(SHORT)


def test_the_table_goes_by_fault_and_tells_loss_that_must_be_from_loss_that_must_not() -> None:
    rows = table(
        [
            told("b_lossy", "F11", lost=3, must_lose=True),
            told("c_blind", "F12", must_lose=True),
            told("d_broken", "F13", lost=3),
            told("a_clean", "F1, F2"),
        ]
    ).splitlines()[2:]
    verdicts = [row.split(" | ")[-1].removesuffix(" |") for row in rows]
    assert verdicts[0] == "as promised"
    assert verdicts[1] == "loses, as it must: the checker sees it"
    assert verdicts[2].startswith("BROKEN")
    assert verdicts[3].startswith("BROKEN: I2 x3")
    assert [row.split(" | ")[0] for row in rows] == [
        "| a clean",
        "| b lossy",
        "| c blind",
        "| d broken",
    ]
