"""Rows handed to the services, a call for each thousand, and their outcomes kept and counted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, Protocol

from fotbot.common.v1 import import_pb2 as wire
from google.protobuf.message import Message

from services.local.move_in.known import Known
from services.local.move_in.report import Report

MOST_ROWS = 1000
# A server takes a mebibyte; the request is a little more than its rows.
MOST_BYTES = 900_000


class Answer(Protocol):
    """What every import call answers."""

    @property
    def results(self) -> Sequence[wire.ImportResult]: ...


Call = Callable[..., Awaitable[Any]]


class HandingOver:
    """One move's."""

    def __init__(
        self, known: Known, report: Report, *, dry_run: bool, seconds_per_call: float
    ) -> None:
        self.known = known
        self.report = report
        self.dry_run = dry_run
        self.seconds_per_call = seconds_per_call

    async def __call__(
        self, call: Call, request: type[Message], field: str, rows: Sequence[Message]
    ) -> list[wire.ImportResult]:
        """What became of the rows, and of those within them. Raises as any call to a service."""
        results: list[wire.ImportResult] = []
        for part in parts(rows):
            asked: Any = request(**{field: part, "dry_run": self.dry_run})
            answer: Answer = await call(asked, timeout=self.seconds_per_call)
            results += answer.results
        return results

    def settle(self, table: str, results: Sequence[wire.ImportResult], prefix: str = "") -> None:
        """Count them, and know those that are here now by their whole legacy ids."""
        self.count(table, results, prefix)
        left = wire.IMPORT_OUTCOME_LEFT
        here = [(one.legacy_id, one.id) for one in results if one.outcome != left]
        self.known.keep(table, here)

    def count(self, table: str, results: Sequence[wire.ImportResult], prefix: str = "") -> None:
        """What became of rows, whose ids lose the prefix again."""
        tally = self.report.tables[table]
        for result in results:
            if result.outcome == wire.IMPORT_OUTCOME_LEFT:
                self.report.leave(table, result.legacy_id.removeprefix(prefix), result.reason)
            elif result.outcome == wire.IMPORT_OUTCOME_ALREADY_THERE:
                tally.already_there += 1
            else:
                tally.moved += 1


def parts(rows: Sequence[Message]) -> Iterator[list[Message]]:
    """As many together as one call takes; rows within rows count too."""
    part: list[Message] = []
    count = size = 0
    for row in rows:
        weight = 1 + len(getattr(row, "figures", ()))
        length = row.ByteSize() + 8
        if part and (count + weight > MOST_ROWS or size + length > MOST_BYTES):
            yield part
            part, count, size = [], 0, 0
        part.append(row)
        count, size = count + weight, size + length
    if part:
        yield part
