"""The built tools for tests: there, or the test is skipped and says what would bring them.

Nothing is compiled inside a test: the control plane takes minutes. tests/k8s/tools builds.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.k8s.tools.catalogue import CONTROL_PLANE, TOOLS

Absent = str


def binary(name: str) -> Path:
    """The executable of that name; skips the test when it has not been built."""
    if reason := absent(name):
        pytest.skip(reason)
    return TOOLS[name].path


def absent(*names: str) -> Absent | None:
    """Why these cannot be used, in one sentence; None when all are there."""
    missing = [name for name in names if not TOOLS[name].path.exists()]
    if not missing:
        return None
    wanted = " ".join(missing)
    return f"{wanted}: not built yet (python -m tests.k8s.tools {wanted})"


def no_control_plane() -> Absent | None:
    """The same for all that a cluster of tests/k8s/cluster is made of."""
    return absent(*CONTROL_PLANE)
