"""The code in the guide runs, from the repository's root."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_guide_runs(monkeypatch):
    monkeypatch.chdir(ROOT)
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs/guide.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 8
    names: dict[str, object] = {}
    for block in blocks:
        exec(block, names)
    assert names["log"].case_count > 0
