#!/usr/bin/env python3
"""What scipy says of the statistics that gates rest on: `python3 make_fixtures.py > scipy.json`, with scipy 1.17.1 and numpy 2.4.6.

Bounds are found by turning the tests round: scipy's exact test is asked at every step that its answer can take, and the bound
is where it first stops refusing. Nothing here knows the formula that the program uses.
"""
import json

import numpy as np
import scipy
from scipy import stats


def lower(steps, p_value, alpha):
    """The smallest shift that the test does not refuse; None where it never refuses."""
    steps = np.sort(steps)
    between = [steps[0] - 1, *((steps[1:] + steps[:-1]) / 2), steps[-1] + 1]
    for index, shift in enumerate(between):
        if p_value(shift) > alpha:
            return None if index == 0 else float(steps[index - 1])
    raise AssertionError("a test that refuses everything")


def paired(draws, alpha):
    d = np.array(draws)
    walsh = np.array([(d[i] + d[j]) / 2 for i in range(len(d)) for j in range(i, len(d))])
    test = lambda side: lambda shift: stats.wilcoxon(d - shift, alternative=side, method="exact").pvalue
    mirrored = lower(-walsh, lambda shift: stats.wilcoxon(-d - shift, alternative="greater", method="exact").pvalue, alpha)
    return {
        "differences": draws,
        "alpha": alpha,
        "estimate": float(np.median(walsh)),
        "lower": lower(walsh, test("greater"), alpha),
        "upper": None if mirrored is None else -mirrored,
        "p_greater": float(stats.wilcoxon(d, alternative="greater", method="exact").pvalue),
    }


def unpaired(first, second, alpha):
    a, b = np.array(first), np.array(second)
    shifts = (b[None, :] - a[:, None]).ravel()
    p = lambda x, y: lambda shift: stats.mannwhitneyu(y - shift, x, alternative="greater", method="exact").pvalue
    mirrored = lower(-shifts, p(b, a), alpha)
    return {
        "first": first,
        "second": second,
        "alpha": alpha,
        "estimate": float(np.median(shifts)),
        "lower": lower(shifts, p(a, b), alpha),
        "upper": None if mirrored is None else -mirrored,
    }


rng = np.random.default_rng(20261122)
levels = [0.05, 0.0375, 0.0125, 0.0125 / 3]
draws = lambda n: [float(round(x, 6)) for x in rng.normal(0.03, 0.08, n)]
print(json.dumps({
    "scipy": scipy.__version__,
    "paired": [paired(draws(k), alpha) for k in (4, 5, 8, 12, 16, 20) for alpha in levels],
    "unpaired": [unpaired(draws(m), draws(n), alpha) for m, n in ((2, 3), (5, 5), (4, 8), (10, 9)) for alpha in levels],
    "binomial": [
        {"count": x, "of": n, "alpha": a, "upper": float(stats.binomtest(x, n).proportion_ci(1 - 2 * a, "exact").high)}
        for x, n in ((0, 300), (0, 24000), (1, 24000), (7, 3000), (40, 90)) for a in levels
    ],
    "student": [{"q": q, "degrees": v, "t": float(stats.t.ppf(q, v))}
                for q in (0.9, 0.95, 0.9875, 1 - 0.05 / 3) for v in (1, 3, 7, 15, 60)],
}, indent=1))
