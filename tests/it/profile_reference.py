"""The 90 % profile interval of the optimal loss at 1e23 FLOP on the 240 runs of ../shared/bench/epoch240.csv, delta = 1e-3.

    python3 tests/it/profile_reference.py ../shared/bench/epoch240.csv     (scipy 1.17)

The quantity is pulled from the optimum by F + w/2 (q - q0)^2, minimised by BFGS; where the root of the rise over
tau t^2/2 crosses one is the end.
"""
import sys

import numpy as np
from scipy.optimize import minimize
from scipy.stats import t as student

N, D, L = np.loadtxt(sys.argv[1], delimiter=",", skiprows=1, unpack=True)[:3]
x, y, l = np.log(N), np.log(D), np.log(L)
mx, my, n, delta, unit = x.mean(), y.mean(), len(x), 1e-3, 1e4


def parts(p):
    E, A, B, a, b = p
    u, v = np.exp(-a * (x - mx)), np.exp(-b * (y - my))
    s = E + A * u + B * v
    return np.log(s) - l, np.stack([1 / s, u / s, v / s, -A * u * (x - mx) / s, -B * v * (y - my) / s])


def F(p):
    r, J = parts(p)
    a = np.abs(r)
    return np.sum(np.where(a <= delta, 0.5 * a * a, delta * (a - 0.5 * delta))), J @ np.clip(r, -delta, delta)


def q(p):
    E, A, B, a, b = p
    product, lA, lB = np.log(1e23 / 6), np.log(A) + a * mx, np.log(B) + b * my
    X = (np.log(a) + lA - np.log(b) - lB + b * product) / (a + b)
    return E + np.exp(lA - a * X) + np.exp(lB - b * (product - X))


def slopes(p):
    return np.array([(q(p + e) - q(p - e)) / 2e-6 for e in 1e-6 * np.eye(5)])


def settle(f, p):
    for _ in range(6):
        p = minimize(f, p, jac=True, method="BFGS", options=dict(gtol=1e-10, maxiter=2000)).x
    return p


start = np.array([1.8172, 477 * np.exp(-0.3478 * mx), 2143 * np.exp(-0.3658 * my), 0.3478, 0.3658])
best = settle(lambda p: tuple(unit * v for v in F(p)), start)
r, _ = parts(best)
scale = 1.482602218505602 * np.median(np.abs(r))
h = max(delta, 1.06 * scale * n**-0.2)
kept = r[np.argsort(np.abs(r))[5:]]
psi = lambda r: np.clip(r, -delta, delta)
tau = np.sum(psi(kept) ** 2) / np.sum((psi(kept + h) - psi(kept - h)) / (2 * h))
rise = 0.5 * tau * student.ppf(0.95, n - 5) ** 2
width = 0.013
w = 20 * rise / width**2
for side in (-1, 1):
    p, found = best, []
    for k in range(1, 32):
        target = q(best) + side * width * 0.06 * k

        def pulled(p):
            if np.any(p <= 0):
                return 1e9, np.zeros(5)
            value, gradient = F(p)
            gap = q(p) - target
            return unit * (value + 0.5 * w * gap**2), unit * (gradient + w * gap * slopes(p))

        p = settle(pulled, p)
        found.append((np.sqrt(max(F(p)[0] - F(best)[0], 0) / rise), q(p)))
    print(np.interp(1.0, *zip(*found)))
