"""How does one acceptance come into the file, or out of it, so that all else stays as people wrote it?

Only the lines of the one entry are touched: comments, order and layout of the rest are kept to the byte, and so are the
comments in an entry that is renewed. A new entry comes before the first one with a later id. What comes out is read again and
must hold the same acceptances but for that one; else nothing is changed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from . import toml_writing as toml
from .accepted_toml import KEYS, LONGEST, Acceptance, entries_of
from .errors import UsageError
from .toml_statements import Statement, statements

_HEADER = """\
# Godkjente avvik for flyten {flow}: kjent, ikke rettet ennå, med grunn og siste dag.
#
# saksflyt conform viser dem for seg, og de stanser ingen kontroll til og med dagen i until. Fra dagen etter teller de igjen.
# Filen kan rettes for hånd, eller med saksflyt accept. id er den som saksflyt conform eller check skriver; med @enhet bak gjelder
# godkjenningen bare den enheten, ellers alle. id, reason og until må være med. Skriv ikke navn på søkere her.
"""
_MARK = "\ufeff"
_LF, _CRLF = "\n", "\r\n"


@dataclass(frozen=True)
class _Entry:
    """Where an entry stands among the statements: from its header to behind its last key."""

    id: str
    start: int
    stop: int


def with_entry(text: str, entry: Acceptance, flow: str, where: str) -> str:
    """The file's text with the acceptance, in the place of an earlier one of the same finding if there is one.

    text : "" for a new file; flow : how the file's first line names the flow; where : how messages name the file
    Raises UsageError when the file is written so that this cannot be done, or the acceptance says what none can.
    """
    entry = _as_read(entry)
    mark, text = _unmarked(text)
    if not text.strip():
        name = "".join(letter if letter.isprintable() else "?" for letter in flow)
        return _checked(f"{mark}{_HEADER.format(flow=name)}\n{_written(entry, _LF)}", [entry], where)
    before = entries_of(text.encode("utf-8"), where)
    parts, found = _taken_apart(text, where)
    there = next((each for each in found if each.id == entry.id), None)
    after = _renewed(parts, there, entry) if there else _inserted(parts, found, entry)
    expected = [each for each in before if each.id != entry.id] + [entry]
    return _checked(mark + after, expected, where)


def without_entry(text: str, id_: str, where: str) -> str:
    """The file's text without the acceptance of a finding. The lines from its header to its last key go, and the blank
    lines behind them; a comment above the header stays, for nobody knows what else it is about."""
    mark, text = _unmarked(text)
    before = entries_of(text.encode("utf-8"), where)
    parts, found = _taken_apart(text, where)
    gone = next((each for each in found if each.id == id_), None)
    if gone is None:
        raise _by_hand(where)
    head, tail = parts[: gone.start], parts[gone.stop :]
    while tail and tail[0].is_blank:
        tail = tail[1:]
    while head and not tail and head[-1].is_blank:
        head = head[:-1]
    after = "".join(each.text for each in (*head, *tail))
    return _checked(mark + after, [each for each in before if each.id != id_], where)


def commented(text: str, id_: str, where: str) -> bool:
    """Does a comment stand right above the acceptance of a finding, and not at the file's head?"""
    parts, found = _taken_apart(_unmarked(text)[1], where)
    return any(_with_comments(parts, each.start) < each.start for each in found if each.id == id_)


def _taken_apart(text: str, where: str) -> tuple[list[Statement], list[_Entry]]:
    try:
        parts = statements(text)
    except ValueError as error:
        raise _by_hand(where) from error
    starts = [place for place, each in enumerate(parts) if each.is_header]
    found = []
    for start, end in zip(starts, [*starts[1:], len(parts)], strict=False):
        keys = [place for place in range(start, end) if parts[place].key]
        says = entries_of("".join(each.text for each in parts[start:end]).encode("utf-8"), where)
        found.append(_Entry(says[0].id, start, keys[-1] + 1))
    return parts, found


def _unmarked(text: str) -> tuple[str, str]:
    """The byte order mark that some editors put first, and the text without it."""
    return (_MARK, text[1:]) if text.startswith(_MARK) else ("", text)


def _as_read(entry: Acceptance) -> Acceptance:
    """The acceptance as the file will give it back: letters composed, texts on one line."""
    said = entry.sentence
    short = replace(entry, sentence=said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…")
    return entries_of(_written(short, _LF).encode("utf-8"), "The acceptance")[0]


def _inserted(parts: list[Statement], found: list[_Entry], entry: Acceptance) -> str:
    texts = [each.text for each in parts]
    end = _CRLF if texts[0].endswith(_CRLF) else _LF
    written = _written(entry, end)
    later = next((each for each in found if each.id > entry.id), None)
    if later:
        texts.insert(_with_comments(parts, later.start), f"{written}{end}")
        return "".join(texts)
    whole = "".join(texts)
    whole += "" if whole.endswith("\n") else end
    return f"{whole}{'' if parts[-1].is_blank else end}{written}"


def _with_comments(parts: list[Statement], start: int) -> int:
    """Where the comment right above a header begins; at the header itself, where it is the one at the file's head."""
    first = start
    while first and parts[first - 1].is_comment:
        first -= 1
    return first if first else start


def _written(entry: Acceptance, end: str) -> str:
    lines = ["[[accepted]]", *(f"{key} = {value}" for key, value in _values(entry).items())]
    return "".join(f"{line}{end}" for line in lines)


def _values(entry: Acceptance) -> dict[str, str]:
    """What is said, as TOML, in the order of the keys."""
    said = {key: getattr(entry, key) for key in KEYS}
    return {key: toml.value(value) for key, value in said.items() if value not in ("", None)}


def _renewed(parts: list[Statement], there: _Entry, entry: Acceptance) -> str:
    """The text with other values in the entry. A key that says the same is left alone, and every comment stays."""
    block = parts[there.start : there.stop]
    end = _CRLF if block[0].text.endswith(_CRLF) else _LF
    values = _values(entry)
    lines = [_line(each, values, end) for each in block]
    keys = [each.key for each in block]
    for key in (key for key in values if key not in keys):
        before = [place for place, name in enumerate(keys) if name in KEYS[: KEYS.index(key)]]
        place = before[-1] if before else 0
        lines[place] += end if lines[place] and not lines[place].endswith(_LF) else ""
        lines[place] += f"{key} = {values[key]}{end}"
    head, tail = parts[: there.start], parts[there.stop :]
    return "".join([*(each.text for each in head), *lines, *(each.text for each in tail)])


def _line(statement: Statement, values: dict[str, str], end: str) -> str:
    key = statement.key
    if key is None:
        return statement.text
    if key not in values:
        return f"{statement.comment}{end}" if statement.comment else ""
    same = toml.value(statement.plain[key]) == values[key]
    return statement.text if same else statement.saying(values[key])


def _checked(text: str, expected: list[Acceptance], where: str) -> str:
    """The text, if it holds what it should."""
    try:
        found = entries_of(text.encode("utf-8"), where)
    except UsageError as error:
        raise _by_hand(where) from error
    if sorted(found, key=lambda each: each.id) != sorted(expected, key=lambda each: each.id):
        raise _by_hand(where)
    return text


def _by_hand(where: str) -> UsageError:
    return UsageError(
        f"{where} is written in a way that saksflyt accept does not change; write every acceptance as a table [[accepted]], "
        "or change it by hand."
    )
