"""An audit in plain sentences, with a table of its parts at the end."""

from __future__ import annotations

from collections.abc import Iterator

from tests.audit.findings import Verdict
from tests.audit.run import PARTS, Audit


def report(done: Audit) -> str:
    lines = [line for verdict in done.verdicts for line in _told(verdict)]
    return "\n".join((*lines, "", *_table(done), "", _conclusion(done)))


def _told(verdict: Verdict) -> Iterator[str]:
    finding, answer = verdict.finding, verdict.answer
    yield f"{'answered' if answer else 'OPEN'}  {finding.words}"
    if answer:
        yield f"          {answer.words} ({answer.since}, until {answer.until})"
    else:
        yield f'          Mend it, or answer "{finding.key}" in tests/audit/answers.toml.'


def _table(done: Audit) -> Iterator[str]:
    yield "| part | findings | answered | open |"
    yield "|---|---|---|---|"
    for part in PARTS:
        here = [one for one in done.verdicts if one.finding.part == part]
        answered = sum(one.answer is not None for one in here)
        yield f"| {part} | {len(here)} | {answered} | {len(here) - answered} |"


def _conclusion(done: Audit) -> str:
    left = len(done.unanswered())
    how = f"open findings: {left}" if left else "every finding is answered"
    return f"{done.pins} locked packages audited: {how}."
