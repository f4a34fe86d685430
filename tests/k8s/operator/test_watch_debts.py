"""Whether the watch lives is found by comparing it with the list."""

from typing import Any

from k8s.bot_operator.watching import Watched


class Seconds:
    """A clock that only a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def bot(name: str, version: str, generation: int = 1) -> dict[str, Any]:
    return {
        "metadata": {
            "name": name,
            "uid": f"uid-{name}",
            "resourceVersion": version,
            "generation": generation,
        }
    }


def test_a_watch_that_tells_all_owes_nothing() -> None:
    clock = Seconds()
    watched = Watched(clock)
    watched.told(bot("a", "1"), is_gone=False)
    watched.listed([bot("a", "1")])
    clock.now = 500.0
    watched.listed([bot("a", "1")])
    assert watched.behind() == 0.0


def test_a_silent_watch_falls_behind_however_often_the_bot_changes() -> None:
    clock = Seconds()
    watched = Watched(clock)
    watched.told(bot("a", "1"), is_gone=False)
    for version in ("2", "3", "4"):
        watched.listed([bot("a", version)])
        clock.now += 50.0
    assert watched.behind() == 150.0
    assert watched.owing() == ("a",)


def test_what_the_watch_tells_late_is_no_debt_any_more() -> None:
    clock = Seconds()
    watched = Watched(clock)
    watched.listed([bot("a", "1")])
    clock.now = 10.0
    watched.told(bot("a", "1"), is_gone=False)
    watched.listed([bot("a", "1")])
    assert watched.behind() == 0.0


def test_the_end_of_a_bot_is_owed_too() -> None:
    clock = Seconds()
    watched = Watched(clock)
    watched.told(bot("a", "1"), is_gone=False)
    watched.listed([])
    clock.now = 60.0
    assert watched.behind() == 60.0
    watched.told(bot("a", "2"), is_gone=True)
    watched.listed([])
    assert watched.behind() == 0.0


def test_a_change_of_the_status_alone_is_no_news() -> None:
    watched = Watched(Seconds())
    assert watched.told(bot("a", "1"), is_gone=False)
    assert not watched.told(bot("a", "2"), is_gone=False)
    assert watched.told(bot("a", "3", generation=2), is_gone=False)
    assert watched.told(bot("a", "4", generation=2), is_gone=True)
    assert watched.told(bot("a", "5"), is_gone=False)
