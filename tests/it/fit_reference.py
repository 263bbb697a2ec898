"""Least-squares reference of tests/it/fit.rs: the 25 rows of `grid(law(), 0.004)`, log residuals, SciPy 1.17."""
import numpy as np
from scipy.optimize import least_squares

i, j = [v.ravel() for v in np.meshgrid(np.arange(5), np.arange(5), indexing="ij")]
n, d = 1e7 * 5.0**i, 3e8 * 6.0**j
l = (1.8 + 480 / n**0.35 + 2000 / d**0.37) * np.exp(0.004 * np.sin(7.0 * i + 3.0 * j))
x, y = np.log(n) - np.log(n).mean(), np.log(d) - np.log(d).mean()
r = lambda p: np.log(p[0] + p[1] * np.exp(-p[3] * x) + p[2] * np.exp(-p[4] * y)) - np.log(l)
p = least_squares(r, [1.8, 0.5, 0.5, 0.35, 0.37], xtol=1e-15, ftol=1e-15, gtol=1e-15, jac="3-point").x
print(", ".join(repr(float(v)) for v in [p[0], p[1] * np.exp(p[3] * np.log(n).mean()), p[2] * np.exp(p[4] * np.log(d).mean()), p[3], p[4]]))
