"""XES that is odd or made to do harm: found by attack, each with what comes of it."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from saksflyt.connectors import xes_batch, xes_columns, xml_stream
from saksflyt.connectors.registry import connector_for, read
from saksflyt.mining.errors import DataError
from saksflyt.mining.log import EventLog

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0" xmlns="http://www.xes-standard.org/">\n'


def said(key: str, value: str, type_: str = "string") -> str:
    return f'<{type_} key="{key}" value="{value}"/>'


def event(name: str = "a", time: str = "2024-03-04T10:00:00+01:00", more: str = "") -> str:
    return f"<event>{said('concept:name', name)}{said('time:timestamp', time, 'date')}{more}</event>"


def trace(name: str, *events: str, more: str = "") -> str:
    return f"<trace>{said('concept:name', name)}{more}{''.join(events)}</trace>\n"


def log(*parts: str) -> str:
    return HEAD + "".join(parts) + "</log>"


def from_text(folder: Path, content: str | bytes) -> EventLog:
    path = folder / "fil.xes"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(path, now=NOW)


def attributes(found: EventLog, *names: str) -> list[list]:
    columns = ", ".join(f'"{name}"' for name in names)
    rows = found.sql(f"select {columns} from events join cases using (case_no) order by source_row")
    return rows.astype(object).where(rows.notna(), None).to_numpy().tolist()


# Forms


PLAIN = log(trace("1", event(), event("b", "2024-03-05T10:00:00Z")))
FORMS = {
    "mark, then blank lines": b"\xef\xbb\xbf\n \n" + PLAIN.encode(),
    "utf-16, big end first": b"\xfe\xff" + PLAIN.replace("UTF-8", "UTF-16").encode("utf-16-be"),
    "utf-16 that says utf-8": PLAIN.encode("utf-16"),
    "capitals": PLAIN.replace("trace>", "TRACE>").replace("event>", "Event>").encode(),
    "another namespace inside": PLAIN.replace("<trace>", '<trace xmlns="http://other/">').encode(),
    "single quotes": PLAIN.replace('"', "'").encode(),
    "value before key": PLAIN.replace('key="concept:name" value="a"', 'value="a" key="concept:name"').encode(),
    "stylesheet": PLAIN.replace("<log", '<?xml-stylesheet href="x"?><log').encode(),
    "comment at the end": PLAIN.encode() + b"\n\n<!-- x -->\n",
    "several globals": PLAIN.replace(
        "<trace>", f'<global scope="trace"/><global>{said("c", "")}</global><global scope="x"/><trace>'
    ).encode(),
    "include": PLAIN.replace("<trace>", '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="/etc/passwd"/><trace>')
    .encode(),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_odd_forms_are_read(form, tmp_path):
    found = from_text(tmp_path, FORMS[form])
    assert attributes(found, "case_id", "activity") == [["1", "a"], ["1", "b"]]
    assert found.sql("select hour(end_time) as h from events order by source_row")["h"].tolist() == [9, 10]


REFUSED = {
    "utf-32": (PLAIN.replace("UTF-8", "UTF-32").encode("utf-32"), "not well-formed XML"),
    "unknown encoding": (PLAIN.replace("UTF-8", "KOI-9999"), "Unsupported encoding: KOI-9999"),
    "attribute twice": (PLAIN.replace('key="concept:name"', 'key="a" key="b"', 1), "redefined"),
    "impossible character": (PLAIN.replace('"b"', '"&#1;"'), "line 3"),
    "zeros": (PLAIN.replace('"b"', '"\0"'), "line 3"),
    "zeros at the end": (PLAIN + "\0\0", "Extra content"),
    "traces in an element": (PLAIN.replace("<trace>", "<all><trace>").replace("</trace>", "</trace></all>"), "<all> holds"),
    "event in a list": (log(trace("1", event(more=f"<list>{event()}</list>"))), "event 1 holds an element <event>"),
    "a log in a log": (log(PLAIN[39:]), "<log> holds an element <trace>"),
    "comment without an end": (PLAIN.replace("<event>", "<!--<event>", 1), "Comment not terminated; write"),
    "a long name in the sentence": (PLAIN.replace("</event>", f"</{'x' * 5000}>"), "mismatch"),
    "truth for a time": (PLAIN.replace("date", "boolean").replace("2024-03-0", "true"), "do not look like dates"),
    "a number for a deadline": (log(trace("1", event(), more=said("saksflyt:due", "5", "int"))), "do not look like dates"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_one_sentence(kind, tmp_path):
    content, sentence = REFUSED[kind]
    with pytest.raises(DataError, match=sentence) as raised:
        from_text(tmp_path, content)
    message = str(raised.value)
    assert "fil.xes" in message
    assert "\n" not in message and len(message) < 400


def test_a_number_that_the_mapping_takes_for_a_time(tmp_path):
    path = tmp_path / "fil.xes"
    path.write_text(log(trace("1", event(), more=said("antall", "5", "int"))))
    with pytest.raises(DataError, match=r"column 'case:antall': the file says that it holds no times \(double\)"):
        read(path, mapping={"columns": {"case:antall": "due"}}, now=NOW)


def test_files_of_several_kinds_in_one_archive(tmp_path):
    path = tmp_path / "fil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.xes", PLAIN)
        archive.writestr("b.csv", "Saksnr;Aktivitet;Tidspunkt\n1;a;2024-03-04 10:00\n")
    with pytest.raises(DataError, match=r"fil\.zip holds files of several kinds \(tables, xes\)"):
        connector_for(path)


# Values


def test_what_is_said_twice_and_what_is_said_inside(tmp_path):
    members = "".join(said("m", value) for value in "xyz")
    inside = (
        f'<list key="l"><values>{members}</values></list><string key="p" value="v">{members}</string>'
        f'<container key="c"><list key="d">{members}<int key="n" value="1"/></list></container>'
    )
    for content in (trace("1", event(more=inside)), trace("1", event(), more=inside)):
        found = from_text(tmp_path, log(content, trace("2", event())))
        # Members are joined; elsewhere the last one counts; a trace and an event say it alike.
        assert attributes(found, "l:m", "p", "p:m", "c:d:m", "c:d:n")[0] == ["x; y; z", "v", "z", "x; y; z", 1]


def test_the_last_of_two_names_counts_and_blanks_are_none(tmp_path):
    twice = "".join(said("concept:name", name) for name in ("2", "3"))
    found = from_text(
        tmp_path, log(trace("1", event(more=said("concept:name", "b")), more=twice), trace("  ", event()))
    )
    assert attributes(found, "case_id", "activity") == [["3", "b"], ["trace 2 without a name", "a"]]


def test_what_a_trace_says_is_not_what_its_events_say(tmp_path):
    of_event = said("case:x", "event") + said("case:concept:name", "other")
    found = from_text(
        tmp_path, log(trace("1", event(more=of_event), more=said("x", "trace")), event("b", more=of_event))
    )
    assert attributes(found, "case_id", "x") == [["1", "trace"], ["other", "event"]]


TIMES = {
    "2024-03-04T10:00:00 Europe/Oslo": None,
    "2024-W10-1T10:00:00Z": None,
    "2023-02-29T10:00:00Z": None,
    "2016-12-31T23:59:60Z": None,
    "2024-02-29T10:00:00Z": "2024-02-29T10:00:00+00:00",
    "2024-03-04T24:00:00Z": "2024-03-05T00:00:00+00:00",
    "2024-03-04T10:00:00+05:45": "2024-03-04T04:15:00+00:00",
    "2024-03-04T10:00+01": "2024-03-04T09:00:00+00:00",
}


@pytest.mark.parametrize("time", TIMES)
def test_odd_times_are_right_or_quarantined(time, tmp_path):
    many = [event("b", f"2024-03-{day:02}T10:00:00+01:00") for day in range(1, 29)]
    found = from_text(tmp_path, log(trace("1", event(time=time), *many)))
    moments = found.sql("select end_time from events where activity = 'a'")["end_time"]
    assert [moment.isoformat() for moment in moments] == ([TIMES[time]] if TIMES[time] else [])


def test_a_transition_among_blanks(tmp_path):
    records = [
        event(time=f"2024-03-0{day}T10:00:00Z", more=said("lifecycle:transition", word))
        for day, word in ((1, " Start"), (2, "COMPLETE "))
    ]
    found = from_text(tmp_path, log(trace("1", *records)))
    assert found.event_count == 1 and found.start_times


# Harm


@pytest.mark.parametrize("blanks", [" " * 5000, "<!-- x -->" * 500, "<!-- x --> \n" * 500])
def test_what_is_no_log_is_seen_at_once(blanks, tmp_path):
    # Blanks and comments that can be cut up in many ways once took longer than anybody waits.
    path = tmp_path / "fil.xes"
    path.write_text(f"<log>{blanks}<entry/></log>")
    with pytest.raises(DataError, match="no kind that can be read"):
        connector_for(path)


def test_an_event_that_never_ends_is_refused_while_it_is_read(tmp_path):
    with pytest.raises(DataError, match="more than 2000"):
        from_text(tmp_path, HEAD + "<trace><event>" + "<a/>" * 300_000)


def test_a_list_without_end_is_refused(tmp_path):
    members = said("m", "1") * 100_001
    for content in (trace("1", event(), more=f'<list key="l">{members}</list>'), trace("1", event(more=f'<list key="l">{members}</list>'))):  # fmt: skip
        with pytest.raises(DataError, match="100000 members"):
            from_text(tmp_path, log(content))


def sparse(events: int) -> str:
    return log(trace("1", *(event(f"s{n % 3}", more=said(f"k{n % 40}", str(n))) for n in range(events))))


def test_a_table_that_is_nearly_all_empty_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(xes_columns, "_MOST_CELLS", 1000)
    monkeypatch.setattr(xes_columns, "_CELLS_PER_BYTE", 0)
    with pytest.raises(DataError, match="nearly all of them missing"):
        from_text(tmp_path, sparse(200))


@pytest.mark.parametrize("limit", ["_ENOUGH_CELLS", "_ENOUGH_BYTES"])
def test_full_batches_of_every_kind_change_nothing(limit, tmp_path, monkeypatch):
    whole = from_text(tmp_path, sparse(300))
    monkeypatch.setattr(xes_batch, limit, 200)
    monkeypatch.setattr(xml_stream, "_CHUNK", 150)
    made = []
    add = xes_columns.Columns.add
    monkeypatch.setattr(
        xes_columns.Columns, "add", lambda self, batch: (made.append(batch.events), add(self, batch))[1]
    )
    found = from_text(tmp_path, sparse(300))
    assert len(made) > 10 and sum(made) == 300
    for view in ("events", "cases"):
        query = f"select * from {view} order by all"
        assert found.sql(query).equals(whole.sql(query))
