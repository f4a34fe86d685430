"""Every promise about security names tests that there are."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.security.promises import PROMISES, table

ROOT = Path(__file__).parents[2]
NAMED = sorted({test for tests in PROMISES.values() for test in tests})


@cache
def named_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text())
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in tree.body if isinstance(node, kinds))


@pytest.mark.parametrize("test", NAMED)
def test_a_promise_names_a_test_that_there_is(test: str) -> None:
    path, name = test.split("::")
    assert name in named_in(path)


def test_every_promise_is_shown_by_something_and_is_a_line_of_the_table() -> None:
    assert all(PROMISES.values())
    assert len(table().splitlines()) == len(PROMISES) + 2
