"""The tools' catalogue: what it says when something has not been built."""

from pathlib import Path

import pytest

from tests.k8s.cluster.binaries import absent, binary
from tests.k8s.tools.build import CannotBuild, build
from tests.k8s.tools.catalogue import TOOLS, Tool


@pytest.fixture
def empty_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("empty_cache")
def test_what_is_not_built_skips_a_test_and_says_how_to_build_it() -> None:
    with pytest.raises(pytest.skip.Exception, match=r"python -m tests\.k8s\.tools helm"):
        binary("helm")
    assert absent("etcd", "kubectl") == (
        "etcd kubectl: not built yet (python -m tests.k8s.tools etcd kubectl)"
    )


def test_a_tool_lies_under_what_pins_its_version(empty_cache: Path) -> None:
    assert TOOLS["helm"].path.parent.name == f"helm@{TOOLS['helm'].version}"
    assert TOOLS["etcd"].path.parent == TOOLS["kubelet"].path.parent
    assert TOOLS["etcd"].path.is_relative_to(empty_cache / "fotbot")


def test_what_is_built_is_not_built_again(empty_cache: Path) -> None:
    tool = Tool(name="tool", package="fotbot.invalid/nothing", version="v1.0.0")
    tool.path.parent.mkdir(parents=True)
    tool.path.touch()
    said: list[str] = []
    assert build(tool, said.append) == tool.path
    assert said == []


@pytest.mark.usefixtures("empty_cache")
def test_without_go_the_builder_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CannotBuild, match="there is no `go` here"):
        build(TOOLS["helm"], lambda said: None)
