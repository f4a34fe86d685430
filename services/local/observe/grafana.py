"""Dashboards as the JSON that Grafana imports. The data source is a variable, never an address of
somebody's installation. `python -m services.local.observe write` puts them into the chart."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from services.local.observe.business import BUSINESS
from services.local.observe.calls import CALLS
from services.local.observe.panels import Dashboard, Panel, Query
from services.local.observe.promises import PROMISES
from services.local.observe.saturation import SATURATION

DASHBOARDS = (PROMISES, CALLS, SATURATION, BUSINESS)
# https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
SCHEMA_VERSION = 39
WIDE, WIDTH, HEIGHT, STAT_HEIGHT = 24, 8, 8, 5
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
ANY_SERIES = "fotbot_event_loop_lag_seconds"

Json = dict[str, Any]
# All that Grafana's own schema requires (grafana-foundation-sdk, strictly read, takes the files).
STAT: Json = {
    "reduceOptions": {"calcs": ["lastNotNull"]},
    "colorMode": "value",
    "graphMode": "none",
    "justifyMode": "auto",
    "textMode": "auto",
    "orientation": "auto",
    "wideLayout": True,
    "showPercentChange": False,
    "percentChangeColorMode": "standard",
}
TIMESERIES: Json = {
    "legend": {
        "showLegend": True,
        "displayMode": "table",
        "placement": "bottom",
        "calcs": ["lastNotNull", "max"],
    },
    "tooltip": {"mode": "multi", "sort": "desc"},
}


def written(dashboard: Dashboard) -> str:
    """The whole file."""
    return json.dumps(_model(dashboard), indent=1, ensure_ascii=False) + "\n"


def _model(dashboard: Dashboard) -> Json:
    return {
        "uid": f"fotbot-{dashboard.name}",
        "title": dashboard.title,
        "tags": ["fotbot"],
        "schemaVersion": SCHEMA_VERSION,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-1h", "to": "now"},
        "timezone": "browser",
        "links": [_others()],
        "annotations": {"list": []},
        "templating": {"list": list(_variables(dashboard))},
        "panels": list(_laid_out(dashboard)),
    }


def _others() -> Json:
    """From each to the others."""
    return {
        "type": "dashboards",
        "title": "Fotbot",
        "tags": ["fotbot"],
        "asDropdown": True,
        "keepTime": True,
        "includeVars": True,
        "targetBlank": False,
        "icon": "external link",
        "tooltip": "",
    }


def _variables(dashboard: Dashboard) -> Iterator[Json]:
    yield {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"}
    yield _of_label("namespace", ANY_SERIES)
    if "$role" in "".join(q.expr for panel in dashboard.panels() for q in panel.queries):
        chosen = {"multi": True, "includeAll": True, "allValue": ".+"}
        everybody = {"current": {"text": ["All"], "value": ["$__all"]}}
        yield {
            **_of_label("role", f'{ANY_SERIES}{{namespace="$namespace"}}'),
            **chosen,
            **everybody,
        }


def _of_label(label: str, series: str) -> Json:
    query = f"label_values({series}, {label})"
    return {
        "name": label,
        "label": label.capitalize(),
        "type": "query",
        "datasource": SOURCE,
        "query": {"query": query, "refId": label},
        "definition": query,
        "refresh": 2,
        "sort": 1,
    }


def _laid_out(dashboard: Dashboard) -> Iterator[Json]:
    """Row titles, below each its panels, three beside each other."""
    number, top = 0, 0
    for title, panels in dashboard.rows.items():
        number += 1
        place = {"x": 0, "y": top, "w": WIDE, "h": 1}
        row = {"type": "row", "title": title, "collapsed": False, "panels": []}
        yield {"id": number, "gridPos": place, **row}
        top, left, tallest = top + 1, 0, 0
        for panel in panels:
            number += 1
            height = STAT_HEIGHT if panel.kind == "stat" else HEIGHT
            if left + WIDTH > WIDE:
                top, left, tallest = top + tallest, 0, 0
            place = {"x": left, "y": top, "w": WIDTH, "h": height}
            yield {"id": number, "gridPos": place, **_panel(panel)}
            left, tallest = left + WIDTH, max(tallest, height)
        top += tallest


def _panel(panel: Panel) -> Json:
    return {
        "type": panel.kind,
        "title": panel.title,
        "description": panel.about,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": _defaults(panel), "overrides": []},
        "options": _options(panel),
        "targets": [
            _target(query, letter, panel)
            for query, letter in zip(panel.queries, "ABCDEF", strict=False)
        ],
    }


def _target(query: Query, letter: str, panel: Panel) -> Json:
    target: Json = {
        "refId": letter,
        "datasource": SOURCE,
        "expr": query.expr,
        "legendFormat": query.legend,
    }
    if panel.exemplars:
        target["exemplar"] = True
    if panel.kind == "stat":
        target["instant"] = True
    return target


def _defaults(panel: Panel) -> Mapping[str, Any]:
    colours = ("green", "orange", "red")[-len(panel.lines) :] if panel.lines else ()
    steps: list[Json] = [{"color": "green", "value": None}]
    steps += [{"color": c, "value": v} for c, v in zip(colours, panel.lines, strict=False)]
    defaults: Json = {"unit": panel.unit, "thresholds": {"mode": "absolute", "steps": steps}}
    if panel.kind == "timeseries":
        shown = "line" if panel.lines else "off"
        defaults["custom"] = {"thresholdsStyle": {"mode": shown}, "fillOpacity": 5}
        defaults["min"] = 0
    return defaults


def _options(panel: Panel) -> Json:
    return STAT if panel.kind == "stat" else TIMESERIES
