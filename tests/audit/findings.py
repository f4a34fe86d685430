"""What an audit finds, and the answers somebody gave: dated, for one finding each, not for ever."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`key` is what an answer names: part of the audit, package, and what is wrong with it."""

    part: str
    key: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    words: str
    since: date
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`answer` is None where nobody answered, or not for today."""

    finding: Finding
    answer: Answer | None


def read_answers(path: Path) -> Mapping[str, Answer]:
    """Raises ValueError for an answer without its words or its two dates."""
    table = tomllib.loads(path.read_text())
    return {key: _answer(key, given) for key, given in table.items()}


def judge(
    found: Iterable[Finding], answers: Mapping[str, Answer], today: date
) -> tuple[Verdict, ...]:
    return tuple(
        Verdict(finding=one, answer=_in_force(answers.get(one.key), today)) for one in found
    )


def _answer(key: str, given: Mapping[str, object]) -> Answer:
    words, since, until = given.get("answer"), given.get("since"), given.get("until")
    if not (isinstance(words, str) and words.strip()) or "\n" in words:
        raise ValueError(f'The answer to "{key}" must be one line.')
    if not (isinstance(since, date) and isinstance(until, date) and since < until):
        raise ValueError(f'The answer to "{key}" needs the dates since and until.')
    return Answer(words=words, since=since, until=until)


def _in_force(answer: Answer | None, today: date) -> Answer | None:
    return answer if answer and answer.since <= today <= answer.until else None
