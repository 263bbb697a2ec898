"""What the search of the authors of the broken law (arXiv 2210.14891) makes of the translation curves and of 4-digit addition.

    python3 tests/it/broken_reference.py ../shared/data     (scipy 1.17)

Their procedure: the least mean square of ln(y + 1) over a grid of starts, then least squares of the same by Levenberg and
Marquardt, without bounds. The grid has their steps; for x in examples it is finer in the exponents and wider in b and d.
Prints the root mean square of ln y on the points held out.
"""
import csv
import sys

import numpy as np
from scipy.optimize import curve_fit


def law(x, a, b, c0, c1, d, f):
    with np.errstate(all="ignore"):
        return a + b * x**-c0 * np.exp(-c1 * f * np.logaddexp(0, np.log(x / d) / f))


def search(x, y, top, step):
    """The best of the grid; b and d are 1.25^u - 0.9 for u up to `top`."""
    amounts, exponents = 1.25 ** np.arange(0, top, 2.5) - 0.9, np.arange(0, 1, step)
    best = (np.inf, None)
    for d in amounts:
        for f in exponents[1:]:
            for c0 in exponents:
                for c1 in exponents:
                    unit = law(x, 0, 1, c0, c1, d, f)
                    for a in np.arange(0, 1, 0.1):
                        errors = ((np.log(a + np.outer(amounts, unit) + 1) - np.log(y + 1)) ** 2).mean(1)
                        if (i := errors.argmin(), errors.min())[1] < best[0]:
                            best = (errors[i], (a, amounts[i], c0, c1, d, f))
    return best[1]


def report(name, fit, held_out, top, step):
    (x, y), (beyond, there) = fit, held_out
    shown = lambda x, *p: np.log(law(x, *p) + 1)
    found, _ = curve_fit(shown, x, np.log(y + 1), p0=search(x, y, top, step), maxfev=200000)
    error = np.sqrt(np.mean((np.log(law(beyond, *found)) - np.log(there)) ** 2))
    print(f"{name:16} {error:.4f}", *(f"{v:.5g}" for v in found))


def rows(path, name, x):
    series = {}
    for row in csv.DictReader(open(path)):
        series.setdefault(row[name] if name else "addition", {}).setdefault(row["split"], []).append(
            (float(row[x]), float(row["loss"]))
        )
    return {n: [np.array(s[k]).T for k in ("fit", "extrapolate")] for n, s in series.items()}


for name, (fit, held_out) in rows(f"{sys.argv[1]}/curves/revisiting_nmt.csv", "run_id", "examples").items():
    report(name, fit, held_out, 100, 0.125)
for name, (fit, held_out) in rows(f"{sys.argv[1]}/runs/bnsl_4digit_addition.csv", None, "dataset_size").items():
    report(name, fit, held_out, 40, 0.25)
