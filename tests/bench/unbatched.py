"""`python -m tests.bench.unbatched services.gateway`: a process of the product in which no call
waits for another. The product has no such switch; it is here to be compared with."""

from __future__ import annotations

import functools
import runpy
import sys
from dataclasses import replace
from typing import Any

from services.chassis.coalesce import Coalescer
from services.local.process import Process

FOR_ALL = 10**6


def alone(process: Process) -> Process:
    """The same process, started through this module."""
    python, flag, module = process.command
    return replace(process, command=(python, flag, "tests.bench.unbatched", module))


def main() -> None:
    made: Any = Coalescer.__init__

    @functools.wraps(made)
    def one_by_one(self: Any, carry: Any, **given: Any) -> None:
        made(self, carry, **{**given, "most": 1, "slots": FOR_ALL})

    untyped: Any = Coalescer
    untyped.__init__ = one_by_one
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
