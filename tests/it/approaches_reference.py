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
