"""The constants of the Multi-Power Law (arXiv 2503.12811) from the public curves, by its authors' descent.

    python3 tests/it/multi_power_reference.py ../shared/data/curves/multipowerlaw_lr_schedules.csv 25M     (scipy 1.17)

First L0, A, alpha and B of L0 + A S1^-alpha - B (peak - eta), by L-BFGS from 135 starts; then all seven by AdamW (rates 0.05
and, for the exponents, 0.005; weight decay 0.01) from C = 1 and beta = gamma = 1/2, stopped after twenty steps without gain.
Prints the constants, the training objective and the mean absolute error on the six test schedules.
"""
import csv
import itertools
import sys

import numpy as np
from scipy.optimize import minimize
from scipy.special import huber
from scipy.stats import linregress

PEAK, END, WARMUP = 3e-4, 3e-5, 2160


def rates(name):
    kind, *steps = name.split("_")
    total = 16000 if kind == "wsdcon" else int(steps[-1])
    eta, i = np.full(total, PEAK), np.arange(total)
    eta[:WARMUP] = np.linspace(0, PEAK, WARMUP)
    if kind == "cosine":
        eta[WARMUP:] = (END + 0.5 * (PEAK - END) * (1 + np.cos(np.pi * (i - WARMUP) / (total - WARMUP))))[WARMUP:]
    elif kind == "wsdcon":
        eta[8000:] = int(steps[0]) * 1e-5
    elif kind in ("wsd", "wsdld"):
        start = int(steps[0])
        share = (i[start:] - start) / (total - start)
        eta[start:] = PEAK * (END / PEAK) ** share if kind == "wsd" else PEAK + (END - PEAK) * share
    return eta


def load(split):
    curves = {}
    for row in csv.DictReader(open(sys.argv[1])):
        if (row["model"], row["split"]) == (sys.argv[2], split):
            curves.setdefault(row["schedule"], []).append((int(float(row["step"])), float(row["loss"])))
    for name, points in curves.items():
        eta = rates(name)
        step, loss = (np.array(column) for column in zip(*points))
        rise = np.diff(eta, prepend=eta[0])
        yield dict(step=step, loss=loss, eta=eta, area=np.cumsum(eta), rise=rise, moves=np.nonzero(rise)[0])


def predict(p, curve):
    """Losses and their gradient."""
    l0, a, alpha, b, c, beta, gamma = p
    k, area = curve["moves"], curve["area"]
    ln_eta, rise, before = np.log(curve["eta"][k]), curve["rise"][k], area[k - 1]
    out = []
    for step in curve["step"]:
        m = np.searchsorted(k, step, side="right")
        u = c * np.exp(-gamma * ln_eta[:m]) * (area[step] - before[:m])
        left = rise[:m] * (1 + u) ** -beta
        drop, d_u, power = (rise[:m] - left).sum(), left * beta / (1 + u) * u, area[step] ** -alpha
        out.append((l0 + a * power + b * drop, 1, power, -a * power * np.log(area[step]), drop, b * d_u.sum() / c,
                    b * (left * np.log1p(u)).sum(), -b * (d_u * ln_eta[:m]).sum()))
    out = np.array(out)
    return out[:, 0], out[:, 1:]


def objective(p):
    value, slope = 0, 0
    for curve in TRAIN:
        said, gradient = predict(p, curve)
        r = np.log(said) - np.log(curve["loss"])
        value, slope = value + huber(1e-3, r).sum(), slope + (np.clip(r, -1e-3, 1e-3) / said) @ gradient
    return value, slope


def first():
    least = min(curve["loss"].min() for curve in TRAIN)
    areas = [curve["area"][curve["step"]] for curve in TRAIN]
    line = linregress(np.log(np.concatenate(areas)), np.log(np.concatenate([c["loss"] for c in TRAIN]) - least + 0.01))

    def simple(p):
        said = [p[0] + p[1] * area ** -p[2] - p[3] * (PEAK - c["eta"][c["step"]]) for c, area in zip(TRAIN, areas)]
        if min(s.min() for s in said) <= 0:
            return 1e3
        return sum(huber(1e-3, np.log(c["loss"]) - np.log(s)).sum() for c, s in zip(TRAIN, said))

    around = lambda middle, width, count: np.linspace(middle - width, middle + width, count)
    starts = itertools.product(around(least, 0.2, 5), around(np.exp(line.intercept), 0.1, 3), around(-line.slope, 0.1, 3),
                               np.linspace(100, 1000, 3))
    options = dict(maxiter=100000, ftol=1e-9, gtol=1e-6, eps=1e-8)
    ends = [minimize(simple, s, method="L-BFGS-B", bounds=[(0, np.inf)] * 4, options=options) for s in starts]
    return min(ends, key=lambda end: end.fun).x


TRAIN, TEST = list(load("train")), list(load("test"))
p = np.array([*first(), 1.0, 0.5, 0.5])
rate, m, v = np.array([5e-2, 5e-2, 5e-3, 5e-2, 5e-2, 5e-3, 5e-3]), np.zeros(7), np.zeros(7)
best, without = (np.inf, p), 0
for t in range(1, 1001):
    value, slope = objective(p)
    m, v = 0.9 * m + 0.1 * slope, 0.999 * v + 0.001 * slope**2
    p = p * (1 - 0.01 * rate) - rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    without = 0 if value < best[0] else without + 1
    if without >= 20:
        break
    if value < best[0]:
        best = (value, p)
error = np.mean([np.abs(predict(best[1], curve)[0] - curve["loss"]).mean() for curve in TEST])
print(f"step {t}: objective {objective(best[1])[0]:.4e}, test error {error:.5f}", best[1])
