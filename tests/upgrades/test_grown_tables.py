"""What is added to the schemas since the release before keeps out of its way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.upgrades.previous import ROOT, files_of, why_not

VERSIONS = "*/migrations/versions/*.py"
# What would stand in the way for as long as the table is large.
SLOW = ("alter_column", "create_check_constraint", "create_foreign_key", "create_unique_constraint")


@pytest.fixture(scope="module")
def added() -> list[Path]:
    """The migrations that the release before has not."""
    if reason := why_not():
        pytest.skip(reason)
    known = files_of(VERSIONS)
    found = sorted((ROOT / "services").rglob(VERSIONS.removeprefix("*/")))
    return [path for path in found if str(path.relative_to(ROOT)) not in known]


def test_the_release_before_knows_less_than_this_one(added: list[Path]) -> None:
    assert added, "tests/upgrades/PREVIOUS names a release with today's schema: nothing is shown"


def test_indexes_of_tables_that_were_there_are_built_beside_the_writes(added: list[Path]) -> None:
    found = [f"{path.name}: {words}" for path in added for words in _in_the_way(path)]
    assert found == [], "use services.chassis.grown_tables"


def test_a_released_migration_is_never_changed_into_another(added: list[Path]) -> None:
    folders = {path.parent for path in added}
    known = {ROOT / name for name in files_of(VERSIONS)}
    assert [path for path in sorted(known) if path.parent in folders and not path.exists()] == []


def _in_the_way(path: Path) -> Iterator[str]:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    new = {_text(call.args[0]) for call in calls if _name(call) == "op.create_table"}
    for call in calls:
        name, table = _name(call), _text(call.args[1]) if len(call.args) > 1 else ""
        if name == "op.create_index" and table not in new:
            yield f"index of {table}"
        if name.removeprefix("op.") in SLOW and _text(call.args[0]) not in new:
            yield name
        if name == "op.execute" and "INDEX" in (said := _text(call.args[0])).upper():
            yield said


def _name(call: ast.Call) -> str:
    return ast.unparse(call.func)


def _text(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ast.unparse(node)
