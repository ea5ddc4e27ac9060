"""Which encoding is the text in, and is it text at all?

UTF-8 with or without its mark, else cp1252 (the Windows code page for western Europe); UTF-16 and UTF-32 by their
mark. The whole stream is judged, not its first lines: one ``ø`` at the end decides. The result is a file in UTF-8
with one kind of line end, which is the source itself where it already is that.
"""

from __future__ import annotations

import codecs
import hashlib
import itertools
import queue
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..mining.errors import DataError
from .unpack import Stream, reading
from .writing import scratch_writing

LONGEST_LINE = 16 << 20
_BINARY_CHARACTERS = frozenset(range(32)) - set(b"\t\n\r\f\x1a\x1b")
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
# cp1252 is latin-1 with signs in place of 27 control characters; five bytes have no meaning and stay what they are.
_CP1252 = {n: text for n in range(128, 160) if (text := bytes([n]).decode("cp1252", "ignore"))}
_LETTERS = tuple(letter.encode() for letter in "æøåÆØÅ")


@dataclass(frozen=True)
class TextFile:
    """Text in UTF-8 with one kind of line end (``\\n``, or ``\\r\\n`` throughout), and what is known of its source."""

    path: Path
    encoding: str
    digest: Digest
    bytes: int
    lines: int  # physical lines, the last one without an end included
    scratch: bool  # the file is ours: it may be changed

    def sha256(self) -> str:
        """The fingerprint of the source's bytes; waits until they are all counted in."""
        return self.digest.hex()


@dataclass
class _Facts:
    """What one pass over the bytes tells."""

    bytes: int = 0
    ends: int = 0  # \n
    returns: int = 0  # \r
    pairs: int = 0  # \r\n
    ascii: bool = True
    utf8: bool = True
    bad_line: int = 0  # the first line that is not UTF-8
    letters: bool = False  # some æ, ø or å as UTF-8 writes them
    last: bytes = b""

    @property
    def lines(self) -> int:
        return self.ends + (1 if self.bytes and self.last != b"\n" else 0)

    @property
    def regular(self) -> bool:
        """Every line ends the same way, with \\n or with \\r\\n."""
        return self.returns == self.pairs and self.pairs in (0, self.ends)


def opening(head: bytes) -> str:
    """The first characters of a text, for telling its format: without marks and blanks."""
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), "latin-1")
    whole = head[: len(head) // 4 * 4] if marked != "latin-1" else head.removeprefix(codecs.BOM_UTF8)
    return whole.decode(marked, "ignore").lstrip()


def as_text(stream: Stream, scratch: Path, said: str | None = None) -> TextFile:
    """Find out the encoding and give the text as UTF-8.

    said : the encoding that the mapping names. Raises DataError if the stream is empty, binary or has no lines.
    """
    head = stream.head()
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf") and b"\0" not in head and len(head) < 1 << 16:
        raise DataError(f"{stream.name} is empty.")
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if (said is None or marked) and marked is None:
        _refuse_binary(stream.name, head)
    if wide := marked or (said if said and codecs.lookup(said).name not in ("utf-8", "cp1252") else None):
        return _transcoded(stream, scratch, wide)
    digest = Digest()
    if stream.plain:
        source, scratch_made = stream.plain, False
        facts = _facts(stream, digest.passing(_bytes_of(source)))
    else:
        source, scratch_made = scratch / "unpacked", True
        with scratch_writing(source) as file:
            file.writelines(digest.passing(stream.chunks()))
        facts = _facts(stream, _bytes_of(source))
    if not said and not facts.utf8 and (facts.letters or head.startswith(codecs.BOM_UTF8)):
        # Read as cp1252 every æ, ø and å of it would be spoilt, and nobody would be told.
        raise DataError(
            f"{stream.name} is UTF-8 up to line {facts.bad_line}, which is not; mend that line, or say in the mapping "
            'how the file is to be read: encoding = "cp1252".'
        )
    encoding = said or ("utf-8" if facts.utf8 else "cp1252")
    if codecs.lookup(encoding).name == "utf-8" and facts.utf8 and facts.regular:
        return TextFile(source, "utf-8", digest, facts.bytes, facts.lines, scratch_made)
    path = scratch / "text"
    written = _rewrite(stream.name, _bytes_of(source), path, encoding, keep_returns=facts.ends > 0)
    if scratch_made:
        source.unlink()
    return TextFile(path, encoding, digest, facts.bytes, written.lines, True)


def _transcoded(stream: Stream, scratch: Path, encoding: str) -> TextFile:
    digest = Digest()
    path = scratch / "text"
    facts = _rewrite(stream.name, digest.passing(stream.chunks()), path, encoding, keep_returns=True)
    return TextFile(path, encoding, digest, digest.bytes, facts.lines, True)


class Digest:
    """SHA-256 of the bytes that pass by, worked out in a thread of its own beside their reading."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._chunks: queue.Queue[bytes] = queue.Queue(maxsize=8)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self.bytes = 0

    def _run(self) -> None:
        while chunk := self._chunks.get():
            self._hash.update(chunk)

    def passing(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        try:
            for chunk in chunks:
                self._chunks.put(chunk)
                self.bytes += len(chunk)
                yield chunk
        finally:
            self._chunks.put(b"")

    def hex(self) -> str:
        self._thread.join()
        return self._hash.hexdigest()


def _bytes_of(path: Path) -> Iterator[bytes]:
    with reading(path), path.open("rb") as file:
        while chunk := file.read(4 << 20):
            yield chunk


def _refuse_binary(name: str, head: bytes) -> None:
    if head.startswith(b"%PDF"):
        raise DataError(f"{name} is a PDF; export the list as CSV instead.")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise DataError(f"{name} is an old Excel workbook; save the sheet as CSV and import that file.")
    half = head[: len(head) // 2 * 2]
    if half and (half[1::2].count(0) > 0.4 * len(half) / 2) != (half[0::2].count(0) > 0.4 * len(half) / 2):
        raise DataError(f'{name} looks like UTF-16 without its mark; say so in the mapping: encoding = "utf-16-le".')
    odd = sum(head.count(bytes([n])) for n in _BINARY_CHARACTERS)
    if b"\0" in head or odd > len(head) / 100:
        raise DataError(f"{name} is not text but a binary file; export the data as CSV.")


def _facts(stream: Stream, chunks: Iterable[bytes]) -> _Facts:
    """One pass over the bytes: the encoding, the line ends, and that no line is endless."""
    facts, line = _Facts(), 0
    decoder = codecs.getincrementaldecoder("utf-8")()
    for chunk in chunks:
        line = _watch_line(stream.name, chunk, line, facts)
        if b"\0" in chunk:
            raise DataError(f"{stream.name} is not text but a binary file; export the data as CSV.")
        if b"\r" in chunk or facts.last == b"\r":
            facts.returns += chunk.count(b"\r")
            facts.pairs += chunk.count(b"\r\n") + (facts.last == b"\r" and chunk[:1] == b"\n")
        facts.bytes += len(chunk)
        facts.last = chunk[-1:]
        if facts.utf8 and not (facts.ascii and chunk.isascii()):
            facts.ascii = False
            facts.letters = facts.letters or any(letter in chunk for letter in _LETTERS)
            facts.utf8 = _decodes(decoder, chunk)
            facts.bad_line = 0 if facts.utf8 else facts.ends - chunk.count(b"\n") + _good_lines(chunk) + 1
    facts.utf8 = facts.utf8 and (facts.ascii or _decodes(decoder, b"", final=True))
    return facts


def _good_lines(chunk: bytes) -> int:
    """How many whole lines of a chunk are UTF-8 before the first that is not; the chunk may begin inside a letter."""
    whole = chunk.lstrip(bytes(range(0x80, 0xC0)))
    try:
        whole.decode("utf-8")
    except UnicodeDecodeError as error:
        return whole[: error.start].count(b"\n")
    return whole.count(b"\n")


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _watch_line(name: str, chunk: bytes, line: int, facts: _Facts) -> int:
    """Count line ends; the bytes of the line that is unfinished at the end of the chunk."""
    ends = chunk.count(b"\n")
    facts.ends += ends
    at = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
    longest = line + (chunk.find(b"\n") if ends else len(chunk) if at < 0 else 0)
    if longest > LONGEST_LINE:
        raise DataError(
            f"{name}: line {facts.ends - ends + 1} is longer than {LONGEST_LINE >> 20} MB; is it a table with one "
            "record per line?"
        )
    return line + len(chunk) if at < 0 else len(chunk) - at - 1


def _rewrite(name: str, chunks: Iterable[bytes], path: Path, encoding: str, keep_returns: bool) -> _Facts:
    """Write `chunks` to `path` as UTF-8 with \\n, and count its lines."""
    facts, line = _Facts(), 0
    with scratch_writing(path) as file:
        for text in _regular_ends(_decoded(name, chunks, encoding), alone=" " if keep_returns else "\n"):
            if "\0" in text:
                raise DataError(f"{name} is not text but a binary file; export the data as CSV.")
            data = text.encode("utf-8", "replace")
            line = _watch_line(name, data, line, facts)
            facts.bytes += len(data)
            facts.last = data[-1:] or facts.last
            file.write(data)
    return facts


def _decoded(name: str, chunks: Iterable[bytes], encoding: str) -> Iterator[str]:
    if codecs.lookup(encoding).name == "cp1252":
        for chunk in chunks:
            yield chunk.decode("latin-1").translate(_CP1252)
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in itertools.chain(chunks, [b""]):
            yield decoder.decode(chunk, final=not chunk)
    except UnicodeError as error:
        raise DataError(
            f"{name} is not valid {encoding}; leave the encoding out of the mapping, or mend it."
        ) from error


def _regular_ends(texts: Iterable[str], alone: str) -> Iterator[str]:
    """\\r\\n becomes \\n; a \\r that stands alone becomes `alone` (an old line end, or a stray mark inside a line)."""
    held = ""
    for text in texts:
        text = held + text
        held = "\r" if text.endswith("\r") else ""
        yield text[: len(text) - len(held)].replace("\r\n", "\n").replace("\r", alone)
    yield alone if held else ""
