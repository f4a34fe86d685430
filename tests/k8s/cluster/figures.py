"""What pods are said to use and queues to hold: a test writes it here, stand_in.py tells it to
whoever asks the metrics API. A file, because they are two processes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class Figures:
    """All figures of a cluster. Written whole, so that a reader never sees half of them."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "figures.json"

    def read(self) -> dict[str, Any]:
        """{"usage": {namespace: {component: {"cpu": "100m"}}}, "external": {namespace: {metric:
        "3"}}}."""
        if not self._file.exists():
            return {"usage": {}, "external": {}}
        content: dict[str, Any] = json.loads(self._file.read_text())
        return content

    def use(self, namespace: str, component: str, *, cpu: str, memory: str = "64Mi") -> None:
        """Each pod of that component uses this much from now on."""
        content = self.read()
        content["usage"].setdefault(namespace, {})[component] = {"cpu": cpu, "memory": memory}
        self._write(content)

    def external(self, namespace: str, metric: str, value: str) -> None:
        """An external metric has this value from now on."""
        content = self.read()
        content["external"].setdefault(namespace, {})[metric] = value
        self._write(content)

    def usage_of(self, namespace: str, component: str) -> dict[str, str]:
        """Of one pod of that component; nothing at all while nobody has said."""
        usage: dict[str, str] = self.read()["usage"].get(namespace, {}).get(component, {})
        return usage

    def value_of(self, namespace: str, metric: str) -> str | None:
        """None while nobody has said."""
        value: str | None = self.read()["external"].get(namespace, {}).get(metric)
        return value

    def _write(self, content: dict[str, Any]) -> None:
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps(content))
        draft.replace(self._file)
