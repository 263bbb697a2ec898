"""How often clustered standard errors with t of G - 1 cover 90 % on the designs of checkpoints of examples/coverage.rs, in the
law's linearisation by least squares: what docs/uncertainty.md says of CR2 and CR3.

    python3 tests/it/clusters_reference.py     (scipy 1.17)
"""
import numpy as np
from scipy.stats import t as student

E, A, B, a, b = 1.8172, 482.01, 2085.43, 0.3478, 0.3658
random, trials = np.random.default_rng(1), 1500
for clusters in (12, 8, 6):
    n, d, of = [], [], []
    for run in range(clusters):
        size = 2e7 * 2 ** (7 * run / (clusters - 1))
        last = size * (60 if run % 3 == 0 else 20)
        for checkpoint in range(8):
            n.append(size), d.append(last * 2 ** (-0.5 * checkpoint)), of.append(run)
    x, y, of = np.log(n), np.log(d), np.array(of)
    u, v = A * np.exp(-a * x), B * np.exp(-b * y)
    J = np.stack([1 + 0 * u, u, v, -u * x, -v * y], 1) / (E + u + v)[:, None]
    Q, R = np.linalg.qr(J / np.linalg.norm(J, axis=0))
    inverse = np.linalg.inv(R)
    own = [np.linalg.eigh(Q[of == g].T @ Q[of == g]) for g in range(clusters)]
    held = {"CR2": np.zeros(5), "CR3": np.zeros(5)}
    for _ in range(trials):
        error = 0.8 * random.standard_normal(clusters)[of] + 0.6 * random.standard_normal(len(of))
        missed, r = inverse @ (Q.T @ error), error - Q @ (Q.T @ error)
        for name, power, factor in (("CR2", 0.5, 1), ("CR3", 1, (clusters - 1) / clusters)):
            V = np.zeros((5, 5))
            for g, (share, along) in enumerate(own):
                move = inverse @ (along @ ((along.T @ (Q[of == g].T @ r[of == g])) / (1 - share) ** power))
                V += factor * np.outer(move, move)
            held[name] += np.abs(missed) < student.ppf(0.95, clusters - 1) * np.sqrt(np.diag(V))
    for name, count in held.items():
        print(clusters, name, np.round(100 * count / trials, 1))
