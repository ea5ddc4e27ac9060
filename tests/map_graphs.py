"""Process maps for tests: random ones of any shape, and what must hold of every drawing."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from saksflyt.reports.process_map.geometry import Geometry, Point, Size, geometry
from saksflyt.reports.process_map.labels import Label, labels
from saksflyt.reports.process_map.layout import Cell, cells
from saksflyt.reports.process_map.model import Arrow, Node
from saksflyt.reports.process_map.routes import routes

BOX, PILL, WIDEST = Size(180, 62), Size(128, 34), 86


@dataclass(frozen=True)
class Drawn:
    """A map from boxes to numbers."""

    arrows: Sequence[Arrow]
    places: Sequence[Cell]
    geometry: Geometry
    labels: Sequence[Label]
    sizes: Sequence[Size]


def random_map(seed: int, most: int = 40) -> tuple[list[Node], list[Arrow]]:
    """Up to `most` steps, any part of them on the line; every other step with a way in and out, and arrows at random."""
    dice = random.Random(seed)
    steps = dice.randint(1, most)
    line = dice.randint(1, steps)
    kinds = ["start", *["line"] * line, "end", *["side"] * (steps - line)]
    end = line + 1
    pairs = {(i, i + 1) for i in range(end)}
    sources = [i for i in range(len(kinds)) if i != end]
    targets = range(1, len(kinds))
    for box in range(end + 1, len(kinds)):
        pairs |= {(dice.choice(sources), box), (box, dice.choice(targets))}
    pairs |= {(dice.choice(sources), dice.choice(targets)) for _ in range(dice.randint(0, 3 * steps))}
    arrows = [
        Arrow(a, b, dice.randint(1, 500), 1, 1.0, 1.0, 1.0, 1, along=b == a + 1 and b <= end) for a, b in sorted(pairs)
    ]
    return [Node(kind, (str(i),), 1, 1, 1) for i, kind in enumerate(kinds)], arrows


def drawn(nodes: Sequence[Node], arrows: Sequence[Arrow]) -> Drawn:
    """The map with numbers of different widths."""
    end = next(i for i, node in enumerate(nodes) if node.kind == "end")
    places = cells(nodes, arrows)
    sizes = [PILL if node.kind in ("start", "end") else BOX for node in nodes]
    shape = geometry(routes(arrows, places, end), places, sizes, WIDEST)
    numbers = [Size((28, 52, 70, WIDEST)[i % 4], 17) for i in range(len(arrows))]
    return Drawn(arrows, places, shape, labels(shape, numbers), numbers)


def stretches(line: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    return ((a, b) for a, b in pairwise(line) if a != b)


def overlapping_boxes(shape: Geometry) -> int:
    return sum(
        a.left < b.right and b.left < a.right and a.top < b.bottom and b.top < a.bottom
        for a, b in combinations(shape.boxes, 2)
    )


def lines_through_boxes(shape: Geometry) -> int:
    """Stretches of lines inside any box, the line's own included: a line touches its boxes from outside."""
    return sum(
        max(x0, x1) > box.left and min(x0, x1) < box.right and max(y0, y1) > box.top and min(y0, y1) < box.bottom
        for line in shape.lines
        for (x0, y0), (x1, y1) in stretches(line)
        for box in shape.boxes
    )


def lines_on_lines(shape: Geometry) -> int:
    """Pairs of lines that share a stretch of any length."""
    found = 0
    seen: dict[tuple[bool, int], list[tuple[int, int, int]]] = {}
    for number, line in enumerate(shape.lines):
        for (x0, y0), (x1, y1) in stretches(line):
            assert x0 == x1 or y0 == y1
            where = (True, x0) if x0 == x1 else (False, y0)
            low, high = sorted((y0, y1) if x0 == x1 else (x0, x1))
            others = seen.setdefault(where, [])
            found += sum(other != number and low < b and a < high for other, a, b in others)
            others.append((number, low, high))
    return found


def rectangle(label: Label, size: Size) -> tuple[int, int, int, int]:
    left = label.x - {"start": 0, "middle": size.width // 2, "end": size.width}[label.anchor]
    return left, label.y - size.height // 2, left + size.width, label.y - size.height // 2 + size.height


def covered_numbers(picture: Drawn) -> int:
    """Numbers that lie on a box, on another number or outside of the picture."""
    rectangles = [rectangle(*pair) for pair in zip(picture.labels, picture.sizes, strict=True)]
    boxes = [(box.left, box.top, box.right, box.bottom) for box in picture.geometry.boxes]

    def meets(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
        return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]

    return sum(
        r[0] < 0
        or r[2] > picture.geometry.width
        or any(meets(r, box) for box in boxes)
        or any(meets(r, other) for other in rectangles[:i])
        for i, r in enumerate(rectangles)
    )
