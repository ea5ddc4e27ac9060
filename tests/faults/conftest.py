import os
from pathlib import Path

import pytest
from faults.office import build
from filelock import FileLock


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The office's project, made once for all workers. To be copied, not changed."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "office"  # never that of another run
    with FileLock(f"{shared}.lock"):
        if not shared.exists():
            made = shared.with_name("office.new")
            build(made)
            made.rename(shared)
    return shared
