"""Fit a logistic regression: small, deterministic, without a library of its own."""

from dataclasses import dataclass
from typing import Final

import numpy as np

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

MAX_STEPS: Final = 50
"""Newton steps; ten suffice for a few thousand rows."""

TOLERANCE: Final = 1e-8
"""Largest change of a weight at which the fit ends."""


@dataclass(frozen=True, eq=False, slots=True)
class Fit:
    """Weights for features as they are, not standardized."""

    weights: Vector
    bias: float


def fit_logistic(rows: Matrix, labels: Vector, importance: Vector, *, penalty: float) -> Fit:
    """Fit weights by Newton's method on standardized features.

    Args:
        rows: Features, one row for each example.
        labels: 1 or 0 for each.
        importance: Weight of each example; scaled to a mean of 1.
        penalty: Half of it times the squared weights is added to the loss; the bias is free.

    References:
        Iteratively reweighted least squares: Bishop, Pattern Recognition and Machine Learning,
        section 4.3.3.

    Examples:
        >>> rows = np.array([[0.0], [0.0], [1.0], [1.0]])
        >>> fit = fit_logistic(rows, np.array([0.0, 0, 1, 1]), np.ones(4), penalty=1.0)
        >>> bool(fit.bias < 0 < fit.bias + fit.weights[0])
        True
    """
    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    scale[scale == 0] = 1.0
    inputs = np.hstack([np.ones((len(rows), 1)), (rows - mean) / scale])
    importance = importance / importance.mean()
    ridge = np.full(inputs.shape[1], penalty)
    ridge[0] = 0.0
    weights = np.zeros(inputs.shape[1])
    for _ in range(MAX_STEPS):
        odds = np.clip(inputs @ weights, -30, 30)
        chance = 1 / (1 + np.exp(-odds))
        gradient = inputs.T @ (importance * (chance - labels)) + ridge * weights
        curvature = importance * np.maximum(chance * (1 - chance), 1e-6)
        hessian = (inputs * curvature[:, None]).T @ inputs + np.diag(ridge)
        step = np.linalg.lstsq(hessian, gradient, rcond=None)[0]
        weights = weights - step
        if np.abs(step).max() < TOLERANCE:
            break
    scaled = weights[1:] / scale
    return Fit(scaled, float(weights[0] - scaled @ mean))
