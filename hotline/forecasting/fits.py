"""The two fits of a forecast, by statsmodels: loaded when somebody asks, and never in its place.

It is an extra of the installation, since only planning needs it and it takes seconds to load.
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from hotline.errors import HotlineError

STEADY = 1e-9
FeatureRows = Sequence[Sequence[float]]
MISSING = (
    "A forecast needs statsmodels, which is not installed here:"
    " `pip install 'hotline[forecast]'`, then ask again."
)


class NotInstalled(HotlineError):
    """A library is missing that only some installations have. The message says how to get it."""

    status = 503
    public = MISSING


@dataclass(frozen=True, slots=True, kw_only=True)
class Smoothed:
    """Where a series stands at its end. `pace`: how much of a surprise stays, 0 to 1."""

    level: float
    pace: float
    variance: float

    def variance_after(self, steps: int) -> float:
        """Of a value so many steps ahead, 1 for the next: s² (1 + (h - 1) a²)."""
        return self.variance * (1 + (steps - 1) * self.pace**2)


class Statsmodels:
    """Raises `NotInstalled` where it is not installed."""

    def __init__(self) -> None:
        self._api, self._ets, self._warning = _load()

    def factors(
        self,
        totals: Sequence[float],
        levels: Sequence[float],
        rows: FeatureRows,
        ahead: FeatureRows,
    ) -> tuple[list[float], list[float]]:
        """What the calendar makes of a day: total / level, in the past and ahead.

        A Poisson regression of the totals on the features, with the level as exposure.
        """
        family = self._api.families.Poisson()
        model = self._api.GLM(
            np.array(totals), _with_one(rows), family=family, exposure=np.array(levels)
        )
        with self._quietly():
            fitted = model.fit()
        past, coming = (
            fitted.predict(_with_one(some), exposure=np.ones(len(some))) for some in (rows, ahead)
        )
        return past.tolist(), coming.tolist()

    def smooth(self, course: Sequence[float]) -> Smoothed:
        """Exponential smoothing with its likeliest pace (ETS: additive error, no trend)."""
        if np.ptp(course) < STEADY:  # nothing to find, and the fit divides by it
            return Smoothed(level=course[-1], pace=0.0, variance=0.0)
        model = self._ets.ETSModel(np.array(course), error="add")
        with self._quietly():
            fitted = model.fit(disp=False)
        return Smoothed(
            level=float(fitted.forecast(1)[0]),
            pace=float(fitted.smoothing_level),
            variance=float(fitted.resid.var()),
        )

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        """A calendar may lack a kind of day, or tell everything; a level may never move."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", self._warning)
            yield


def _with_one(rows: FeatureRows) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([(1.0, *row) for row in rows])


def _load() -> tuple[Any, Any, Any]:
    try:
        from statsmodels import api  # noqa: PLC0415 – an extra
        from statsmodels.tools.sm_exceptions import ModelWarning  # noqa: PLC0415
        from statsmodels.tsa.exponential_smoothing import ets  # noqa: PLC0415
    except ImportError as missing:
        raise NotInstalled from missing
    return api, ets, ModelWarning
