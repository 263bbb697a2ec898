"""Reference numbers of src/fit/{line,parabola}.rs and tests/it/approaches.rs. Needs numpy and scipy."""
import numpy as np
from scipy import optimize, stats

C = np.log([1e18, 3e18, 1e19, 6e19, 1e21])
Y = np.log([1.0e8, 2.1e8, 3.4e8, 9.9e8, 3.3e9])
S = np.array([0.01, 0.02, 0.05, 0.03, 0.2])

r = stats.linregress(C, Y)
x = np.log(1e22)
scatter = np.sqrt(np.sum((Y - r.intercept - r.slope * C) ** 2) / 3)
mean_error = scatter * np.sqrt(1 / 5 + (x - C.mean()) ** 2 / np.sum((C - C.mean()) ** 2))
print("LINREGRESS", [float(v) for v in (r.slope, r.stderr, r.intercept + r.slope * x, mean_error)])

p, v = optimize.curve_fit(lambda c, k, m: k + m * (c - 43), C, Y, sigma=S, absolute_sigma=False, p0=[20, 0.5])
print("CURVE_FIT", float(p[1]), float(np.sqrt(v[1, 1])))

clusters = np.array([7, 7, 3, 4, 4])
parts = np.array([stats.linregress(C[clusters != g], Y[clusters != g]).slope for g in (7, 3, 4)])
print("JACKKNIFE", float(np.sqrt(2 / 3 * np.sum((parts - parts.mean()) ** 2))))

X = np.array([18.0, 18.6, 19.1, 20.0, 20.4, 21.3, 22.0]) - 20
L = np.array([3.10, 2.99, 2.93, 2.86, 2.87, 2.91, 3.01])
p, v = np.polyfit(X, L, 2, cov=True)
u = -p[1] / 2 / p[0]
g = np.array([p[1] / 2 / p[0] ** 2, -1 / 2 / p[0], 0])
h = np.array([u * u, u, 1])
scale = np.sqrt(np.sum((L - np.polyval(p, X)) ** 2) / 4)
print("NUMPY", [float(t) for t in (2 * p[0], 2 * np.sqrt(v[0, 0]), 20 + u, np.sqrt(g @ v @ g), np.polyval(p, u), np.sqrt(h @ v @ h), scale)])

t = stats.ttest_ind_from_stats(0.50, 0.02 * np.sqrt(5), 5, 0.46, 0.01 * np.sqrt(11), 11, equal_var=False)
print("WELCH", float(t.statistic), float(t.pvalue))

# Envelopes and parabolas of the public data beside the repository.
import csv
import os

DATA = os.path.join(os.path.dirname(__file__), "../../../shared/data/")


def load(path):
    with open(DATA + path) as file:
        return list(csv.DictReader(file))


def envelope():
    sizes = {r["run_id"]: float(r["params"]) for r in load("runs/gpt2_mini_c4.csv")}
    curves = {}
    for r in load("curves/gpt2_mini_c4.csv"):
        curves.setdefault(r["run_id"], []).append((float(r["tokens"]), float(r["loss"])))
    curves = [(sizes[k], np.log(6 * sizes[k] * np.array(v)[:, 0]), np.array(v)[:, 1]) for k, v in curves.items()]
    ends = sorted(e for _, c, _ in curves for e in (c[0], c[-1]))
    cover = [e for e in ends if sum(c[0] <= e <= c[-1] for _, c, _ in curves) >= 3]
    kept, smallest, largest = [], 0, 0
    for x in np.linspace(cover[0], cover[-1], 1500):
        here = sorted((n, np.interp(x, c, l)) for n, c, l in curves if c[0] <= x <= c[-1])
        win = min(range(len(here)), key=lambda i: here[i][1])
        if win == 0:
            smallest += 1
        elif win == len(here) - 1:
            largest += 1
        else:
            kept.append((x, np.log(here[win][0])))
    x, y = np.array(kept).T
    slope = np.polyfit(x, y, 1)[0]
    groups = sorted(set(y))
    parts = np.array([np.polyfit(x[y != g], y[y != g], 1)[0] for g in groups])
    error = np.sqrt((len(groups) - 1) / len(groups) * np.sum((parts - parts.mean()) ** 2))
    print("ENVELOPE", len(kept), smallest, largest, len(groups), float(slope), float(error))


def parabolas(rows, budgets, tolerance, name):
    points = []
    for b in budgets:
        near = lambda r: min(budgets, key=lambda q: abs(np.log(q / r["c"])))
        g = [r for r in rows if near(r) == b and abs(np.log(r["c"] / b)) <= np.log(tolerance)]
        n, d = (np.log([float(r[k]) for r in g]) for k in ("params", "tokens"))
        loss = [float(r["loss"]) for r in g]
        vertex = []
        for x in (n, d):
            p = np.polyfit(x - x.mean(), loss, 2)
            v = x.mean() - p[1] / 2 / p[0]
            vertex.append(v if p[0] > 0 and x.min() <= v <= x.max() else np.nan)
        if len(set(n.round(6))) >= 4 and np.all(np.isfinite(vertex)):
            points.append((np.log(b), *vertex))
    c, n, d = np.array(points).T
    rn, rd = stats.linregress(c, n), stats.linregress(c, d)
    print(name, len(points), [float(v) for v in (rn.slope, rn.stderr, rd.slope, rd.stderr)])


if os.path.isdir(DATA):
    envelope()
    epoch = [r for r in load("runs/chinchilla_epoch.csv") if r["epoch_excluded"] == "0"]
    for r in epoch:
        r["c"] = 6 * float(r["params"]) * float(r["tokens"])
    parabolas(epoch, [6e18, 1e19, 3e19, 6e19, 1e20, 3e20, 6e20, 1e21, 3e21], 1.1, "EPOCH")
    llama = load("runs/llama3_isoflop_digitized.csv")
    for r in llama:
        r["c"] = float(r["flops"])
    parabolas(llama, sorted({r["c"] for r in llama}), 1.05, "LLAMA")
    marin = [r for r in load("runs/marin_isoflop_202603.csv") if r["group"] == "nemotron"]
    for r in marin:
        r["c"] = float(r["flops"])
    parabolas(marin, [1.8e18, 3e18, 9e18, 1.8e19, 3e19, 9e19, 1.8e20, 3e20], 1.05, "NEMOTRON")
