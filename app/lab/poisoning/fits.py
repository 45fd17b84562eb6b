"""Lines through points: least squares, and two robust fits of scikit-learn's to hold TRIM against."""

from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import HuberRegressor, LinearRegression, RANSACRegressor

from app.lab.poisoning.points import Points, Values


@dataclass(frozen=True)
class Line:
    """The line ``y = intercept + slope * x``."""

    slope: float
    intercept: float

    def __call__(self, x: Values) -> Values:
        """Return the heights ``(n,)`` at ``x`` ``(n,)``."""
        return self.intercept + self.slope * x

    def errors(self, points: Points) -> Values:
        """Return the squared residuals ``(n,)``."""
        return np.asarray((points.y - self(points.x)) ** 2)

    def loss(self, points: Points) -> float:
        """Return the mean squared error on the points."""
        return float(self.errors(points).mean())


def least_squares(points: Points) -> Line:
    """Return the line of least squares; level, through the mean, where all points stand above one another."""
    x, y = points.x - points.x.mean(), points.y - points.y.mean()
    spread = float(x @ x)
    slope = float(x @ y) / spread if spread > 1e-12 else 0.0
    return Line(slope, float(points.y.mean() - slope * points.x.mean()))


def huber(points: Points) -> Line:
    """Return Huber's fit (1964): large residuals count linearly; scikit-learn's, as it comes."""
    fitted = HuberRegressor(max_iter=1000).fit(points.x[:, None], points.y)
    return Line(float(fitted.coef_[0]), float(fitted.intercept_))


def ransac(points: Points, seed: int) -> Line:
    """Return RANSAC's fit (Fischler and Bolles 1981): the line that most points are close to; scikit-learn's."""
    fitted = RANSACRegressor(LinearRegression(), random_state=seed).fit(points.x[:, None], points.y)
    line = fitted.estimator_
    return Line(float(line.coef_[0]), float(line.intercept_))
