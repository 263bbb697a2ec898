"""Covariances on a design whose normal matrix has a condition number of 2e17, in 60 digits.

    python3 tests/it/sandwich_reference.py     (mpmath 1.3)

Every input is a short binary fraction, so that the test in src/fit/sandwich.rs has the same ones to the last bit.
"""
from mpmath import matrix, mp, mpf, sqrt

mp.dps = 60
n, p = 12, 3
x = [1 + mpf(i) / 32768 for i in range(n)]
# Columns 1, x and x^2 in units 2^30 apart.
J = matrix([[mpf(2) ** 30, x[i], x[i] ** 2 / mpf(2) ** 30] for i in range(n)])
scores = [mpf((7 * i) % 11 - 5) / 8 for i in range(n)]
curvatures = [mpf(1 + i % 3) / 4 for i in range(n)]
of = [i // 3 for i in range(n)]


def outer(rows, factor):
    total = matrix(p, p)
    for i in rows:
        for j in range(p):
            for k in range(p):
                total[j, k] += factor(i) * J[i, j] * J[i, k]
    return total


H = outer(range(n), lambda i: curvatures[i])
model = H ** -1
independent = model * outer(range(n), lambda i: scores[i] ** 2) * model


def clustered(times):
    total, count = matrix(p, p), sum(times)
    for g in range(4):
        rows = [i for i in range(n) if of[i] == g]
        score = matrix([sum(scores[i] * J[i, j] for i in rows) for j in range(p)]) / times[g]
        move = (H - outer(rows, lambda i: curvatures[i]) / times[g]) ** -1 * score
        total += times[g] * move * move.T
    return total * mpf(count - 1) / count


for name, V in [("model", model), ("independent", independent), ("clustered", clustered([1] * 4)),
                ("drawn", clustered([1, 2, 1, 1]))]:
    print(name, [mp.nstr(V[j, k], 17) for j, k in [(0, 0), (1, 1), (2, 2), (0, 2)]])
