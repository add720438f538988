"""Pictures of benchmarks/results.json.

.venv-bench/bin/python -m benchmarks.plots
"""

import json
import statistics
from pathlib import Path
from typing import Any

import matplotlib as mpl  # type: ignore[import-not-found]  # of another environment, .venv-bench
from matplotlib import pyplot as plt

HERE = Path(__file__).parent
PLOTS = HERE / "plots"
SHOWN = ("thousand-0-10", "thousand-20-10", "thousand-20-50", "thousand-100-10", "thousand-100-50", "slow-disk-5")


def main() -> None:
    """Both pictures, the same bytes for the same results."""
    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "bilag", "svg.fonttype": "none", "font.size": 8})
    results = json.loads((HERE / "results.json").read_text())
    PLOTS.mkdir(exist_ok=True)
    rows = [row for row in results["rows"] if not row["wrong"]]
    _rates(rows)
    large = [row for row in rows if row["workload"] == "large"]
    if large:
        _memory(large)
    else:
        (PLOTS / "memory.svg").unlink(missing_ok=True)


def _rates(rows: list[dict[str, Any]]) -> None:
    """Items a second of every contender, on a scale that shows the slowest, too."""
    contenders = list(dict.fromkeys(row["contender"] for row in rows if row["workload"] in SHOWN))
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    width = 0.9 / max(1, len(contenders))
    for number, contender in enumerate(contenders):
        mine = [
            [r["items_per_second"] for r in rows if (r["workload"], r["contender"]) == (w, contender)] for w in SHOWN
        ]
        bars = [(place, statistics.median(rates)) for place, rates in enumerate(mine) if rates]
        places = [place + (number - len(contenders) / 2 + 0.5) * width for place, _ in bars]
        axes.bar(places, [rate for _, rate in bars], width, label=contender)
    axes.set_yscale("log")
    axes.set_ylabel("items a second")
    labels = [key.removeprefix("thousand-").replace("-", " ms,\n", 1) + " at once" for key in SHOWN[:-1]]
    axes.set_xticks(range(len(SHOWN)), [*labels, "20 ms, 10 at once,\ncommits 5 ms slower"])
    figure.legend(loc="outside upper center", fontsize=7, ncols=4)
    axes.grid(axis="y", alpha=0.3)
    _save(figure, "rates")


def _memory(rows: list[dict[str, Any]]) -> None:
    """Resident memory over the course of a large job."""
    figure, axes = plt.subplots(figsize=(8, 3), layout="constrained")
    for row in rows:
        axes.plot([at for at, _ in row["memory"]], [mib for _, mib in row["memory"]], label=row["contender"])
    axes.set_ylim(bottom=0)
    axes.set_xlabel("seconds")
    axes.set_ylabel("MiB resident")
    axes.legend()
    axes.grid(alpha=0.3)
    _save(figure, "memory")


def _save(figure: Any, name: str) -> None:
    figure.savefig(PLOTS / f"{name}.svg", metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    main()
