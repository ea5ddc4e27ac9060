"""What lifelines says of some made-up cases: figures that were computed once, since lifelines cannot live beside pandas 3.

    python -m venv /tmp/oracle && /tmp/oracle/bin/pip install lifelines==0.30.3 && /tmp/oracle/bin/python tests/lifelines_answers.py

prints the answers below.
"""

from importlib import import_module

import numpy as np

# 150 cases in whole days, with ties; from arithmetic alone, so the same on every machine.
NUMBER = np.arange(150)
TIMES = (NUMBER * NUMBER * 7 + NUMBER * 3) % 41 + 1
ENDED = ~np.isin(NUMBER % 5, (1, 3))
ENTRIES = NUMBER % 7  # known from after this day on

# Part that is over: its time, and the interval's ends.
PERCENTILES = {0.25: (20.0, 14.0, 21.0), 0.5: (30.0, 25.0, 34.0), 0.75: (37.0, 35.0, 38.0)}
MEAN_WITHIN_20 = 17.422233718683238
# Time: the part that is not over, and the interval's ends.
CURVE = {
    5: (0.897422745427791, 0.8355863183153082, 0.9368695217849654),
    10: (0.8832901037675113, 0.8189221310317519, 0.9258008638057919),
    20: (0.7255746561135454, 0.6424942485625702, 0.7924607797613785),
    30: (0.4813285475309521, 0.38807968108880214, 0.5684422147249404),
    40: (0.08215626414257447, 0.02535868265396715, 0.18274400144523445),
}
CURVE_FROM_ENTRY = {
    5: 0.8499630450849961,
    10: 0.8365778002805083,
    20: 0.6872030459321472,
    30: 0.45587375629835153,
    40: 0.07781147602866119,
}


def ask() -> None:
    """Print what lifelines says."""
    lifelines, utils = import_module("lifelines"), import_module("lifelines.utils")
    fitted = lifelines.KaplanMeierFitter().fit(TIMES, ENDED)
    bounds = fitted.confidence_interval_survival_function_
    lines = [fitted.survival_function_, bounds.iloc[:, [0]], bounds.iloc[:, [1]]]
    print({part: tuple(float(utils.qth_survival_times(1 - part, line)) for line in lines) for part in PERCENTILES})
    print(float(utils.restricted_mean_survival_time(fitted, t=20)))
    days = (5, 10, 20, 30, 40)
    print({day: tuple(float(line.loc[:day].iloc[-1].iloc[0]) for line in lines) for day in days})
    seen = ENTRIES < TIMES
    late = lifelines.KaplanMeierFitter().fit(TIMES[seen], ENDED[seen], entry=ENTRIES[seen])
    print({day: float(late.survival_function_.loc[:day].iloc[-1].iloc[0]) for day in days})


if __name__ == "__main__":
    ask()
