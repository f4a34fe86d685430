"""A run in one line of the table, and the table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.end_state import EndState
from tests.faults.history import Action, History, Outcome
from tests.faults.judge import Finding

RESULTS = Path(__file__).with_name("results.json")
TABLE = Path(__file__).with_name("results.md")
HEAD = (
    "Scenario",
    "Fault",
    "Actions",
    "Unknown",
    "Longest outage, s",
    "Lost",
    "Duplicated",
    "Overbooked",
    "Notices twice",
    "Verdict",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a scenario has shown."""

    name: str
    fault: str
    """Its number in the catalogue."""
    seed: int
    actions: int
    unknown: int
    outage: float
    """Seconds: the longest that one person went from wanting something to a definite answer."""
    lost: int
    duplicated: int
    overbooked: int
    notices_twice: int
    broken: Sequence[str] = ()
    """The invariants that did not hold, with a sample of the words."""
    must_lose: bool = False
    evidence: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_as_promised(self) -> bool:
        """Clean; or, of a run that has to lose, seen to have lost."""
        return bool(self.lost) if self.must_lose else not self.broken


def report(
    name: str,
    fault: str,
    seed: int,
    history: History,
    end: EndState,
    findings: Sequence[Finding],
    *,
    must_lose: bool = False,
    evidence: Mapping[str, float] | None = None,
) -> Report:
    """Counts what was found."""
    counted: Counter[str] = Counter()
    for finding in findings:
        counted[finding.invariant] += finding.times
    return Report(
        name=name,
        fault=fault,
        seed=seed,
        actions=len(history.actions),
        unknown=history.unknown,
        outage=round(longest_outage(history.actions), 1),
        lost=counted["I2"],
        duplicated=counted["I6"],
        overbooked=counted["I1"],
        notices_twice=notices_twice(end),
        broken=_words(findings),
        must_lose=must_lose,
        evidence=dict(evidence or {}),
    )


def longest_outage(actions: Iterable[Action]) -> float:
    """From the first action that got no definite yes to the end of the next that did; an answer
    that came late counts as well."""
    longest = 0.0
    since: dict[int, float] = {}
    for action in sorted(actions, key=lambda action: action.invoked):
        began = since.setdefault(action.person, action.invoked)
        longest = max(longest, action.ended - began)
        if action.outcome is Outcome.OK:
            since.pop(action.person)
    return longest


def notices_twice(end: EndState) -> int:
    """Messages beyond the notices that there are; Telegram gives no key to prevent it."""
    sent: Counter[int] = Counter()
    for (chat, _), count in end.sent.items():
        sent[chat] += count
    noted = Counter(note.person for note in end.notices)
    return sum(max(0, count - noted[chat]) for chat, count in sent.items())


def keep(reports: Iterable[Report]) -> None:
    """Into the results, beside those of other scenarios; the table is written anew."""
    known: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    known |= {one.name: asdict(one) for one in reports}
    RESULTS.write_text(json.dumps(known, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    TABLE.write_text(table([Report(**told) for told in known.values()]))


def table(reports: Sequence[Report]) -> str:
    """Markdown."""
    rows = [_row(one) for one in sorted(reports, key=_number)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (HEAD, ["---"] * len(HEAD), *rows)) + "\n"


def _row(one: Report) -> Sequence[str]:
    verdict = "as promised" if one.is_as_promised else "BROKEN: " + "; ".join(one.broken)
    if one.must_lose and one.lost:
        verdict = "loses, as it must: the checker sees it"
    figures = (one.lost, one.duplicated, one.overbooked, one.notices_twice)
    return (
        one.name.replace("_", " "),
        one.fault,
        f"{one.actions:,}",
        str(one.unknown),
        f"{one.outage:.1f}",
        *map(str, figures),
        verdict,
    )


def _number(one: Report) -> tuple[int, str]:
    digits = "".join(c for c in one.fault.partition(",")[0] if c.isdigit())
    return int(digits or 99), one.name


def _words(findings: Sequence[Finding]) -> list[str]:
    first: dict[str, str] = {}
    for finding in findings:
        first.setdefault(finding.invariant, finding.words)
    counted = Counter(finding.invariant for finding in findings)
    return [f"{name} x{counted[name]}: {words}" for name, words in first.items()]
