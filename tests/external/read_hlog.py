"""Reads a run's latencies with the HdrHistogram port of PyPI, from latency.hlog and from report.json, and prints both as JSON.

Usage: read_hlog.py RUN_FOLDER
"""

import json
import sys
from pathlib import Path

try:
    from hdrh.histogram import HdrHistogram
    from hdrh.log import HistogramLogReader
except ImportError:
    sys.exit("the Python package hdrhistogram is missing; install it: python3 -m pip install hdrhistogram")

QUANTILES = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999]


def nearest_rank(histogram, quantile):
    """The smallest recorded value with at least that share of samples at or below it.

    The port's own percentile rounds the rank to the nearest; this is the definition that reports state.
    """
    wanted = max(1, -int(-(quantile * histogram.get_total_count()) // 1))
    seen = 0
    for item in histogram.get_recorded_iterator():
        seen += item.count_at_value_iterated_to
        if seen >= wanted:
            return histogram.get_highest_equivalent_value(item.value_iterated_to)
    raise ValueError("the counts do not add up to the total")


def described(histogram):
    return {
        "count": histogram.get_total_count(),
        "max": histogram.get_max_value(),
        "quantiles": [[q, nearest_rank(histogram, q)] for q in QUANTILES],
        "port_percentiles": [[q, histogram.get_value_at_percentile(q * 100)] for q in QUANTILES],
    }


def main():
    folder = Path(sys.argv[1])
    report = json.loads((folder / "report.json").read_text())
    kept = report["histograms"]
    empty = lambda: HdrHistogram(kept["lowest"], kept["highest"], kept["sigfig"])

    logged, lines = {}, 0
    reader = HistogramLogReader(str(folder / "latency.hlog"), empty())
    while (interval := reader.get_next_interval_histogram()) is not None:
        lines += 1
        logged.setdefault(interval.get_tag(), empty()).add(interval)

    reported = {
        f"{operation}/{clock}": HdrHistogram.decode(text)
        for operation, clocks in kept["data"].items()
        for clock, text in clocks.items()
    }
    print(
        json.dumps(
            {
                "lines": lines,
                "logged": {tag: described(histogram) for tag, histogram in logged.items()},
                "reported": {tag: described(histogram) for tag, histogram in reported.items()},
            }
        )
    )


main()
