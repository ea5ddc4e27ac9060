"""How an answer shows itself where it is asked for: in a terminal and in a notebook."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_ROWS = 12


class Answer:
    """The result of a measure: its main table, and single figures beside it."""

    frame: pd.DataFrame

    def _figures(self) -> dict[str, object]:
        import pandas as pd

        return {name: value for name, value in vars(self).items() if not isinstance(value, pd.DataFrame)}

    def __repr__(self) -> str:
        figures = ", ".join(f"{name}={value!r}" for name, value in self._figures().items())
        table = self.frame.to_string(max_rows=_ROWS, max_colwidth=60, index=False)
        return f"{type(self).__name__}({figures})\n{table}"

    def _repr_html_(self) -> str:
        shown = {name: html.escape(str(value)) for name, value in self._figures().items()}
        figures = "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in shown.items())
        return f"<table>{figures}</table>{self.frame.to_html(max_rows=_ROWS, index=False)}"
