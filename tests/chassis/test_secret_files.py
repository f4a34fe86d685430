"""Files that change under a running process are noticed however they are changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.chassis.secret_files import Contents, SecretFiles
from tests.eventually import until

QUICKLY = 0.02


def in_place(folder: Path, key: str, cert: str) -> None:
    (folder / "key").write_text(key)
    (folder / "cert").write_text(cert)


def renamed(folder: Path, key: str, cert: str) -> None:
    for name, content in (("key", key), ("cert", cert)):
        (folder / "new").write_text(content)
        (folder / "new").replace(folder / name)


def by_kubelet(folder: Path, key: str, cert: str) -> None:
    """Files are links through ..data, which is a link to a folder and is swapped as a whole."""
    made = folder / f"..{key}"
    made.mkdir()
    in_place(made, key, cert)
    (folder / "..data_tmp").symlink_to(made.name)
    (folder / "..data_tmp").replace(folder / "..data")
    for name in ("key", "cert"):
        if not (folder / name).is_symlink():
            (folder / name).symlink_to(f"..data/{name}")


@contextmanager
def following(files: SecretFiles, told: Callable[[Contents], None]) -> Iterator[None]:
    task = asyncio.create_task(files.follow(told, QUICKLY))
    try:
        yield
    finally:
        task.cancel()


@pytest.mark.parametrize("write", [in_place, renamed, by_kubelet])
async def test_every_change_is_told_once_and_whole(
    tmp_path: Path, write: Callable[[Path, str, str], None]
) -> None:
    write(tmp_path, "k1", "c1")
    files = SecretFiles({name: tmp_path / name for name in ("key", "cert")})
    told: list[Contents] = []
    with following(files, told.append):
        for number in ("2", "3"):
            write(tmp_path, f"k{number}", f"c{number}")
            await until(lambda: files.contents["cert"] == b"c" + number.encode())  # noqa: B023
    assert told == [{"key": b"k2", "cert": b"c2"}, {"key": b"k3", "cert": b"c3"}]


async def test_a_file_may_come_and_go(tmp_path: Path) -> None:
    files = SecretFiles({"previous": tmp_path / "previous"})
    told: list[Contents] = []
    assert files.contents == {"previous": None}
    with following(files, told.append):
        (tmp_path / "previous").write_text("x")
        await until(lambda: len(told) == 1)
        (tmp_path / "previous").unlink()
        await until(lambda: len(told) == 2)
    assert [contents["previous"] for contents in told] == [b"x", None]


async def test_content_that_nobody_can_use_does_not_end_the_following(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("good")
    files = SecretFiles({"key": tmp_path / "key"})
    used: list[bytes | None] = []

    def use(contents: Contents) -> None:
        if contents["key"] == b"bad":
            raise ValueError("bad")
        used.append(contents["key"])

    with following(files, use):
        (tmp_path / "key").write_text("bad")
        await until(lambda: files.contents["key"] == b"bad")
        (tmp_path / "key").write_text("better")
        await until(lambda: used == [b"better"])


async def test_what_cannot_be_read_counts_as_not_there(tmp_path: Path) -> None:
    (tmp_path / "key").mkdir()
    assert SecretFiles({"key": tmp_path / "key"}).contents == {"key": None}
