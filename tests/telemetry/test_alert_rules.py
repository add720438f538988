"""The alerts that ship: valid, about metrics that exist, each with its part of the runbook."""

import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from bilag.adapters.telemetry.metrics import Metrics
from tests.house.documents import page
from tests.house.source_files import ROOT

RULES = ROOT / "examples" / "prometheus" / "bilag.rules.yml"
KINDS_WITH_PARTS = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("_total",), "info": ("_info",)}


def rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


def existing() -> set[str]:
    families = [family for family in Metrics().registry.collect() if family.name.startswith("bilag")]
    return {family.name + part for family in families for part in KINDS_WITH_PARTS.get(family.type, ("",))}


def test_every_metric_that_an_alert_names_exists_with_its_labels() -> None:
    exist = existing()
    labels = {"outcome", "code", "end", "side", "kind"}
    for rule in rules():
        named = set(re.findall(r"bilag_[a-z_]+", rule["expr"]))
        assert named, rule["alert"]
        assert named <= exist, (rule["alert"], named - exist)
        assert set(re.findall(r"[{,](\w+)=", rule["expr"])) <= labels, rule["alert"]


def test_every_alert_says_what_is_wrong_and_has_its_part_of_the_runbook() -> None:
    headings = {
        line.removeprefix("### ").lower() for line in page("docs/operations.md").splitlines() if line.startswith("### ")
    }
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names))
    for rule in rules():
        assert len(rule["annotations"]["summary"].split()) >= 4, rule["alert"]
        assert rule["annotations"]["runbook"] == f"docs/operations.md#{rule['alert'].lower()}"
        assert rule["alert"].lower() in headings, rule["alert"]
        assert rule["labels"]["severity"] in ("page", "ticket")


def test_every_metric_stands_in_the_operations_page_and_no_other() -> None:
    told = set(re.findall(r"`(bilag_[a-z_]+)`", page("docs/operations.md")))
    assert told == {name for name in existing() if not name.endswith(("_bucket", "_sum", "_count"))} | {
        "bilag_job_start_seconds",
        "bilag_job_complete_seconds",
        "bilag_call_seconds",
    }


@pytest.mark.skipif(shutil.which("promtool") is None, reason="no promtool")
def test_prometheus_takes_the_rules() -> None:
    said = subprocess.run(["promtool", "check", "rules", str(RULES)], check=False, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
