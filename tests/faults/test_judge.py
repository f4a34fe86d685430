"""The judge is not to be trusted before it has seen a broken promise of every kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.end_state import EndState, Entry, Paid, Seat, SessionRow, Told
from tests.faults.history import Action, Deed, History, Outcome, Standing
from tests.faults.judge import judge
from tests.faults.leaks import leaks
from tests.faults.report import longest_outage, notices_twice, report

ALI, BOB, CAROL, SESSION = 1, 2, 3, 7
Broken = tuple[str, History, EndState]


def action(person: int, deed: Deed, at: float, **others: object) -> Action:
    """Answered at once, as asked, unless `others` say so."""
    standing = Standing.OUT if deed is Deed.LEAVE else Standing.IN
    usual: dict[str, object] = {
        "update_id": int(at * 10),
        "outcome": Outcome.OK,
        "standing": standing,
        "took_effect": deed is not Deed.LOOK,
        "ended": at + 0.5,
        "said": f"{deed} {standing}",
    }
    made: dict[str, object] = {
        "person": person,
        "deed": deed,
        "session": SESSION,
        "invoked": at,
        **usual,
        **others,
    }
    return Action(**made)  # type: ignore[arg-type]


HISTORY = (
    action(ALI, Deed.JOIN, 1),
    action(ALI, Deed.LOOK, 2),
    action(BOB, Deed.JOIN, 3, standing=Standing.WAITING),
    action(BOB, Deed.JOIN, 3, standing=Standing.WAITING),
    action(ALI, Deed.LEAVE, 4),
    action(ALI, Deed.LOOK, 5, standing=Standing.OUT),
    action(CAROL, Deed.JOIN, 6, standing=Standing.WAITING),
)
"""Two places at first one: Ali leaves, Bob comes in from the queue, Carol waits."""
ENTRIES = (
    Entry(11, SESSION, ALI, "cancelled", 1, 0),
    Entry(12, SESSION, BOB, "confirmed", 4, 1),
    Entry(13, SESSION, CAROL, "waitlisted", 3, 1),
)
PROMOTED = Told(f"sessions:{SESSION}:5:promoted:20", BOB, "promoted", "sent")
END = EndState(
    sessions=[SessionRow(SESSION, 1, 1, 1, 100)],
    entries=ENTRIES,
    seats=[
        Seat(SESSION, side, who, by, False)
        for by in ("sessions", "teams")
        for who, side in ((BOB, 1), (9, 2))
    ],
    payments=[Paid(11, 100, "void", 100, "void"), Paid(12, 100, "due", 100, "due")],
    notices=[PROMOTED],
    requests={10: 1, 30: 1},
    sent={(BOB, "A place has come free"): 1},
)


def entries(*changed: Entry) -> EndState:
    """The end with these rows instead of those with the same id."""
    by_id = {entry.id: entry for entry in (*ENTRIES, *changed)}
    return replace(END, entries=list(by_id.values()))


def told(*actions: Action) -> History:
    """What happened, and this too."""
    return History([*HISTORY, *actions])


def without(person: int) -> History:
    """As if he had never come."""
    return History([one for one in HISTORY if one.person != person])


BOBS, CAROLS = ENTRIES[1], ENTRIES[2]
BROKEN: Sequence[Broken] = (
    ("I1", told(), entries(CAROLS._replace(status="confirmed"))),
    ("I2", told(), replace(END, entries=ENTRIES[:2])),
    ("I2", told(), entries(BOBS._replace(id=14, turn=9))),
    ("I2", told(action(CAROL, Deed.LEAVE, 8)), END),
    (
        "I3",
        History([*without(CAROL).actions, action(CAROL, Deed.JOIN, 6, outcome=Outcome.FAILED)]),
        END,
    ),
    ("I3", without(CAROL), END),
    ("I4", told(), entries(CAROLS._replace(id=10))),
    ("I4", told(), entries(CAROLS._replace(turn=1), Entry(15, SESSION, 5, "waitlisted", 0, 1))),
    ("I4", told(), replace(END, sessions=[SessionRow(SESSION, 2, 1, 1, 100)])),
    (
        "I4",
        told(),
        entries(BOBS._replace(status="waitlisted"), CAROLS._replace(status="confirmed")),
    ),
    ("I4", told(), replace(END, notices=[PROMOTED, PROMOTED])),
    ("I4", told(), replace(END, notices=[])),
    ("I4", told(action(4, Deed.JOIN, 9)), entries(Entry(9, SESSION, 4, "confirmed", 1, 1))),
    ("I5", told(), replace(END, seats=[*END.seats, Seat(SESSION, 2, BOB, "teams", False)])),
    ("I5", told(), replace(END, seats=END.seats[:2])),
    (
        "I5",
        told(),
        replace(END, seats=[*END.seats, *(Seat(SESSION, 1, n, "teams", False) for n in (5, 6))]),
    ),
    ("I6", told(), entries(Entry(14, SESSION, ALI, "cancelled", 8, 0))),
    ("I6", told(action(BOB, Deed.JOIN, 3, said="something else")), END),
    ("I6", told(), replace(END, requests={10: 2})),
    ("I6", told(action(ALI, Deed.BROWSE, 9, answered=False, outcome=Outcome.UNKNOWN)), END),
    ("I6", told(action(ALI, Deed.BROWSE, 9, apologised=True, outcome=Outcome.UNKNOWN)), END),
    ("I7", told(action(ALI, Deed.LOOK, 7)), END),
    ("I7", told(action(BOB, Deed.LOOK, 7, standing=Standing.OUT)), END),
    ("I8", told(), replace(END, outbox=3, oldest_outbox=61.0)),
    ("I8", told(), replace(END, parked=1)),
    ("I8", told(), replace(END, sent={})),
    ("I9", told(), replace(END, leaks=["gateway.log: a bot token"])),
    ("I10", told(), replace(END, sessions=[SessionRow(SESSION, 1, 0, 1, 100)])),
    ("I10", told(), replace(END, sessions=[SessionRow(SESSION, 1, 1, 2, 100)])),
    ("I10", told(), entries(BOBS._replace(active_players=0))),
    ("I10", told(), replace(END, payments=[Paid(12, 100, "due", 50, "due")])),
    ("I10", told(), replace(END, payments=[])),
)


def test_a_run_that_kept_its_promises_is_clean() -> None:
    assert judge(told(), END) == []


@pytest.mark.parametrize(
    ("invariant", "history", "end"), BROKEN, ids=[f"{n}-{b[0]}" for n, b in enumerate(BROKEN)]
)
def test_every_broken_promise_is_seen(invariant: str, history: History, end: EndState) -> None:
    assert invariant in {finding.invariant for finding in judge(history, end)}


def test_every_invariant_is_shown_to_be_breakable() -> None:
    assert {invariant for invariant, _, _ in BROKEN} == {f"I{n}" for n in range(1, 11)}


@pytest.mark.parametrize("status", ["confirmed", "cancelled"])
def test_a_leave_of_unknown_outcome_may_have_been_or_not(status: str) -> None:
    unsure = action(
        BOB, Deed.LEAVE, 8, outcome=Outcome.UNKNOWN, standing=Standing.UNTOLD, took_effect=False
    )
    end = entries(BOBS._replace(status=status, active_players=int(status == "confirmed")))
    assert "I2" not in {finding.invariant for finding in judge(told(unsure), end)}


def test_an_outage_lasts_from_the_first_no_to_the_end_of_the_next_yes() -> None:
    actions = [
        action(ALI, Deed.JOIN, 1, outcome=Outcome.FAILED),
        action(ALI, Deed.JOIN, 3, outcome=Outcome.UNKNOWN),
        action(ALI, Deed.JOIN, 9),
        action(BOB, Deed.JOIN, 1, ended=4.0),
    ]
    assert longest_outage(actions) == 8.5


def test_a_notice_that_came_twice_is_counted() -> None:
    assert notices_twice(END) == 0
    assert notices_twice(replace(END, sent={(BOB, "A place has come free"): 2})) == 1


def test_a_run_that_has_to_lose_is_as_promised_only_if_it_lost() -> None:
    gone = replace(END, entries=ENTRIES[:2])
    for end, seen in ((gone, True), (END, False)):
        run = report("x", "F11", 0, told(), end, judge(told(), end), must_lose=True)
        assert run.is_as_promised is seen


def test_a_history_is_the_same_when_it_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    told().save(path)
    assert History.load(path).actions == told().actions


@pytest.mark.parametrize(
    "text",
    [
        "call to 1000000001:local-telegram-knows-only-this-bot failed",
        "person +998901234567 came",
        "postgresql://sessions:0123456789abcdef@db/fotbot is away",
        "the secret is hush-hush-hush",
    ],
)
def test_what_nobody_may_find_is_found_and_not_repeated(text: str) -> None:
    found = leaks("x.log", text, {"a secret": "hush-hush-hush"})
    assert len(found) == 1
    assert not any(word in found[0] for word in ("local-telegram", "998", "0123", "hush"))


def test_usual_words_are_no_leak() -> None:
    usual = "2026-11-24T17:59:01.123456 update 1764007141123456 of tg:1000000001:5:0 took 998 us"
    assert leaks("x.log", usual, {"a secret": "hush-hush-hush"}) == []
