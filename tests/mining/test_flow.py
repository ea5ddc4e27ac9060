"""The intended flow as a file: what it may say, and one sentence with the line for everything it may not."""

import unicodedata
from datetime import date, time
from pathlib import Path

import pytest
from flows import flows
from hypothesis import given, settings
from hypothesis import strategies as st

from saksflyt.mining.errors import UsageError
from saksflyt.mining.expression import Repeat, Sequence, Step
from saksflyt.mining.flow import Flow
from saksflyt.mining.flow_file import template_names, template_text
from saksflyt.mining.flow_parts import (
    OCCURRENCES,
    ROLLS,
    RULE_KINDS,
    SEVERITIES,
    CalendarSettings,
    Clock,
    Deadline,
    Rule,
    StepSettings,
)
from saksflyt.mining.flow_text import parse
from saksflyt.mining.span import UNITS, DueDate, Span, span

# The example of the design, with every key that there is.
EXAMPLE = """\
name = "Søknad om økonomisk sosialhjelp"
flow = \"\"\"
Søknad mottatt -> Tildelt saksbehandler -> Kartlegging
-> (Dokumentasjon etterspurt -> Dokumentasjon levert)*
-> Vedtak fattet -> (Utbetaling+ | Avslag sendt)
\"\"\"
closed_by = ["Utbetaling", "Avslag sendt"]

[clock]                          # the time that counts
from = "Søknad mottatt"
to = ["Vedtak fattet"]

[steps."Dokumentasjon etterspurt"]
waits_for = "applicant"
at_most = 2
unit = "Nav Nordvik"
rank = -1

[steps."Foreløpig svar"]
anytime = true

[steps."Utbetaling"]
after_closing = true
aliases = ["Utbetalt", "Stønad utbetalt"]

[[deadlines]]
name = "Foreløpig svar innen én måned"
from = "Søknad mottatt"
to = ["Vedtak fattet", "Foreløpig svar"]
within = "1 month"
pauses = [["Dokumentasjon etterspurt", "Dokumentasjon levert"]]
roll = "none"
valid_from = 2010-01-01
occurrence = "last"
where = ["type!=nødhjelp"]
law = "forvaltningsloven § 11 a (må kontrolleres)"
severity = "high"

[[deadlines]]
name = "Fristen i dataene"
from = "Søknad mottatt"
to = "Vedtak fattet"
within = { attribute = "due" }

[[rules]]
kind = "precedence"
before = "Kartlegging"
after = "Vedtak fattet"
severity = "high"
where = ["type!=nødhjelp", "activity=Utbetaling"]

[calendar]
hours = "08:00-15:30"
holidays = "NO"
half_days = ["12-24", "12-31"]
"""


def read(tmp_path: Path, text: str) -> Flow:
    file = tmp_path / "flow.toml"
    file.write_text(text, encoding="utf-8")
    return Flow.read(file)


def sentence(tmp_path: Path, text: str) -> str:
    with pytest.raises(UsageError) as raised:
        read(tmp_path, text)
    words = str(raised.value)
    assert "\n" not in words
    assert len(words) < 700
    assert words.endswith((".", "?"))
    return words.removeprefix(str(tmp_path / "flow.toml"))


def test_the_example_of_the_design(tmp_path: Path) -> None:
    flow = read(tmp_path, EXAMPLE)
    assert flow.name == "Søknad om økonomisk sosialhjelp"
    assert flow.ordered[:2] == ("Søknad mottatt", "Tildelt saksbehandler")
    assert flow.anytime == ("Foreløpig svar",)
    assert flow.closed_by == ("Utbetaling", "Avslag sendt")
    assert flow.clock == Clock("Søknad mottatt", ("Vedtak fattet",))
    assert flow.settings("Dokumentasjon etterspurt") == StepSettings(
        waits_for="applicant", at_most=2, unit="Nav Nordvik", rank=-1
    )
    assert flow.settings("Kartlegging") == StepSettings()
    assert flow.deadlines[0] == Deadline(
        name="Foreløpig svar innen én måned",
        start="Søknad mottatt",
        end=("Vedtak fattet", "Foreløpig svar"),
        within=Span(1, "months"),
        pauses=(("Dokumentasjon etterspurt", "Dokumentasjon levert"),),
        roll="none",
        valid_from=date(2010, 1, 1),
        occurrence="last",
        where=("type!=nødhjelp",),
        law="forvaltningsloven § 11 a (må kontrolleres)",
        severity="high",
    )
    assert flow.deadlines[1].within == DueDate("due")
    assert flow.deadlines[1].end == ("Vedtak fattet",)
    assert flow.rules[0].terms == {"before": "Kartlegging", "after": "Vedtak fattet"}
    assert flow.calendar == CalendarSettings((time(8), time(15, 30)), "NO", ((12, 24), (12, 31)))
    assert flow.relabelling() == {"Utbetalt": "Utbetaling", "Stønad utbetalt": "Utbetaling"}
    assert read(tmp_path, flow.to_toml()) == flow


def test_windows_line_ends_and_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "flow.toml"
    file.write_bytes(b"\xef\xbb\xbf" + EXAMPLE.replace("\n", "\r\n").encode())
    assert Flow.read(file) == read(tmp_path, EXAMPLE)


def replaced(old: str, new: str) -> str:
    assert old in EXAMPLE
    return EXAMPLE.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('name = "Søknad om', 'navn = "Søknad om', ", line 1: The flow has the unknown key 'navn'. There are: calendar, clock"),
        ("closed_by = ", "closedby = ", ", line 7: The flow has the unknown key 'closedby'. Did you mean 'closed_by'?"),
        ("[clock] ", "[klokke]", ", line 9: The flow has the unknown key 'klokke'. There are: "),
        ("waits_for", "wait_for", ', line 14: [steps."Dokumentasjon etterspurt"] has the unknown key'),
        ("aliases", "alias", ", line 24: [steps.Utbetaling] has the unknown key 'alias'. Did you mean 'aliases'?"),
        ("pauses", "pause", ", line 31: Number 1 of [[deadlines]] has the unknown key 'pause'. Did you mean 'pauses'?"),
        ("before = ", "befor = ", ", line 47: Number 1 of [[rules]] has the unknown key 'befor'. Did you mean 'before'?"),
        ('"precedence"', '"precedes"', "line 46: Number 1 of [[rules]] has the unknown kind 'precedes'. Did you mean 'pre"),
        ("half_days", "halfdays", ", line 55: [calendar] has the unknown key 'halfdays'. Did you mean 'half_days'?"),
        ('to = ["Vedtak fattet"]', 'to = ["Vedtak fatta"]', "line 11: There is no step 'Vedtak fatta' in the flow. Did you"),
        ('closed_by = ["Utbetaling"', 'closed_by = ["Utbetalt"', "line 7: 'Utbetalt' is another name of 'Utbetaling'"),
        ('after = "Vedtak fattet"', 'after = "Vedtaket"', "line 48: There is no step 'Vedtaket' in the flow. Did you mean 'V"),
        ("activity=Utbetaling", "activity=Utbetalinger", "line 50: There is no step 'Utbetalinger' in the flow."),
        ('[["Dokumentasjon etterspurt"', '[["Dok. etterspurt"', "line 31: There is no step 'Dok. etterspurt'"),
        ('"1 month"', '"1 måned"', "cannot have '1 måned' as 'within'; write \"14 days\""),
        ('"1 month"', "30", "line 30: Number 1 of [[deadlines]] must have text in quotes as 'within'."),
        ('"1 month"', '"0 days"', "cannot have '0 days' as 'within'"),
        ('{ attribute = "due" }', '{ attribut = "due" }', "has the unknown key 'attribut'. Did you mean 'attribute'?"),
        ('{ attribute = "due" }', "{}", "lacks 'attribute'."),
        ("2010-01-01", '"2010-01-01"', "line 33: Number 1 of [[deadlines]] must have a date as 'valid_from'"),
        ("2010-01-01", "2010-01-01T10:00:00", "must have a date as 'valid_from'"),
        ('roll = "none"', 'roll = "next"', "has the unknown roll 'next'. There are: next_working_day, none."),
        ('occurrence = "last"', 'occurrence = "all"', "has the unknown occurrence 'all'"),
        ('severity = "high"', 'severity = "alvorlig"', "has the unknown severity 'alvorlig'. There are: high, info, warn."),
        ("at_most = 2", "at_most = 0", "must have a whole number from 1 to 1000 as 'at_most'."),
        ("at_most = 2", "at_most = true", "must have a whole number from 1 to 1000 as 'at_most'."),
        ("at_most = 2", "at_most = 2.0", "must have a whole number from 1 to 1000 as 'at_most'."),
        ("rank = -1", "rank = 40000", "must have a whole number from -32000 to 32000 as 'rank'."),
        ("anytime = true", 'anytime = "true"', "must have true or false as 'anytime', without quotes."),
        ('where = ["type!=nødhjelp"]', 'where = ["nødhjelp"]', "'nødhjelp' is not a condition. Write NAME=VALUE"),
        ('where = ["type!=nødhjelp"]', 'where = ["resource=R1"]', "Cases are not chosen by resource"),
        ('"08:00-15:30"', '"15:30-08:00"', "line 53: [calendar] must have the office hours as 'hours'"),
        ('"08:00-15:30"', '"8-16"', "[calendar] must have the office hours as 'hours'"),
        ('"NO"', '"SE"', "[calendar] has the unknown holidays 'SE'. There are: NO."),
        ('"12-24"', '"24.12"', "[calendar] must have month and day as 'half_days', such as \"12-24\"."),
        ('"12-24"', '"02-30"', "[calendar] must have month and day as 'half_days'"),
        ('["12-24", "12-31"]', '[]\nhalf_day_ends = "kl. 12"', "line 56: [calendar] must have a time of day in quotes as 'half_day_ends'"),
        ('["12-24", "12-31"]', "[]\nhalf_day_ends = 12:00:00", 'time of day in quotes as \'half_day_ends\', such as "12:00".'),
        ('["12-24", "12-31"]', '[]\nhalf_day_ends = "15:30"', "line 56: [calendar] has half days that end at 15:30, which is not between 08:00 and 15:30"),
        ('["12-24", "12-31"]', '[]\n[calendar."NAV Øst"]\nhours = "9-15"', "line 56: [calendar] has the unknown table 'NAV Øst'; what holds in a unit stands under [calendar.units.\"NAV Øst\"]."),
        ('["12-24", "12-31"]', '[]\n[calendar.units."NAV Øst"]\nhour = "09:00-15:00"', "line 57: [calendar.units.\"NAV Øst\"] has the unknown key 'hour'. Did you mean 'hours'?"),
        ('["12-24", "12-31"]', '[]\n[calendar.units."NAV Øst"]\nhours = "9-15"', "line 57: [calendar.units.\"NAV Øst\"] must have the office hours as 'hours'"),
        ('["12-24", "12-31"]', '[]\n[calendar.units."NAV Øst"]\nhalf_day_ends = "16:00"', "line 57: [calendar.units.\"NAV Øst\"] has half days that end at 16:00"),
        ('["12-24", "12-31"]', '[]\nhalf_day_ends = "12:00"\n[calendar.units.Vest]\nclosed_days = ["07-01"]\nhours = "12:00-15:00"', "line 59: [calendar.units.Vest] has half days that end at 12:00, which is not between 12:00 and 15:00"),
        ('["12-24", "12-31"]', '[]\nunits = "NAV Øst"', "line 56: [calendar] must have a table as 'units', which starts with [calendar.units]."),
        ('["12-24", "12-31"]', '[]\nunits."NAV Øst" = "08:00-15:00"', '[calendar.units] must have a table as \'NAV Øst\', which starts with [calendar.units."NAV Øst"].'),
        ('before = "Kartlegging"', 'before = "Vedtak fattet"', "line 48: Number 1 of [[rules]] names 'Vedtak fattet' twice; a rule of the kind precedence is on two different steps."),
        ('kind = "precedence"\nbefore = "Kartlegging"\nafter', 'kind = "responded_existence"\nif = "Vedtak fattet"\nthen', "line 48: Number 1 of [[rules]] names 'Vedtak fattet' twice; a rule of the kind responded_existence"),
        ('kind = "precedence"\nbefore = "Kartlegging"\nafter = "Vedtak fattet"', 'kind = "not_both"\nsteps = ["Kartlegging", "Kartlegging"]', "line 47: Number 1 of [[rules]] names 'Kartlegging' twice in 'steps'."),
        ('["Utbetalt", "Stønad utbetalt"]', '["Kartlegging"]', "'Kartlegging' of 'Utbetaling' is a step of the flow itself"),
        ('["Utbetalt", "Stønad utbetalt"]', '["Utbetaling"]', "The alias 'Utbetaling' of 'Utbetaling' is its own name"),
        ('["Utbetalt", "Stønad utbetalt"]', '["Utbetalt", "Utbetalt"]', "names 'Utbetalt' twice in 'aliases'."),
        ('["Utbetalt", "Stønad utbetalt"]', "[1]", "must have a list of texts as 'aliases'"),
        ('["Utbetalt", "Stønad utbetalt"]', '[" "]', "must have a list of texts as 'aliases'"),
        ("anytime = true", 'aliases = ["Utbetalt"]', "'Utbetalt' is an alias of both 'Foreløpig svar' and 'Utbetaling'"),
        ('[steps."Foreløpig svar"]', '[steps."Kartlegging"]', "line 20: 'Kartlegging' is anytime and stands in the flow"),
        ('[steps."Utbetaling"]', '[steps."Utbetalign"]', "line 22: The step 'Utbetalign' is not in the flow. Did you mean 'Utbetaling'?"),
        ('name = "Fristen i dataene"', 'name = "Foreløpig svar innen én måned"', "Two of [[deadlines]] have the name"),
        ('from = "Søknad mottatt"\nto = ["Vedtak fattet"]', 'from = "Søknad mottatt"', "line 9: [clock] lacks 'to'."),
        ('from = "Søknad mottatt"\nto = ["Vedtak fattet"]', 'from = "Søknad mottatt"\nto = []', "at least one step as 'to'"),
        ('name = "Fristen i dataene"\n', "", "line 39: Number 2 of [[deadlines]] lacks 'name'."),
        ("[[rules]]", "[rules]", "line 45: The flow must have 'rules' as tables, each of which starts with [[rules]]."),
        ("[clock]", "[[clock]]", "The flow must have a table as 'clock', which starts with [clock]."),
        ("-> Vedtak fattet ->", "| Vedtak fattet ->", ", line 5, column 1: -> and | on one level can be read in two ways"),
        ("Kartlegging\n", "Kartlegging (samtale)\n", ', line 3, column 56: An operator'),
        ('flow = """\n', 'flow = """', None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, old: str, new: str, says: str | None) -> None:
    text = replaced(old, new)
    if says is None:
        assert read(tmp_path, text) == read(tmp_path, EXAMPLE)
    else:
        assert says in sentence(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ": The flow lacks 'name'."),
        ('name = "A"', ": The flow lacks 'flow'."),
        ('name = "A"\nflow = ""', ", line 2, column 9: The flow is empty"),
        ('name = "A"\nflow = """\n"""', ", line 3, column 1: The flow is empty"),
        ('name = "A"\nflow = 3', ", line 2: The flow must have text in quotes as 'flow'"),
        ('name = ""\nflow = "A"', ", line 1: The flow must have text in quotes as 'name'."),
        ('name = "A"\nflow = "A -> B | C"', ", line 2, column 16: -> and | on one level"),
        ('name = "A"\nflow = "A \\n-> B | C"', " (the flow on line 2), line 2, column 6: -> and | on one level"),
        ('name = "A"\nflow = """A\n-> B | C"""', ", line 3, column 6: -> and | on one level"),
        ('name = "A"\n\n[steps.B]\nanytime = true', ": The flow lacks 'flow'."),
        ('name = "A"\nflow = "A"\n[steps.B]\nrank = 1\n[steps.B]\nrank = 1', " is not valid TOML: Cannot declare"),
        ('name = "A"\nname = "B"', " is not valid TOML: Cannot overwrite a value (at end of document)."),
        ("\x00", " is not valid TOML: "),
        ("a = " + "[" * 100_000, " is nested too deeply to be a flow."),
        ("a = " + "9" * 5000, " is not valid TOML: "),
        ('name = "A"\nflow = "A"\n[steps]\nA = 3', ", line 4: [steps] must have a table as 'A'"),
        ('name = "A"\nflow = "A"\nsteps.A.rank = "x"', ", line 3: [steps.A] must have a whole number"),
        ('name = "A"\nflow = "' + "A -> " * 150_000 + 'B"', ", line 2, column 9: The flow has 750001 characters"),
        ('name = "A"\nflow = "A"\n' + "a." * 400_000 + "b = 1", " has a key of a hundred parts, which no flow has."),
        ('name = "A"\nflow = "A"\nclosed_by = "' + "C" * 400_000 + '"\n[steps.' + "D" * 400_000 + "]", "There is no step 'CCC"),
        ('name = "A"\nflow = "A"\n' + "C" * 900_000 + " = 1", "has the unknown key 'CCC"),
        ("[" + "C" * 400_000 + "]\n[" + "C" * 400_000 + "]", " is not valid TOML: Cannot declare"),
        ("#" * 1_000_001, " is larger than 1 MB, which no intended flow is."),
        ("<?xml version='1.0'?><definitions/>", " is XML but no BPMN 2.0"),
        ('name = "A"\nflow = "A"\n[[rules]]\nkind = "between"\nstep = "A"\nleast = 3\nmost = 2', "less than its 'least' of 3"),
        ('name = "A"\nflow = "A -> B"\n[[rules]]\nkind = "not_both"\nsteps = ["A"]', "must have two steps as 'steps'"),
        ('name = "A"\nflow = "A -> B"\n[[rules]]\nkind = "starts"', "Number 1 of [[rules]] lacks 'step'."),
        ('name = "A"\nflow = "A"\n[[rules]]\nkind = "starts"\nstep = "A"\nbefore = "A"', "has the unknown key 'before'"),
    ],
)  # fmt: skip
def test_bad_files_are_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    assert says in sentence(tmp_path, text)


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"neither a file nor a template \(digisos, klage, kvp, sosialhjelp\)"):
        Flow.read(tmp_path / "nowhere.toml")
    with pytest.raises(UsageError, match="Cannot read the flow"):
        Flow.read(tmp_path)
    (tmp_path / "latin").write_bytes('name = "Søknad"'.encode("latin-1"))
    with pytest.raises(UsageError, match="is not UTF-8 text"):
        Flow.read(tmp_path / "latin")


def test_a_step_outside_the_order_may_be_forbidden(tmp_path: Path) -> None:
    rule = '[[rules]]\nkind = "absence"\nstep = "Feilregistrert"\n'
    start = 'name = "A"\nflow = "A -> B"\n'
    assert "[steps.'Feilregistrert']" in sentence(tmp_path, start + rule)
    assert read(tmp_path, start + "[steps.Feilregistrert]\n" + rule).rules[0].terms == {"step": "Feilregistrert"}
    assert "'Feilregistrert' is not in the flow" in sentence(tmp_path, start + "[steps.Feilregistrert]\n")


def test_names_that_look_equal_are_equal() -> None:
    flow = Flow("A", parse("Påminnelse -> Årskontroll"), steps={"Påminnelse": StepSettings(aliases=("Påminning",))})
    log = ["Pa\u030aminnelse", "A\u030arskontroll", "Pa\u030aminning", "Årskontroll", "Annet"]
    assert flow.relabelling(log) == {
        "Påminning": "Påminnelse",
        "Pa\u030aminnelse": "Påminnelse",
        "A\u030arskontroll": "Årskontroll",
        "Pa\u030aminning": "Påminnelse",
    }


def test_a_flow_made_in_python_is_checked_too() -> None:
    with pytest.raises(UsageError, match="There is no step 'C' in the flow"):
        Flow("A", parse("A -> B"), closed_by=("C",))
    assert Flow("A", Sequence((Step("A"), Sequence((Step("B"),))))) == Flow("A", parse("A -> B"))


@pytest.mark.parametrize("text", ["1 month", "14 days", "10 working days", "1 working day", "3 weeks", "2 years"])
def test_spans(text: str) -> None:
    found = span(text)
    assert found is not None
    assert str(found) == text
    assert span(f"  {text.replace(' ', '   ')} ") == found


@pytest.mark.parametrize(
    "text", ["", "month", "1", "0 days", "-1 days", "1.5 days", "1 working month", "1 Month", "1 moon"]
)
def test_what_is_no_span(text: str) -> None:
    assert span(text) is None


NAMES = st.sampled_from(
    ["A", "Vedtak (ny)", "Mat & klær", 'Ny "sak"', "Steg\\to", "Å bli'''", 'x"""y', "tab\there", "\x1b"]
)
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=12).map(
    lambda t: unicodedata.normalize("NFC", f"a{t}b")
)


DAYS = st.none() | st.lists(st.sampled_from([(12, 24), (2, 29), date(2026, 4, 1)]), unique=True).map(tuple)
UNIT_SETTINGS = st.builds(
    CalendarSettings,
    hours=st.none() | st.just((time(9), time(14))),
    holidays=st.none() | st.just("NO"),
    half_days=DAYS,
    closed_days=DAYS,
    half_day_ends=st.none() | st.just(time(11, 30)),
)


@st.composite
def whole_flows(draw: st.DrawFn) -> Flow:
    expression = draw(flows(max_leaves=6))
    names = list(Flow("x", expression).ordered)
    step = st.sampled_from(names)
    beside = draw(st.lists(NAMES, unique=True, max_size=3))
    settings_of = {
        name: StepSettings(
            unit=draw(st.none() | NAMES.map(str.strip)),
            waits_for=draw(st.none() | st.just("applicant")),
            at_most=draw(st.none() | st.integers(1, 1000)),
            rank=draw(st.none() | st.integers(-32000, 32000)),
            anytime=name not in names,
            after_closing=draw(st.booleans()),
            aliases=(f"alias av {name}",) if draw(st.booleans()) else (),
        )
        for name in dict.fromkeys([*beside, *names[:2]])
    }
    within = st.builds(Span, st.integers(1, 9999), st.sampled_from(UNITS)) | st.just(DueDate("due"))
    deadline = st.builds(
        Deadline,
        name=TEXT,
        start=step,
        end=st.lists(step, min_size=1, max_size=3, unique=True).map(tuple),
        within=within,
        pauses=st.just(()) if len(names) < 2 else st.just(((names[0], names[1]),)),
        roll=st.sampled_from(ROLLS),
        valid_from=st.none() | st.dates(),
        occurrence=st.sampled_from(OCCURRENCES),
        where=st.sampled_from([(), ("type!=nødhjelp",), ("unit~Nav*", 'type="x"')]),
        law=st.none() | TEXT,
        severity=st.sampled_from(SEVERITIES),
    )
    return Flow(
        name=draw(TEXT),
        order=expression,
        closed_by=tuple(draw(st.lists(step, unique=True, max_size=2))),
        clock=draw(st.none() | st.builds(Clock, step, step.map(lambda name: (name,)))),
        steps=settings_of,
        deadlines=tuple(draw(st.lists(deadline, max_size=2, unique_by=lambda each: each.name))),
        rules=tuple(draw(st.lists(rules(names), max_size=2, unique_by=lambda each: each.name))),
        calendar=draw(
            st.none()
            | st.just(CalendarSettings())
            | st.just(CalendarSettings((time(8), time(15, 30)), "NO", ((12, 24),)))
            | st.builds(
                CalendarSettings,
                hours=st.just((time(8), time(15, 30))),
                half_day_ends=st.none() | st.just(time(12)),
                units=st.dictionaries(NAMES | st.just("NAV Øst"), UNIT_SETTINGS, max_size=2),
            )
        ),
    )


def rules(names: list[str]) -> st.SearchStrategy[Rule]:
    terms = {
        "step": st.sampled_from(names),
        "two steps": st.permutations(names).map(lambda each: tuple(each[:2])),
        "count": st.integers(0, 1000),
        "span": st.builds(Span, st.integers(1, 99), st.sampled_from(UNITS)),
        "text": st.just("Nav Nordvik"),
    }
    kinds = [kind for kind, keys in RULE_KINDS.items() if "two steps" not in keys.values() or len(names) > 1]
    kinds.remove("between")

    def of_kind(kind: str) -> st.SearchStrategy[Rule]:
        chosen = st.fixed_dictionaries({key: terms[what] for key, what in RULE_KINDS[kind].items()})
        built = st.builds(Rule, st.just(kind), chosen, TEXT, severity=st.sampled_from(SEVERITIES))
        return built.filter(lambda rule: not rule.named_twice)

    if len(names) == 1:
        kinds = [kind for kind in kinds if list(RULE_KINDS[kind].values()).count("step") < 2]
    return st.sampled_from(kinds).flatmap(of_kind)


@settings(max_examples=60)
@given(whole_flows())
def test_what_is_written_is_read_as_the_same_flow(tmp_path_factory: pytest.TempPathFactory, flow: Flow) -> None:
    file = tmp_path_factory.mktemp("flow") / "flow.toml"
    file.write_text(flow.to_toml(), encoding="utf-8", newline="\n")
    assert Flow.read(file) == flow


@pytest.mark.parametrize("name", template_names())
def test_templates(name: str, tmp_path: Path) -> None:
    flow, text = Flow.read(name), template_text(name)
    assert read(tmp_path, text) == flow
    assert read(tmp_path, flow.to_toml()) == flow
    assert "Lovteksten må kontrolleres" in text
    assert "lovdata.no" in text
    assert [each.name for each in flow.deadlines if not each.law or not each.valid_from] == []
    assert flow.closed_by and flow.clock and flow.calendar


def test_a_file_comes_before_a_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("kvp").write_text('name = "Mitt"\nflow = "A -> B?"', encoding="utf-8")
    assert Flow.read("kvp").expression == Sequence((Step("A"), Repeat(Step("B"), 0, False)))


def test_more_deadlines_or_rules_than_can_be_judged() -> None:
    rule = '[[rules]]\nkind = "existence"\nstep = "A"\n'
    assert len(Flow.from_toml('name = "f"\nflow = "A"\n' + rule * 500).rules) == 500
    with pytest.raises(UsageError, match="There are 501 rules; a flow may have 500"):
        Flow.from_toml('name = "f"\nflow = "A"\n' + rule * 501)
