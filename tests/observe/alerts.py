"""The alerts' cases as promtool's own tests: `python -m tests.observe.alerts` (make alerts-check)
checks the rules and runs them; a case expects its alert with every label and annotation."""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

RULES = Path(__file__).parents[2] / "helm/fotbot/alerts"
CASES = Path(__file__).with_name("alert_cases.yaml")
LABEL = re.compile(r"\{\{ \$labels\.(\w+) \}\}")
LONG_MINUTES = 120
PROMTOOL = shutil.which("promtool")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert as its file has it."""

    name: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    file: Path

    def firing(self, labels: Mapping[str, str]) -> dict[str, Any]:
        """As promtool expects it of a series with these labels."""
        told = {
            name: LABEL.sub(lambda found: labels[found[1]], text)
            for name, text in self.annotations.items()
        }
        return {"exp_labels": {**labels, **self.labels}, "exp_annotations": told}


def rule_files() -> list[Path]:
    """Every file of rules."""
    return sorted(RULES.glob("*.yaml"))


def alerts() -> dict[str, Alert]:
    """All of them, by name."""
    found = [
        Alert(name=rule["alert"], labels=rule["labels"], annotations=rule["annotations"], file=file)
        for file in rule_files()
        for group in yaml.safe_load(file.read_text())["groups"]
        for rule in group["rules"]
        if "alert" in rule
    ]
    return {alert.name: alert for alert in found}


def cases() -> dict[str, Any]:
    """By the alert's name."""
    # As strings: promtool's 0x5 (zero, five times more) would be a number.
    loaded: dict[str, Any] = yaml.load(CASES.read_text(), Loader=yaml.BaseLoader)  # noqa: S506
    return loaded


def promtool_tests() -> Iterator[dict[str, Any]]:
    """Files of `promtool test rules`: for each alert a firing and a quiet case. One for each file
    of rules, and one more for cases of many hours, which are looked at less often."""
    every, told = alerts(), cases()
    for file in rule_files():
        named = [name for name in told if name in every and every[name].file == file]
        for interval, is_long in (("1m", False), ("5m", True)):
            some = [name for name in named if (int(told[name]["at"]) > LONG_MINUTES) is is_long]
            if some:
                yield {
                    "rule_files": [str(file)],
                    "evaluation_interval": interval,
                    "tests": [test for name in some for test in _both(every[name], told[name])],
                }


def _both(alert: Alert, case: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for way, expected in (("fires", [alert.firing(case["labels"])]), ("quiet", [])):
        series = [{"series": name, "values": values} for name, values in case[way].items()]
        looked = {"eval_time": f"{case['at']}m", "alertname": alert.name, "exp_alerts": expected}
        yield {
            "name": f"{alert.name} {way}",
            "interval": "1m",
            "input_series": series,
            "alert_rule_test": [looked],
        }


def run(promtool: str, *arguments: str) -> tuple[bool, str]:
    """Whether it is content, and what it says."""
    done = subprocess.run([promtool, *arguments], capture_output=True, text=True, timeout=120)
    return done.returncode == 0, done.stdout + done.stderr


def proved(promtool: str) -> tuple[bool, str]:
    """All cases."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, tests in enumerate(promtool_tests()):
            files.append(Path(folder) / f"{number}.yaml")
            files[-1].write_text(yaml.safe_dump(tests))
        return run(promtool, "test", "rules", *map(str, files))


def main() -> int:
    """Says what is wrong, if anything."""
    if PROMTOOL is None:
        print("No promtool here (Debian: apt-get install prometheus).", file=sys.stderr)
        return 2
    for is_right, words in (
        run(PROMTOOL, "check", "rules", *map(str, rule_files())),
        proved(PROMTOOL),
    ):
        print(words.strip())
        if not is_right:
            return 1
    print(f"{len(alerts())} alerts, each fires and each is quiet.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
