"""The reference numbers of tests/it/weights.rs: prints the two constants"""
import numpy as np
from scipy.optimize import curve_fit, least_squares

k = np.arange(30)
n, d = 1e7 * 5.0 ** (k % 5), 3e8 * 5.0 ** (k // 5)
truth = 1.8 + 480 / n**0.35 + 2000 / d**0.37
y = np.log(truth * np.exp(0.004 * np.sin(7 * (k % 5) + 3 * (k // 5))))
w = 1.0 + k % 3


def model(_, E, a, b, alpha, beta):
    return np.log(E + np.exp(a) / n**alpha + np.exp(b) / d**beta)


p0 = [1.8, np.log(480), np.log(2000), 0.35, 0.37]
tight = dict(xtol=1e-15, ftol=1e-15, gtol=1e-15)


def natural(p, cov):
    t = np.array([1, np.exp(p[1]), np.exp(p[2]), 1, 1])
    return [p[0], np.exp(p[1]), np.exp(p[2]), p[3], p[4]], np.sqrt(np.diag(cov)) * t


def jac(p):
    E, a, b, alpha, beta = p
    u, v = np.exp(a) / n**alpha, np.exp(b) / d**beta
    s = E + u + v
    return np.stack([1 / s, u / s, v / s, -u * np.log(n) / s, -v * np.log(d) / s], 1)


p, cov = curve_fit(model, k, y, p0, sigma=0.004 * w, absolute_sigma=True, jac=lambda _, *p: jac(p), method="lm", **tight)
known = natural(p, cov)

m = w / w.mean()
q = least_squares(lambda p: np.sqrt(m) * (model(k, *p) - y), p0, jac=lambda p: np.sqrt(m)[:, None] * jac(p), x_scale="jac", **tight).x
J, r = jac(q), model(k, *q) - y
H = (J * m[:, None]).T @ J
M = (J * (m * r)[:, None]).T @ (J * (m * r)[:, None])
Hi = np.linalg.inv(H)
relative = natural(q, Hi @ M @ Hi * 30 / 25)

for name, (c, e) in [("SIGMA", known), ("PRECISION", relative)]:
    f = lambda v: ", ".join(repr(float(x)) for x in v)
    print(f"const {name}: ([f64; 5], [f64; 5]) = ([{f(c)}], [{f(e)}]);")
