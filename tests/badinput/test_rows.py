"""The catalogue of bad input is whole: every row has a test, and every test named is there."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.badinput.rows import ROWS

HOME = Path(__file__).parents[2]
# As the catalogue numbers them; what is missing in it was struck out there.
STRUCK = {6, 10, 16, 19, 25, 34, 42, 43, 45, 47, 56, 58}
NUMBERS = [f"B{number}" for number in range(1, 61) if number not in STRUCK]


@cache
def there_in(path: str) -> frozenset[str]:
    file = HOME / path
    tree = ast.parse(file.read_text()) if file.exists() else ast.Module([], [])
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(one.name for one in ast.walk(tree) if isinstance(one, functions))


def test_every_row_is_there() -> None:
    assert list(ROWS) == NUMBERS


@pytest.mark.parametrize("number", ROWS)
def test_a_row_has_tests_and_each_is_there(number: str) -> None:
    assert ROWS[number].tests
    for test in ROWS[number].tests:
        path, _, name = test.partition("::")
        assert name.startswith("test_") and name in there_in(path), test
