"""The README promises only what a test proves."""

import ast
import re
from pathlib import Path

import pytest

from tests.readme import filled

ROOT = Path(__file__).parent.parent
ROW = re.compile(r"^\| (a\d+\.?\d*) \|.*$", re.MULTILINE)
PROOF = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)")
FLOWS = [f"a3.{n}" for n in range(1, 11)] + [f"a4.{n}" for n in range(1, 14)]
RULES = ["a6", "a7", "a8", "a9"]
DEFECTS = [f"a10.{n}" for n in range(1, 18)]


def rows() -> dict[str, str]:
    """The lines of the table of the old bot's flows and defects, by their number."""
    text = (ROOT / "README.md").read_text("utf-8")
    return {found[1]: found[0] for found in ROW.finditer(text)}


@pytest.mark.parametrize("number", [*FLOWS, *RULES, *DEFECTS])
def test_every_flow_and_defect_of_the_old_bot_has_a_proof(number: str) -> None:
    proofs = PROOF.findall(rows()[number])
    assert proofs != []
    assert [name for path, name in proofs if name not in names_in(path)] == []


def test_every_test_that_the_readme_names_is_there() -> None:
    named = PROOF.findall((ROOT / "README.md").read_text("utf-8"))
    assert [f"{path}::{name}" for path, name in named if name not in names_in(path)] == []


def test_the_tables_of_what_was_seen_are_the_last_ones() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert filled(text) == text


def names_in(path: str) -> set[str]:
    """The names of a file's tests."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    found = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, found)}
