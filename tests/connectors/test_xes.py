"""XES as it comes: what is right gives the right log, what is wrong gives one sentence."""

import gzip
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pm4py
import pytest

from saksflyt.connectors import xes_batch, xml_stream
from saksflyt.connectors.registry import connector_for, import_log, inspect, read
from saksflyt.mining.errors import DataError
from saksflyt.mining.log import EventLog

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0" xmlns="http://www.xes-standard.org/">\n'


def event(name: str = "a", time: str = "2024-03-04T10:00:00.000+01:00", more: str = "", lifecycle: str = "") -> str:
    said = f'<string key="lifecycle:transition" value="{lifecycle}"/>' if lifecycle else ""
    named = f'<string key="concept:name" value="{name}"/>' if name else ""
    return f'<event>{named}<date key="time:timestamp" value="{time}"/>{said}{more}</event>\n'


def trace(name: str, *events: str, more: str = "") -> str:
    named = f'<string key="concept:name" value="{name}"/>' if name else ""
    return f"<trace>{named}{more}\n{''.join(events)}</trace>\n"


def log(*parts: str) -> str:
    return HEAD + "".join(parts) + "</log>\n"


PLAIN = log(
    '<global scope="event"><string key="concept:name" value="UNKNOWN"/></global>\n',
    '<classifier name="Activity" keys="concept:name"/>\n',
    trace("sak 1", event("søkt"), event("vedtatt", "2024-03-05T10:00:00.000+01:00")),
    trace("sak 2", event("søkt", "2024-03-06T10:00:00Z")),
)


def written(folder: Path, content: str | bytes, name: str = "fil.xes") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def tables(found: EventLog) -> list[pd.DataFrame]:
    return [found.sql(f"select * from {view} order by all") for view in ("events", "cases", "variants")]


def same(one: EventLog, other: EventLog) -> bool:
    return all(a.equals(b) for a, b in zip(tables(one), tables(other), strict=True))


# One content in many forms


def _zipped(folder: Path) -> Path:
    path = folder / "fil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mappe/fil.xes", PLAIN)
        archive.writestr("les meg.md", "hei")
    return path


FORMS: dict[str, Callable[[Path], Path]] = {
    "mark": lambda f: written(f, b"\xef\xbb\xbf" + PLAIN.encode()),
    "blank before": lambda f: written(f, "\n  " + PLAIN),
    "no namespace": lambda f: written(f, PLAIN.replace(' xmlns="http://www.xes-standard.org/"', "")),
    "other namespace": lambda f: written(f, PLAIN.replace("http://www.xes-standard.org/", "http://elsewhere/")),
    "prefix": lambda f: written(
        f,
        PLAIN.replace("xmlns=", "xmlns:x=").replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?"),
    ),
    "undeclared prefix": lambda f: written(f, PLAIN.replace("<log", "<x:log").replace("</log", "</x:log")),
    "utf-16": lambda f: written(f, PLAIN.replace("UTF-8", "UTF-16").encode("utf-16")),
    "latin-1": lambda f: written(f, PLAIN.replace("UTF-8", "ISO-8859-1").encode("latin-1")),
    "cp1252": lambda f: written(f, PLAIN.replace("UTF-8", "windows-1252").encode("cp1252")),
    "no declaration": lambda f: written(f, PLAIN.split("\n", 1)[1]),
    "gzip": lambda f: written(f, gzip.compress(PLAIN.encode()), "fil.xes.gz"),
    "another name": lambda f: written(f, PLAIN, "fil.csv"),
    "zip": _zipped,
    "on one line": lambda f: written(f, PLAIN.replace("\n", "")),
    "comments": lambda f: written(f, PLAIN.replace("<trace>", "<!-- <event> --><?pi x?><trace><!-- x -->")),
    "texts": lambda f: written(f, PLAIN.replace("<trace>", "<trace>løs tekst<![CDATA[<event>]]>")),
    "defaults": lambda f: written(f, PLAIN.replace("</global>", '<string key="x" value="y"/></global>')),
    "log attributes": lambda f: written(
        f, PLAIN.replace("<classifier", '<string key="concept:name" value="x"><int key="y" value="1"/></string><classifier')
    ),
    "trace attributes last": lambda f: written(
        f,
        PLAIN.replace('<trace><string key="concept:name" value="sak 1"/>', "<trace>").replace(
            "</trace>", '<string key="concept:name" value="sak 1"/></trace>', 1
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_tables(form: str, tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    path = FORMS[form](inside)
    assert connector_for(path).name == "xes"
    found, plain = read(path, now=NOW), read(written(tmp_path, PLAIN), now=NOW)
    assert same(found, plain)
    assert found.traces() == [("søkt", "vedtatt"), ("søkt",)]


def test_small_batches_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = log(
        *(
            trace(
                f"sak {n}",
                *(event(f"steg {k % 3}", more=f'<int key="n{k % 4}" value="{k}"/>' if k % 2 else "") for k in range(7)),
                more=f'<string key="del" value="{n % 3}"/>',
            ).replace("</trace>", f'<string key="sent" value="{n}"/></trace>')
            for n in range(40)
        )
    )
    path = written(tmp_path, many)
    whole = read(path, now=NOW)
    monkeypatch.setattr(xes_batch, "_ENOUGH", 10)
    monkeypatch.setattr(xml_stream, "_CHUNK", 100)
    assert same(read(path, now=NOW), whole)
    assert whole.sql("select distinct \"del\", sent from cases where case_id = 'sak 7'").to_numpy().tolist() == [
        ["1", "7"]
    ]


# What is wrong


def deep(levels: int) -> str:
    return '<string key="x" value="">' * levels + "</string>" * levels


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
WRONG: dict[str, tuple[str | bytes, str]] = {
    "cut short": (PLAIN[: len(PLAIN) // 2], r"not well-formed XML, line \d+"),
    "cut after an event": (PLAIN[: PLAIN.index("</event>") + 9], "line 7: Premature end"),
    "not closed": (PLAIN.replace("</log>", "</x>"), "line 12: Opening and ending tag mismatch"),
    "ampersand": (PLAIN.replace("vedtatt", "a & b"), "line 7"),
    "wrong bytes": (PLAIN.encode("latin-1"), "line 6"),
    "two logs": (PLAIN + PLAIN.split("\n", 1)[1], "line 13: Extra content"),
    "bomb": (f'<!DOCTYPE log [<!ENTITY e0 "x">{BOMB}]>{log(trace("&e9;", event()))[39:]}', "document type"),
    "external entity": (
        f'<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]>{log(trace("&x;", event()))[39:]}',
        "document type",
    ),
    "external type": (f'<!DOCTYPE log SYSTEM "http://example.org/x.dtd">{PLAIN[39:]}', "document type"),
    "unknown entity": (PLAIN.replace("vedtatt", "&x;"), "line 7"),
    "deep": (log(trace("1", event(more=deep(150)))), "nested more than 100"),
    "deep in the log": (log(deep(150)), "nested more than 100"),
    "very deep": (log("<a>" * 100_000), "(nested|depth|Excessive)"),
    "many attributes": (
        log(trace("1", event(more="".join(f'<string key="k{n}" value="1"/>' for n in range(2100))))),
        "more than 2000",
    ),
    "many columns": (
        log(*(trace(str(n), event(more=f'<string key="k{n}" value="1"/>')) for n in range(2010))),
        "more than 2000",
    ),
    "many trace attributes": (
        log(trace("1", event(), more="".join(f'<string key="k{n}" value="1"/>' for n in range(2100)))),
        "more than 2000",
    ),
    "one attribute over and over": (
        log(trace("1", event(more='<string key="k" value="1"/>' * 3000))),
        "more than 2000",
    ),
    "endless value": (
        log(trace("1", event("x" * 11_000_000))),
        r"line \d+: Resource limit exceeded: Buffer size limit exceeded;",
    ),
    "event in event": (log(trace("1", event(more=event()))), "event 1 holds an element <event>"),
    "trace in trace": (log(trace("1", trace("2", event()))), "trace 1 holds an element <trace>"),
    "nothing usable": (log(trace("1", event(""))), "1 no activity"),
    "no times": (log(trace("1", event().replace("date", "string").replace("2024", "x"))), "time"),
    "bytes after": (gzip.compress(PLAIN.encode())[:-9], "cut short or damaged"),
    "gzip bomb": (gzip.compress((HEAD + " " * (100 << 20)).encode(), 9), "100 times its size"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_one_sentence_and_nothing_left(kind: str, tmp_path: Path) -> None:
    content, sentence = WRONG[kind]
    path = written(tmp_path, content)
    with pytest.raises(DataError, match=sentence) as raised:
        import_log(path, tmp_path / "ut" / "log", now=NOW)
    message = str(raised.value)
    assert "fil.xes" in message and "\n" not in message and len(message) < 300
    assert not (tmp_path / "ut").exists() or not list((tmp_path / "ut").iterdir())


@pytest.mark.parametrize(
    "content", ["<log/>", "<catalog><log/></catalog>", '<log4j:log xmlns:log4j="x"/>', "<log>a</log>"]
)
def test_other_xml_is_nobodys(content: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no kind that can be read"):
        connector_for(written(tmp_path, content))


def test_a_log_without_events_is_empty(tmp_path: Path) -> None:
    assert read(written(tmp_path, log(trace("1"))), now=NOW).case_count == 0


# What is odd


def test_what_has_no_name_is_named_or_quarantined(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        log(event("alene"), trace("", event()), trace("1", event(), event("")), trace("2"), trace("1", event("b"))),
    )
    done = import_log(path, tmp_path / "log", now=NOW)
    source = done.receipt.sources[0]
    assert source.quarantined == {"no case id": 1, "no activity": 1}
    assert (source.records, source.accepted, source.events, source.adds_up) == (5, 3, 3, True)
    assert done.log.sql("select case_id, events from cases order by 1").to_numpy().tolist() == [
        ["1", 2],
        ["trace 1 without a name", 1],
    ]
    assert done.log.sql("select source_row from events order by 1")["source_row"].tolist() == [2, 3, 5]
    notes = " ".join(done.receipt.notes)
    for sentence in ("Traces without events: 1", "Traces without a name: 1", "Traces with the name of another: 1"):
        assert sentence in notes
    assert done.receipt.quarantine is not None
    rows = done.receipt.quarantine.read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[1] for row in rows[1:]] == ["1", "4"]


def test_defaults_are_not_filled_in_but_counted(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        log(
            '<global scope="event"><string key="org:resource" value="UNKNOWN"/></global>',
            trace("1", event(more='<string key="org:resource" value="NA"/>'), event("b")),
        ),
    )
    done = import_log(path, tmp_path / "log", now=NOW)
    assert done.log.sql("select resource from events order by source_row")["resource"].isna().tolist() == [False, True]
    assert any("org:resource (1 events)" in note for note in done.receipt.notes)


def test_words_that_mean_missing_in_a_table_are_names_here(tmp_path: Path) -> None:
    found = read(written(tmp_path, log(*(trace(name, event()) for name in ("NA", "NULL", "None", "nan")))), now=NOW)
    assert found.sql("select case_id from cases")["case_id"].tolist() == ["NA", "NULL", "None", "nan"]


def test_types_and_nested_attributes(tmp_path: Path) -> None:
    more = (
        '<int key="alder" value="41"/><float key="beløp" value="1.5E3"/><boolean key="haster" value="TRUE"/>'
        '<date key="sendt" value="1983-01-01T00:00:00Z"/><id key="ref" value="550e8400"/><int key="stor" value="9007199254740993"/>'
        '<int key="feil" value="x"/><string key="tom" value=""/><string key="blandet" value="7"/>'
        '<string key="kostnad" value="200"><string key="valuta" value="NOK"><int key="år" value="2024"/></string></string>'
        '<list key="vedlegg"><values><string key="navn" value="a.pdf"/><string key="navn" value="b.pdf"/></values></list>'
        '<container key="part"><string key="rolle" value="søker"/></container>'
        '<string key="to" value="1"/><string key="to" value="2"/><ukjent key="hva" value="x"/><string value="uten"/>'
    )
    second = event("b", more='<float key="blandet" value="7"/><int key="alder" value="42"/>')
    path = written(
        tmp_path, log(trace("1", event(more=more), second, more='<list key="l"><string key="m" value="n"/></list>'))
    )
    found = read(path, now=NOW)
    of_case = found.sql("select * from cases").iloc[0]
    assert of_case["l:m"] == "n"
    together = {**found.sql("select * from events order by source_row").iloc[0], **of_case}
    assert [together[key] for key in ("alder", "stor", "feil", "blandet")] == [41.0, "9007199254740993", "x", "7"]
    assert together["beløp"] == 1500 and together["haster"] and together["to"] == "2" and together["ref"] == "550e8400"
    assert together["sendt"] == pd.Timestamp("1983-01-01", tz="UTC")
    assert (together["kostnad"], together["kostnad:valuta"], together["kostnad:valuta:år"]) == ("200", "NOK", 2024)
    assert (together["vedlegg:navn"], together["part:rolle"]) == ("a.pdf; b.pdf", "søker")
    assert not {"tom", "hva", "vedlegg", "part", ""} & set(together)


def test_attributes_of_a_trace_are_of_the_case_and_keep_their_names(tmp_path: Path) -> None:
    def more(key: str, value: str) -> str:
        return f'<string key="{key}" value="{value}"/>'

    both = trace(
        "1", event(more=more("del", "e") + more("org:group", "G2")), more=more("del", "t") + more("org:group", "G1")
    )
    found = read(written(tmp_path, log(both, trace("2", event(), more=more("type", "x")))), now=NOW)
    assert found.sql("select unit from cases order by 1")["unit"].tolist()[0] == "G1"
    assert {"case:del", "del", "type_2"} <= {*found.columns("cases"), *found.columns("events")}
    mapping = {"columns": {"case:type": "case type", "del": {"role": "attribute", "of": "event"}}}
    mapped = read(tmp_path / "fil.xes", mapping=mapping, now=NOW)
    assert mapped.sql("select type from cases where case_id = '2'")["type"].tolist() == ["x"]
    assert "del" in mapped.columns("events")


# Times

TIMES = {
    "2024-03-04T10:00:00.000+01:00": "2024-03-04T09:00:00+00:00",
    "2024-03-04T10:00:00Z": "2024-03-04T10:00:00+00:00",
    "2024-03-04T10:00:00.1234567+0100": "2024-03-04T09:00:00.123456+00:00",
    "2024-03-04T10:00:00": "2024-03-04T09:00:00+00:00",  # local time
    "2024-07-04T10:00:00.5": "2024-07-04T08:00:00.500000+00:00",
    "2024-10-27T02:30:00": "2024-10-27T00:30:00+00:00",  # the first of two
}


def test_times_with_and_without_offset_in_one_column(tmp_path: Path) -> None:
    path = written(tmp_path, log(*(trace(str(n), event(time=time)) for n, time in enumerate(TIMES))))
    done = import_log(path, tmp_path / "log", now=NOW)
    found = done.log.sql("select end_time from events join cases using (case_no) order by case_id")["end_time"]
    assert [moment.isoformat() for moment in found] == list(TIMES.values())
    assert any("Times without an offset among others that have one: 3" in note for note in done.receipt.notes)


@pytest.mark.parametrize("kind", ["2024-03-04T10:00:00", "2024-03-04T10:00:00.250"])
def test_times_without_offset_are_local(kind: str, tmp_path: Path) -> None:
    found = read(written(tmp_path, log(trace("1", event(time=kind), event("b", time=kind)))), now=NOW)
    assert found.sql("select hour(end_time) as h from events")["h"].tolist() == [9, 9]


@pytest.mark.parametrize("time", ["2024-03-04T00:00:00.000+01:00", "2024-03-04", "2024-03-04T00:00:00"])
def test_a_clock_that_always_shows_midnight_is_no_clock(time: str, tmp_path: Path) -> None:
    later = time.replace("03-04", "07-05")
    found = read(written(tmp_path, log(trace("1", event(time=time), event("b", time=later)))), now=NOW)
    assert found.manifest.date_only_events == 2
    assert found.sql("select strftime(timezone('Europe/Oslo', end_time), '%m-%d %H') as t from events order by 1")[
        "t"
    ].tolist() == ["03-04 00", "07-05 00"]


def test_a_time_that_is_none_is_quarantined(tmp_path: Path) -> None:
    good = [trace(str(n), event(time=f"2024-03-{n % 28 + 1:02}T10:00:00+01:00")) for n in range(100)]
    bad = trace("x", event(time="i går"), event("b", time="0001-01-01T00:00:00Z"), event("c").replace("date", "string"))
    done = import_log(written(tmp_path, log(*good, bad)), tmp_path / "log", now=NOW)
    source = done.receipt.sources[0]
    assert source.quarantined == {"unreadable time": 1, "implausible time": 1} and source.adds_up
    assert done.log.event_count == 101


# With others


def test_inspect_shows_the_roles_and_prints_a_mapping_that_changes_nothing(tmp_path: Path) -> None:
    path = written(
        tmp_path, log(trace("1", event(more='<string key="org:resource" value="Kari"/>', lifecycle="complete")))
    )
    found = inspect(path)
    assert {column.header: column.role for column in found.columns} == {
        "case:concept:name": "case",
        "concept:name": "activity",
        "time:timestamp": "time",
        "org:resource": "resource",
        "lifecycle:transition": "lifecycle",
    }
    assert found.connector == "xes" and "Kari" not in str(found.rows)
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(found.mapping, encoding="utf-8")
    assert same(read(path, mapping=mapping, now=NOW), read(path, now=NOW))


def test_personal_data_stops_at_the_gate(tmp_path: Path) -> None:
    more = '<string key="kontakt" value="kari@example.org"/>'
    with pytest.raises(DataError, match="e-mail"):
        read(written(tmp_path, log(trace("1", event(), more=more))), now=NOW)


def test_pm4py_reads_the_same(tmp_path: Path) -> None:
    path = written(tmp_path, PLAIN)
    theirs = pm4py.get_variants(pm4py.read_xes(str(path), variant="iterparse"))
    found = read(path, now=NOW)
    assert {tuple(variant): count for variant, count in theirs.items()} == {("søkt", "vedtatt"): 1, ("søkt",): 1}
    assert sorted(theirs) == sorted(found.traces())
