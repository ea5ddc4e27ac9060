"""The code in the guide runs, from the repository's root."""

import re
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_guide_runs(monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs/guide.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 8
    script = tmp_path / "guide.py"
    script.write_text("\n".join(blocks), encoding="utf-8")
    assert runpy.run_path(str(script))["log"].case_count > 0
