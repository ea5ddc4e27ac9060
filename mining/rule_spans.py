"""When has a span of time passed since a moment on the wall clock?

Days, weeks, months and years end at the same time of day; in a month that lacks the day, on its last day. So many working
days end on the last of the working days that follow, at the same time of day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .calendar import UnitCalendars
from .span import Span

if TYPE_CHECKING:
    import pandas as pd

# Whatever lies beyond has not passed; time zones are known up to the year 9999.
_FAR_OFF = np.datetime64("9990-01-01", "us")


def earliest(moments: pd.Series, span: Span, calendars: UnitCalendars, units: pd.Series) -> pd.Series:
    """The end of the span that begins at each moment (wall clock, without a zone), by the calendar of the unit."""
    import pandas as pd

    if span.unit != "working days":
        step: dict[str, Any] = {span.unit: span.amount}
        ends = (moments + pd.DateOffset(**step)).to_numpy()
        return pd.Series(np.minimum(ends, _FAR_OFF), moments.index)
    days = moments.to_numpy().astype("datetime64[D]").astype(np.int64)
    last = days.copy()
    for calendar, places in calendars.split(units.tolist()):
        last[places] = calendar.working_days.add(days[places], span.amount)
    last = last.astype("datetime64[D]").astype("datetime64[us]")
    return pd.Series(last, moments.index) + (moments - moments.dt.normalize())
