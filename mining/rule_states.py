"""How does a rule stand in a case?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NOT_CHOSEN, UNTRIGGERED, FULFILLED, BROKEN, PENDING, NOT_JUDGED = range(6)
STATES = ("not_chosen", "untriggered", "fulfilled", "broken", "pending", "not_judged")

# Of the cases that the rule's conditions choose.
CODES = {state: code for code, state in enumerate(STATES) if code != NOT_CHOSEN}

States = NDArray[np.int8]
"""One code per case."""
