"""The example of a file of accepted deviations is one, and stands for what the program writes."""

import re
from pathlib import Path

from saksflyt.mining.acceptable import meaning
from saksflyt.mining.accepted import Accepted
from saksflyt.mining.accepted_toml import KEYS
from saksflyt.mining.accepted_writing import with_entry
from saksflyt.mining.definitions import definitions
from saksflyt.mining.flow import Flow

PAGE = (Path(__file__).parents[2] / "docs" / "intended-flow.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```accepted\n(.*?)```", PAGE, re.DOTALL)


def test_the_example_is_read_and_is_about_the_template() -> None:
    first, second = Accepted.of_text(EXAMPLE.encode(), "the page").entries
    flow = Flow.read("sosialhjelp")
    assert meaning(first.id, flow).sentence == first.sentence
    assert meaning(second.id, flow).law.startswith("eget mål")


def test_the_example_is_written_as_the_program_writes() -> None:
    entries = Accepted.of_text(EXAMPLE.encode(), "the page").entries
    text = "# Fra ledermøtet 25. november.\n"
    for entry in entries:
        text = with_entry(text, entry, "f", "f")
    assert text.replace("november.\n\n", "november.\n") == EXAMPLE


def test_every_key_and_column_is_explained() -> None:
    section = PAGE.split("## Accepted deviations")[1].split("## In Python")[0]
    assert all(f"`{key}`" in section for key in KEYS)
    columns = Accepted.of_text(EXAMPLE.encode(), "f").to_frame(Accepted.of_text(EXAMPLE.encode(), "f").entries[0].until)
    marks = {"accepted", "accepted_until", "reason", "accepted_deviations"}
    named = {f"accept.{name}" for name in columns} | {f"conform.{name}" for name in marks}
    assert named <= set(definitions())
