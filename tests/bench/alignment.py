"""How fast are exact alignments, and how fast is pm4py on the same machine at the same minute?

    python tests/bench/alignment.py [--rounds 3] [--exact]

Prints a table: from the model to the moves of all variants, in seconds (the best of the rounds), pm4py's fastest search
(``dijkstra_less_memory``), the ratio, and in how many variants the costs differ. That search is now and then too dear;
``--exact`` also asks pm4py's A*, which is exact and takes a minute or two more. The logs are those beside the checkout.
"""

import argparse
import random
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
warnings.simplefilter("ignore")

from alignments import FLOWS, ONE, REAL, net_of_flow, real_variants
from models import TheirNet, their_net
from pm4py.algo.conformance.alignments.petri_net.variants import dijkstra_less_memory, state_equation_a_star

from saksflyt.mining.alignment import Alignments, align
from saksflyt.mining.automaton import of_expression, of_net
from saksflyt.mining.flow_text import parse
from saksflyt.mining.net_reduction import reduced
from saksflyt.mining.nets import inductive_tree
from saksflyt.mining.petri_net import net_of

BARS = {"Receipt, discovered": 0.1, "Sepsis, discovered": 0.3, "10 000 variants of 40": 5.0}
Word = tuple[str, ...]


def best_of(rounds: int, work: Callable[[], Alignments]) -> tuple[float, Alignments]:
    taken: list[tuple[float, Alignments]] = []
    for _ in range(rounds):
        begun = time.perf_counter()
        found = work()
        taken.append((time.perf_counter() - begun, found))
    return min(taken, key=lambda each: each[0])


def of_pm4py(search: Any, model: TheirNet, variants: list[Word]) -> tuple[float, list[int]]:
    begun = time.perf_counter()
    costs = [search.apply_from_variant(variant, *model, parameters={})["cost"] // ONE for variant in variants]
    return time.perf_counter() - begun, costs


def differing(found: Alignments, costs: list[int]) -> int:
    return sum(ours != theirs for ours, theirs in zip(found.cost.tolist(), costs, strict=True))


def row(
    given: argparse.Namespace, name: str, work: Callable[[], Alignments], model: TheirNet, variants: list[Word]
) -> None:
    seconds, found = best_of(given.rounds, work)
    theirs, costs = of_pm4py(dijkstra_less_memory, model, variants)
    line = (
        f"{name:30s}{len(variants):9d}{seconds:10.3f}{theirs:10.2f}{theirs / seconds:8.0f}{differing(found, costs):8d}"
    )
    if given.exact:
        theirs, costs = of_pm4py(state_equation_a_star, model, variants)
        line += f"{theirs:10.2f}{differing(found, costs):8d}"
    print(line + said(name, seconds), flush=True)


def said(name: str, seconds: float) -> str:
    bar = BARS.get(name)
    return "" if bar is None else f"   bar {bar} s: {'held' if seconds <= bar else 'BROKEN'}"


def many_variants(rounds: int) -> None:
    """10 000 variants of 40 steps against a flow of 30 steps: the flow's way with six pairs of steps exchanged."""
    rng, steps = random.Random(1), [f"s{number}" for number in range(30)]
    flow = parse(f"{' -> '.join(steps[:18])} -> ({' & '.join(steps[18:22])}) -> ({' -> '.join(steps[22:])})*")
    variants = []
    for _ in range(10_000):
        variant = steps + steps[20:]
        for _ in range(6):
            one, other = rng.randrange(40), rng.randrange(40)
            variant[one], variant[other] = variant[other], variant[one]
        variants.append(tuple(variant))
    name = "10 000 variants of 40"
    seconds, _ = best_of(rounds, lambda: align(of_expression(flow), variants))
    print(f"{name:30s}{len(variants):9d}{seconds:10.3f}{'':26s}{said(name, seconds)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--exact", action="store_true")
    given = parser.parse_args()
    heading = f"{'':30s}{'variants':>9s}{'saksflyt':>10s}{'pm4py':>10s}{'ratio':>8s}{'differ':>8s}"
    print(heading + (f"{'A*':>10s}{'differ':>8s}" if given.exact else ""))
    many_variants(given.rounds)
    for name in REAL:
        counted = real_variants(name)
        variants, tree, flow = list(counted), inductive_tree(counted, 0.2), parse(FLOWS[name])
        net = net_of(tree)
        row(given, f"{name}, discovered", lambda: align(of_net(reduced(net)), variants), their_net(tree), variants)  # noqa: B023
        row(given, f"{name}, by hand", lambda: align(of_expression(flow), variants), net_of_flow(flow), variants)  # noqa: B023


if __name__ == "__main__":
    main()
