"""How many examples a property is tried on: some by the fast line, so that it stays fast, and more by the slow one."""

from collections.abc import Callable, Collection
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings

Test = TypeVar("Test", bound=Callable[..., None])


def examples(fast: int, slow: int, *, unchecked: Collection[HealthCheck] = ()) -> Callable[[Test], Test]:
    """Try a ``@given`` test on `fast` examples, and once more on `slow` of them in the line ``pytest -m slow``.

    unchecked : health checks to leave out besides those of the profile
    """
    profile = settings.get_current_profile_name()
    usual = settings.get_profile(profile)
    checks = [*usual.suppress_health_check, *unchecked]
    chosen = settings(usual, max_examples=slow if profile == "slow line" else fast, suppress_health_check=checks)
    return lambda test: pytest.mark.examples(chosen(test))
