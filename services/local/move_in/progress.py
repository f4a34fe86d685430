"""A bar on the terminal while a table moves; a line a table where nobody watches."""

from __future__ import annotations

import sys
import time
from typing import TextIO

WIDTH = 30
# A terminal is not redrawn more often than anybody sees.
REDRAW_SECONDS = 0.1


class Bar:
    """One table's."""

    def __init__(self, name: str, total: int, out: TextIO = sys.stderr) -> None:
        self._name, self._total, self._out = name, total, out
        self._done = 0
        self._began = time.monotonic()
        self._drawn = 0.0

    def advance(self, rows: int) -> None:
        """So many rows more are told of."""
        self._done += rows
        now = time.monotonic()
        if self._out.isatty() and now - self._drawn > REDRAW_SECONDS:
            self._drawn = now
            self._out.write(f"\r{self._line()}")
            self._out.flush()

    def end(self) -> None:
        """The table is through."""
        took = time.monotonic() - self._began
        start = "\r" if self._out.isatty() else ""
        self._out.write(f"{start}{self._line()}  {took:.1f} s\n")
        self._out.flush()

    def _line(self) -> str:
        part = min(1.0, self._done / self._total) if self._total else 1.0
        bar = "#" * round(part * WIDTH)
        return f"{self._name:18} [{bar:<{WIDTH}}] {self._done:>9,} of {self._total:,}"
