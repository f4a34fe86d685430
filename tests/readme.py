"""`python -m tests.readme` puts the tables that runs and tests have made into the README, each
between its own mark and the next end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.security.promises import table as security

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"


def faults() -> str:
    """What the last runs of all faults have shown."""
    return (ROOT / "tests/faults/results.md").read_text("utf-8")


TABLES: Mapping[str, Callable[[], str]] = {
    "tests/faults/results.md": faults,
    "python -m tests.security": security,
}


def filled(text: str) -> str:
    """The text with each table as it is now. Raises KeyError for a table without its mark."""
    for mark, made in TABLES.items():
        begins, ends = f"<!-- {mark} -->\n", "<!-- end -->"
        if begins not in text:
            raise KeyError(mark)
        before, _, rest = text.partition(begins)
        _, _, after = rest.partition(ends)
        text = f"{before}{begins}\n{made().strip()}\n\n{ends}{after}"
    return text


if __name__ == "__main__":
    README.write_text(filled(README.read_text("utf-8")), "utf-8")
