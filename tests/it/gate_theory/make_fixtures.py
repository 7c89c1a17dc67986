"""Writes fixtures.json: what SciPy says of signed ranks, rank sums, binomial bounds and Student's t.

python3 -m venv /tmp/venv && /tmp/venv/bin/pip install scipy && /tmp/venv/bin/python make_fixtures.py > fixtures.json

Bounds are found by turning SciPy's own exact tests around: a shift is within the bound where the test does not reject it. Nothing
here knows how loadline finds them.
"""

import json
import numpy
import scipy
from scipy import stats

draws = numpy.random.default_rng(6)


def between(candidates):
    """A place within each gap of the candidates, and beyond both ends: where a test by ranks may change its mind."""
    return numpy.concatenate([[candidates[0] - 1], (candidates[1:] + candidates[:-1]) / 2, [candidates[-1] + 1]])


def bounds(candidates, p_greater, p_less, alpha):
    candidates = numpy.sort(candidates)
    places = between(candidates)
    lower = [i for i, at in enumerate(places) if p_greater(at) > alpha][0]
    upper = [i for i, at in enumerate(places) if p_less(at) > alpha][-1]
    at = lambda i: float(candidates[i]) if 0 <= i < len(candidates) else None
    return at(lower - 1), at(upper)


def paired(k, alpha):
    d = numpy.round(draws.standard_normal(k) * 0.05 + 0.03, 6)
    i, j = numpy.triu_indices(k)
    walsh = (d[i] + d[j]) / 2
    p = lambda side: lambda at: stats.wilcoxon(d - at, alternative=side, method="exact").pvalue
    lower, upper = bounds(walsh, p("greater"), p("less"), alpha)
    return dict(alpha=alpha, differences=d.tolist(), estimate=float(numpy.median(walsh)), lower=lower, upper=upper,
                rank_sum=float(stats.rankdata(abs(d))[d > 0].sum()), p_greater=float(p("greater")(0.0)))


def stored(m, n, alpha):
    a = numpy.round(draws.lognormal(0, 0.1, m), 6)
    b = numpy.round(draws.lognormal(0.05, 0.1, n), 6)
    shifts = (b[:, None] - a[None, :]).ravel()
    p = lambda side: lambda at: stats.mannwhitneyu(b - at, a, alternative=side, method="exact").pvalue
    lower, upper = bounds(shifts, p("greater"), p("less"), alpha)
    return dict(alpha=alpha, first=a.tolist(), second=b.tolist(), estimate=float(numpy.median(shifts)), lower=lower,
                upper=upper, u=float(stats.mannwhitneyu(b, a).statistic), p_greater=float(p("greater")(0.0)))


print(json.dumps(dict(
    made_by=f"scipy {scipy.__version__}",
    paired=[paired(k, alpha) for k in (4, 5, 8, 12, 16, 24) for alpha in (0.05, 0.0375, 0.0125, 0.0125 / 3)],
    stored=[stored(m, n, alpha) for m, n in ((2, 3), (5, 5), (4, 9), (12, 10)) for alpha in (0.05, 0.01)],
    binomial=[dict(count=x, of=n, alpha=alpha, upper=float(stats.beta.ppf(1 - alpha, x + 1, n - x)))
              for x, n in ((0, 50), (0, 10000), (0, 500000), (1, 2000), (3, 40000), (10, 100000), (7.5, 1250.5))
              for alpha in (0.05, 0.0125)],
    student=[dict(q=q, degrees=f, t=float(stats.t.ppf(q, f)))
             for q in (0.9, 0.95, 0.9833, 0.99583) for f in (1, 3, 7, 15, 60)],
), indent=None, separators=(",", ":")).replace("},{", "},\n{"))
