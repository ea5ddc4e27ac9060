"""What is a step called in the id of a finding?

Ids live from month to month and are typed by hand, so a name becomes lower case letters, digits and hyphens: "Søknad
mottatt" is ``soknad-mottatt``. Two names that would become the same stay apart by a few digits of their SHA-256.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256

_NORDIC = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ä": "a", "ö": "o", "ß": "ss", "ð": "d", "þ": "th", "đ": "d"})
_DIGITS = 6


def slug(name: str) -> str:
    """The name for an id; empty when it holds neither letters nor digits."""
    plain = unicodedata.normalize("NFC", name).casefold().translate(_NORDIC)
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", "-", plain).strip("-")


def slugs(first: Iterable[str], others: Iterable[str] = ()) -> dict[str, str]:
    """A slug for every name, no two the same.

    first : names that were there before the others (the steps of a flow): one keeps its plain slug though others of the
        log come to look like it
    """
    leading, taken = list(dict.fromkeys(first)), set[str]()
    found: dict[str, str] = {}
    for names in (leading, sorted(set(others) - set(leading))):
        counts = Counter(map(slug, names))
        for name in names:
            plain = slug(name)
            clear = plain and counts[plain] == 1 and plain not in taken
            found[name] = plain if clear else f"{plain or 'step'}-{sha256(name.encode()).hexdigest()[:_DIGITS]}"
        taken |= {slug(name) for name in names}
    return found
