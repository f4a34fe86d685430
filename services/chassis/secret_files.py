"""Files that change while the process runs: mounted secrets and certificates.

The kubelet swaps a symbolic link above them, a person may write one in place, and a file may come
and go: so it is their content that is compared, again and again.
"""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

from services.chassis import logs

POLL_SECONDS = 1.0

Contents = Mapping[str, bytes | None]
"""By name; None for a file that is not there."""

log = logs.logger(__name__)


class SecretFiles:
    """Some files that belong together, by name."""

    def __init__(self, paths: Mapping[str, Path]) -> None:
        self._paths = dict(paths)
        self.contents: Contents = self._read()
        """As last told."""

    async def follow(
        self, changed: Callable[[Contents], None], every: float = POLL_SECONDS
    ) -> None:
        """For ever: call `changed` when the files are others than were told last, once two readings
        in a row agree, so that files swapped one by one are told together.

        What `changed` raises is logged, and the files count as told.
        """
        last: Contents = self.contents
        while self._paths:
            await asyncio.sleep(every)
            now = self._read()
            if now == last and now != self.contents:
                self.contents = now
                self._tell(changed)
            last = now

    def _tell(self, changed: Callable[[Contents], None]) -> None:
        try:
            changed(self.contents)
        except Exception:
            log.exception("changed files cannot be used", files=sorted(self._paths))

    def _read(self) -> Contents:
        return {name: _content(path) for name, path in self._paths.items()}


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        log.warning("a file cannot be read", path=str(path), error=str(error))
        return None
