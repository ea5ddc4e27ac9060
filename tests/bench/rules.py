"""How long do thirty rules take on a large log? The bar: 1 M events in under 5 s.

    python tests/bench/rules.py [--events 1000000] [--rounds 3] [--split]

Prints the seconds of each round, the log opened anew each time, and the peak memory. `--split` counts by unit.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path

from large_log import STEPS, write_large_log

from saksflyt.connectors.registry import read
from saksflyt.mining.expression import Repeat, Sequence, Step
from saksflyt.mining.flow import Flow
from saksflyt.mining.flow_parts import RULE_KINDS, Rule, Term
from saksflyt.mining.log import EventLog
from saksflyt.mining.rules import rules
from saksflyt.mining.span import Span

_TERMS: dict[str, Term] = {
    "step": "Vurdert",
    "times": 2,
    "least": 1,
    "most": 3,
    "before": "Vurdert",
    "after": "Vedtak fattet",
    "if": "Dokumentasjon etterspurt",
    "then": "Dokumentasjon levert",
    "unit": "Kontor 3",
}


def thirty_rules() -> tuple[Rule, ...]:
    """One of every kind, and six more: two of four eyes, two on time, two with conditions."""
    found = []
    for kind, keys in RULE_KINDS.items():
        terms = {
            key: ("Vurdert", "Kvalitetssikret") if wanted == "two steps" else _TERMS[key]
            for key, wanted in keys.items()
        }
        found.append(Rule(kind, terms | ({"least": Span(3, "days")} if kind == "apart" else {})))
    found += [Rule("four_eyes", {"steps": pair}) for pair in (("Tildelt", "Vedtak fattet"), ("Vurdert", "Vurdert"))]
    found += [
        Rule("apart", {"before": "Tildelt", "after": "Lukket", "least": span})
        for span in (Span(10, "working days"), Span(1, "months"))
    ]
    order = {"before": "Vedtak fattet", "after": "Utbetaling"}
    found.append(Rule("precedence", order, where=("activity=Utbetaling", "unit!=Kontor 3")))
    found.append(Rule("response", order, where=("activity!=Lukket",)))
    return tuple(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--split", action="store_true")
    given = parser.parse_args()
    order = Sequence(tuple(Repeat(Step(name), 0, True) for name in STEPS))
    flow = Flow("Large", order, closed_by=("Lukket",), rules=thirty_rules())
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder) / "export.csv"
        write_large_log(export, given.events)
        made = read(export)
        for number in range(given.rounds):
            start = time.perf_counter()
            log = EventLog.open(made.path)
            found = rules(log, flow, by="unit" if given.split else None)
            print(f"{log.event_count} events, {len(flow.rules)} rules: {time.perf_counter() - start:.2f} s")
            if number == 0:
                columns = ["kind", "cases", "triggered", "broken", "pending", "not_judged"]
                print(found.frame[columns].head(len(flow.rules)).to_string())
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024:.2f} GB, the import counted")


if __name__ == "__main__":
    main()
