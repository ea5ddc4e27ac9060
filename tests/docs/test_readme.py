"""What the README shows was really printed, and its commands exist."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def printed(*arguments: str, folder: Path, code: int = 0) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "saksflyt", *arguments], cwd=folder, capture_output=True, check=False
    )
    assert run.returncode == code, run.stderr
    return {line.rstrip() for line in (run.stdout + run.stderr).decode("utf-8").splitlines()}


def block_with(text: str) -> list[str]:
    (block,) = [block for block in re.findall(r"```\n(.*?)```", README, re.DOTALL) if text in block]
    return [line.rstrip() for line in block.splitlines() if line and not line.startswith("$ ")]


def test_the_demo_prints_what_the_readme_shows(tmp_path):
    assert set(block_with("All 36 planted facts were found.")) <= printed("demo", folder=tmp_path)


@pytest.mark.parametrize("command", re.findall(r"^\$ saksflyt (.*)$", README, re.MULTILINE))
def test_the_question_is_answered_as_the_readme_shows(command):
    assert set(block_with(f"$ saksflyt {command}")) <= printed(
        *command.split(), folder=ROOT, code=int("conform" in command)
    )


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / target).exists(), target
