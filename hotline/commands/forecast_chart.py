"""A picture of weeks ahead: calls with their spread, counselors needed against those planned."""

from collections.abc import Sequence
from pathlib import Path

from hotline.forecasting.model import QUARTER
from hotline.forecasting.planned import PlannedQuarter


def draw_forecast(name: str, planned: Sequence[PlannedQuarter], file: Path) -> None:
    """Calls above, counselors below; the hours that are short are filled."""
    import matplotlib as mpl  # noqa: PLC0415 – half a second that only a chart needs

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 – after the backend is chosen

    drawing, (calls, people) = plt.subplots(
        2, 1, figsize=(14, 7), sharex=True, layout="constrained"
    )
    expected = [one.expected for one in planned]
    # A clock of the line, and no zone for the axis to move it by.
    begins = [one.begin.replace(tzinfo=None) for one in expected]
    calls.fill_between(begins, [one.quantile(0.1) for one in expected],
                       [one.quantile(0.9) for one in expected],
                       step="post", alpha=0.25, lw=0, label="10 % to 90 %")  # fmt: skip
    calls.step(begins, [one.mean for one in expected], where="post", lw=1, label="mean")
    calls.set(title=f"calls in a quarter hour, {name.encode('ascii', 'ignore').decode()}")
    needed, there = [one.needed for one in planned], [one.planned for one in planned]
    people.fill_between(begins, there, needed, where=[one.short > 0 for one in planned],
                        step="post", color="tab:red", alpha=0.3, lw=0, label="short")  # fmt: skip
    people.step(begins, needed, where="post", lw=1, color="tab:red", label="needed")
    people.step(begins, there, where="post", lw=1, color="tab:gray", label="planned")
    people.set(title="counselors", xlim=(begins[0], begins[-1] + QUARTER), ylim=(0, None))
    calls.set(ylim=(0, None))
    for axes in (calls, people):
        axes.legend(frameon=False, loc="upper right")
    drawing.autofmt_xdate()
    drawing.savefig(file)
    plt.close(drawing)
