"""`python -m tests.k8s.tools [name ...]`: builds what is missing and prints where everything is."""

import sys

from tests.k8s.tools.build import CannotBuild, build
from tests.k8s.tools.catalogue import CONTROL_PLANE, TOOLS

USUAL = ("helm", *CONTROL_PLANE)


def main(names: list[str]) -> int:
    """The exit code: 1 when one could not be built, 2 for a name that nobody knows."""
    if unknown := [name for name in names if name not in TOOLS]:
        print(f"no such tool: {', '.join(unknown)}; known: {', '.join(TOOLS)}", file=sys.stderr)
        return 2
    try:
        for name in names or USUAL:
            print(f"{name}\t{build(TOOLS[name], lambda said: print(said, file=sys.stderr))}")
    except CannotBuild as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
