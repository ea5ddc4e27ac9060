"""What comes from an export cannot run in a spreadsheet that opens a table of ours."""

import pandas as pd

from saksflyt.cli.formulas import plain_csv


def test_texts_are_harmless_and_numbers_are_as_they_were() -> None:
    frame = pd.DataFrame({"unit": ["=cmd()", "@x", "-1", "Nav"], "value": [-1.5, 2.0, None, 0.25], "at": [1, -2, 3, 4]})
    frame["mixed"] = pd.Series(["+1", None, -2.0, "a"], dtype=object)
    assert plain_csv(frame) == "unit,value,at,mixed\n'=cmd(),-1.5,1,'+1\n'@x,2.0,-2,\n'-1,,3,-2.0\nNav,0.25,4,a\n"
